"""What the pages of triage print: finished sentences and links.

A screen is addressed by its place, not by its question: which question one is asked tells what one answered.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec.structs import replace

from backend.families.model import Relation, Relative
from backend.kit.days import age_on
from backend.kit.forms import FormErrors
from backend.kit.i18n import t, tn
from backend.triage.model import AnswerKind, DecidedRun, Lines, Questionnaire, Urgency
from backend.triage.rules import telling
from backend.triage.rules.asking import Asking, prefilled, screens
from backend.triage.rules.walk import progress, summary

START = "/prendre-rendez-vous"
TOGETHER = START + "/ensemble"
# What the public emergency page tells, in the words of these outcomes.
EMERGENCIES = ("T04", "T12", "T01")
# A tooth that is out is lost or saved by what is done before anybody answers the phone.
CARD_FIRST = ("T04", "T04_unknown", "T04_late")


class Option(msgspec.Struct, frozen=True):
    """A card to choose."""

    value: str
    label: str
    hint: str = ""


class WhoView(msgspec.Struct, frozen=True, kw_only=True):
    """For whom: those one may book for, and by name those for whom only the desk books."""

    options: tuple[Option, ...]
    chosen: str
    by_desk: tuple[str, ...]
    form: FormErrors | None


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    """One question, whose `id` goes with the answer. `longest` is set for the note, which is typed."""

    run: UUID
    id: str
    action: str
    back: str
    step: int
    of: int
    person: str
    title: str
    hint: str
    many: bool = False
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()
    longest: int | None = None
    form: FormErrors | None = None


class Row(msgspec.Struct, frozen=True):
    """A line of the summary with its way back."""

    label: str
    value: str
    href: str
    action: str


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """All answers that count, before they are read."""

    run: UUID
    action: str
    back: str
    step: int
    of: int
    person: str
    rows: tuple[Row, ...]


class Card(msgspec.Struct, frozen=True):
    """What to do meanwhile; `title` may be empty."""

    title: str
    lines: tuple[str, ...]


class ResultView(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers come to.

    `slots` is None where no slot may be chosen; `card_first` where what to do comes before whom to call.
    """

    run: UUID
    person: str
    urgency: str
    tag: str
    soon: str
    care: str
    why: str
    cards: tuple[Card, ...]
    card_first: bool
    waiting: bool
    slots: str | None
    call_back: bool
    phone: str
    again: str = START


class EmergencyView(msgspec.Struct, frozen=True):
    """The public emergency page: the same for everybody."""

    cards: tuple[Card, ...]
    waiting: bool


def address(run_id: UUID, *rest: str) -> str:
    """A page of a run."""
    return "/".join((START, str(run_id), *rest))


def screen_address(run_id: UUID, place: int | None) -> str:
    """The page of the question at this place, from 1; of the summary when there is none."""
    return address(run_id, "verifier") if place is None else address(run_id, "questions", str(place))


def who(relatives: Sequence[Relative], today: date, locale: str, form: FormErrors | None = None) -> WhoView:
    """The page "Pour qui ?"."""
    mine = [each for each in relatives if each.may_book]
    options = tuple(
        Option(str(each.id), each.given_name, tn(locale, "asking.age", age_on(each.birth_date, today)))
        for each in mine
    )
    return WhoView(
        options=options,
        chosen=options[0].value if len(options) == 1 else "",
        by_desk=tuple(each.given_name for each in relatives if not each.may_book),
        form=form,
    )


def question(
    questionnaire: Questionnaire,
    asking: Asking,
    place: int,
    locale: str,
    *,
    trusted: bool,
    form: FormErrors | None = None,
) -> QuestionView:
    """The question at a place, with the answer given before or, in a `trusted` session, that of the file."""
    screen = screens(questionnaire, asking)[place - 1]
    view = QuestionView(
        run=asking.run.id,
        id=screen,
        action=screen_address(asking.run.id, place),
        back=screen_address(asking.run.id, place - 1) if place > 1 else START,
        step=place,
        of=_about(questionnaire, asking),
        person=_person(asking.patient, locale),
        title="",
        hint="",
        chosen=tuple(asking.answers.get(screen, ())),
        form=form,
    )
    if screen == questionnaire.note.id:
        note = questionnaire.note
        words = note.said(locale, asking.child)
        return replace(view, title=words, hint=t(locale, "asking.note_hint"), longest=note.longest)
    asked = questionnaire.question_by_id[screen]
    known = screen in asking.answers or not trusted
    return replace(
        view,
        title=asked.said(locale, asking.child),
        hint=asked.hint.said(locale, asking.child) if asked.hint else "",
        many=asked.kind is AnswerKind.MANY,
        options=tuple(Option(each.id, each.said(locale, asking.child)) for each in asked.offered(asking.age)),
        chosen=view.chosen if known else prefilled(asked, asking.patient),
    )


def check(questionnaire: Questionnaire, asking: Asking, locale: str) -> CheckView:
    """The summary before the answers are read."""
    said = summary(questionnaire, asking.answers, asking.age, locale, asking.child)
    shown = screens(questionnaire, asking)
    about = _about(questionnaire, asking)
    return CheckView(
        run=asking.run.id,
        action=address(asking.run.id, "verifier"),
        back=screen_address(asking.run.id, len(shown)),
        step=about,
        of=about,
        person=_person(asking.patient, locale),
        rows=tuple(
            Row(
                line.question,
                ", ".join(line.answers) or t(locale, "asking.nothing"),
                screen_address(asking.run.id, shown.index(line.question_id) + 1),
                t(locale, "asking.change"),
            )
            for line in said
        ),
    )


def result(
    questionnaire: Questionnaire, run: DecidedRun, patient: Relative, care: str, phone: str, locale: str
) -> ResultView:
    """What the answers come to, in words."""
    child = patient.relation is Relation.PARENT
    return ResultView(
        run=run.id,
        person=_person(patient, locale),
        urgency=run.urgency,
        tag=t(locale, f"asking.urgency_{run.urgency}"),
        soon=t(locale, f"asking.soon_{run.urgency}"),
        care=care,
        why=telling.why(questionnaire, run, locale, child),
        cards=_cards(questionnaire, run, locale),
        card_first=run.outcome in CARD_FIRST,
        waiting=telling.waits_for_sign_off(questionnaire, run),
        slots=address(run.id, "creneaux") if run.books else None,
        call_back=run.needs_call_back and run.urgency is not Urgency.U0,
        phone=phone,
    )


def emergency(questionnaire: Questionnaire, locale: str) -> EmergencyView:
    """The emergency page, from the same texts as the results."""
    found = [questionnaire.outcomes[key] for key in EMERGENCIES]
    return EmergencyView(
        cards=tuple(
            Card(t(locale, f"asking.emergency_{each.id}"), each.advice.said(locale)) for each in found
        ),
        waiting=any(telling.waits(each) for each in found),
    )


def _person(patient: Relative, locale: str) -> str:
    if patient.relation is Relation.SELF:
        return t(locale, "asking.for_you")
    return t(locale, "asking.for_name", name=patient.given_name)


def _about(questionnaire: Questionnaire, asking: Asking) -> int:
    """The questions, the note and the summary; a guess until the last question is known."""
    return progress(questionnaire, asking.answers, asking.age).about + 2


def _cards(questionnaire: Questionnaire, run: DecidedRun, locale: str) -> tuple[Card, ...]:
    """First what to do for this result, then what else may help, then what holds for one's treatment."""
    title = {Urgency.U4: "asking.to_know"}.get(run.urgency, "asking.meanwhile")
    first = [(title if run.books else "asking.at_once", telling.meanwhile(questionnaire, run))]
    others = [questionnaire.outcomes[key].advice for key in run.also if key in questionnaire.outcomes]
    alerts = [questionnaire.alerts[key].advice for key in run.alerts if key in questionnaire.alerts]
    more: list[tuple[str, Lines]] = [("asking.also", lines) for lines in (*others, *alerts)]
    cards: dict[tuple[str, ...], Card] = {}
    for key, lines in (*first, *more):
        said = lines.said(locale)
        if said:
            cards.setdefault(said, Card(t(locale, key), said))
    return tuple(cards.values())
