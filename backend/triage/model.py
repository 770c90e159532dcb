"""The words of triage: the questionnaire as it stands in `shared/triage`, and what it comes to.

The structs refuse unknown fields, so a misspelt field in a file is found when the file is read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated
from uuid import UUID

import msgspec

from backend.practice.model import Modifier

# Question id -> the ids of the answers ticked; under the note's id, the one text that was typed.
Answers = Mapping[str, Sequence[str]]

Words = Annotated[str, msgspec.Meta(min_length=1)]
Id = Annotated[str, msgspec.Meta(pattern="^[A-Za-z][A-Za-z0-9_]*$")]

UNSURE = "unsure"
DOUBT = "doubt"
CALL_BACK_MINUTES = 60


class Urgency(StrEnum):
    """How soon, from U0 (call 15 or 112 now) to U4 (planned). Compare with `more_urgent_than`."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"

    def more_urgent_than(self, other: "Urgency") -> bool:
        """U0 is more urgent than U1, and so on."""
        return self < other

    def one_up(self) -> "Urgency":
        """The next more urgent level; U0 stays U0."""
        levels = tuple(Urgency)
        return levels[max(0, levels.index(self) - 1)]

    @property
    def books(self) -> bool:
        """Whether a slot may be chosen online: never for U0 and U1, which a human answers."""
        return self not in (Urgency.U0, Urgency.U1)

    @property
    def books_within(self) -> int | None:
        """Hours within which the visit must begin: 24 for U2, 168 for U3, else None."""
        return {Urgency.U2: 24, Urgency.U3: 168}.get(self)


class AgeBand(StrEnum):
    """The ages between which the questions differ."""

    UNDER_3 = "under_3"
    FROM_3 = "from_3"
    FROM_6 = "from_6"
    FROM_12 = "from_12"
    ADULT = "adult"
    FROM_75 = "from_75"

    @classmethod
    def of(cls, age: int) -> "AgeBand":
        """The band of an age in whole years."""
        starts = {75: cls.FROM_75, 18: cls.ADULT, 12: cls.FROM_12, 6: cls.FROM_6, 3: cls.FROM_3}
        return next((band for first, band in starts.items() if age >= first), cls.UNDER_3)


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words in French, and in English where they exist; `*_child` when the patient is one's child."""

    fr: Words
    en: str = ""
    fr_child: str = ""
    en_child: str = ""

    def said(self, locale: str, child: bool = False) -> str:
        """The words in that locale; French where it has none, the plain form where no child form is."""
        if locale == "en" and self.en:
            return (child and self.en_child) or self.en
        return (child and self.fr_child) or self.fr


class Lines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Short sentences to be read one under the other."""

    fr: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()

    def said(self, locale: str) -> tuple[str, ...]:
        """The lines in that locale; French where it has none."""
        return (self.en if locale == "en" else ()) or self.fr


class Ages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whole years: `first` and over, under `below`. None leaves that end open."""

    first: int = msgspec.field(default=0, name="from")
    below: int | None = None

    def hold(self, age: int) -> bool:
        """Whether this age is among them."""
        return self.first <= age and (self.below is None or age < self.below)


class SignOff(StrEnum):
    """Whether a dentist has approved a clinical text; screens say so while it waits."""

    WAITING = "waiting"
    SIGNED = "signed"


class AnswerKind(StrEnum):
    """How many answers a question takes."""

    ONE = "one"
    MANY = "many"


class Answer(Text, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One possible answer.

    `alone` excludes the others ("none of these"). `modifier` and `alert` travel with the visit.
    """

    id: Id
    alone: bool = False
    ages: Ages = Ages()
    modifier: Modifier | None = None
    alert: Id | None = None


class Assumed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At these ages the question is not asked: the answer is known."""

    ages: Ages
    answer: Id


class Question(Text, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One screen. The inherited text is its title.

    `asked_if` is a condition as in `Rule.when` (none: always). The question is left out for other
    `ages`, and once the answers so far have reached the urgency `skip_from`. An `optional` question may
    be answered with nothing.
    """

    id: Id
    kind: AnswerKind
    answers: tuple[Answer, ...]
    hint: Text | None = None
    asked_if: tuple[tuple[str, ...], ...] = ()
    ages: Ages = Ages()
    assumed: tuple[Assumed, ...] = ()
    skip_from: Urgency = Urgency.U0
    optional: bool = False

    def answer(self, answer_id: str) -> Answer | None:
        """The answer of that id, or None."""
        return next((answer for answer in self.answers if answer.id == answer_id), None)

    def offered(self, age: int) -> tuple[Answer, ...]:
        """The answers shown at this age."""
        return tuple(answer for answer in self.answers if answer.ages.hold(age))


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """If the answers say this, the outcome is that.

    `when` is any of several lists, of which all must hold: `[["pain=strong", "gums=pus|grey"]]`. There
    is no "not": one more answer can only add a rule. `reason` is the sentence shown; `source` says where
    the rule comes from, as in the clinical facts ([V] official, [S] secondary, [M] for a dentist).
    """

    id: Id
    when: tuple[tuple[str, ...], ...]
    outcome: Id
    reason: Text
    source: Words
    sign_off: SignOff
    ages: Ages = Ages()


class Raise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that makes every infection one level more urgent, with the words for U0 and U1."""

    id: Id
    when: tuple[tuple[str, ...], ...]
    reason: Text
    advice_u0: Lines
    advice_u1: Lines
    source: Words
    sign_off: SignOff


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the answers come to.

    `care_key` alone gives minutes and resources; U0 has none, and a U1 has one for the desk to book with
    after the call. `name` is for staff: patients read the care's name and the rule's reason.
    """

    id: Id
    urgency: Urgency
    name: Text
    source: Words
    sign_off: SignOff
    care_key: str | None = None
    advice: Lines = Lines()
    infection: bool = False
    call_back: bool = False


class Alert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the practitioner must know before the visit: `name` for staff, `advice` for the patient."""

    id: Id
    name: Text
    source: Words
    sign_off: SignOff
    advice: Lines = Lines()


class Note(Text, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The free text at the end, always optional; `longest` in characters."""

    id: Id
    longest: int


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A whole questionnaire, checked. Get it from `questionnaire.questionnaire()`."""

    id: str
    version: str
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    raises: tuple[Raise, ...]
    outcomes: Mapping[str, Outcome]
    alerts: Mapping[str, Alert]
    doubt: Text
    note: Note

    @cached_property
    def question_by_id(self) -> dict[str, Question]:
        """The questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def rules_by_question(self) -> dict[str, frozenset[int]]:
        """The places in `rules` of those that name a question: the others need no look."""
        places: dict[str, set[int]] = {}
        for place, rule in enumerate(self.rules):
            for atom in (atom for every in rule.when for atom in every):
                places.setdefault(atom.partition("=")[0], set()).add(place)
        return {question: frozenset(found) for question, found in places.items()}

    @cached_property
    def reason_by_id(self) -> dict[str, Text]:
        """The reason of every rule and raise by its id, and the one for a doubt."""
        rules = {rule.id: rule.reason for rule in self.rules}
        return rules | {each.id: each.reason for each in self.raises} | {DOUBT: self.doubt}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers come to.

    `outcome` is the id of the outcome that won; `also` the others that plainly held, most urgent first,
    whose advice may be of use (the knocked-out tooth beside a call to 15). `advice` is `outcome`, or
    "<raise id>.U0" or ".U1" when a fragile health raised it there. `reasons` are ids for
    `Questionnaire.reason_by_id`, the first is why. `modifiers` are those declared: the ones that come
    from the age on the day of the visit are booking's to add.
    """

    urgency: Urgency
    outcome: str
    care_key: str | None
    advice: str
    reasons: tuple[str, ...]
    also: tuple[str, ...]
    modifiers: tuple[Modifier, ...]
    alerts: tuple[str, ...]
    needs_call_back: bool
    call_back_within: int | None
    books_within: int | None
    questionnaire_version: str

    @property
    def books(self) -> bool:
        """Whether a slot may be chosen online."""
        return self.urgency.books


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Screen `step` of about `about`."""

    step: int
    about: int


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question that counts and the words of its answers, for the check page and the assistant."""

    question_id: str
    question: str
    answers: tuple[str, ...]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One time that somebody answers for a patient. `session_id` is the session it was begun in."""

    id: UUID
    patient_id: UUID
    account_id: UUID
    session_id: UUID | None
    questionnaire_version: str
    answers: dict[str, tuple[str, ...]]
    created_at: datetime
    decided_at: datetime | None = None


class DecidedRun(Result, frozen=True, kw_only=True):
    """A stored result, with whose it is. `account_id` answered, for `patient_id`. It never changes."""

    id: UUID
    patient_id: UUID
    account_id: UUID
    decided_at: datetime


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A decided run in words, for those who give the care: what it came to, the answers, the alerts."""

    run: DecidedRun
    outcome: str
    reason: str
    answers: tuple[Answered, ...]
    alerts: tuple[str, ...]
