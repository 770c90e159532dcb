"""What an answer may be just now, and which screen follows it."""

from collections.abc import Sequence

import msgspec

from backend.families.model import Relation, Relative
from backend.kit.errors import Refusal
from backend.triage.model import Answers, Question, Questionnaire, Run
from backend.triage.rules.matching import most_urgent
from backend.triage.rules.walk import UnknownAnswer, walk


class AlreadyDecided(Refusal):
    """The answers were read and stored: a visit may rest on them, so another go begins anew."""

    key = "asking.already_decided"
    status = 409


class Outdated(Refusal):
    """The questionnaire changed since the first answer of this run."""

    key = "asking.outdated"
    status = 409


class NothingChosen(Refusal):
    """A question that must be answered was answered with nothing."""

    key = "asking.choose"
    status = 422


class MayNotBook(Refusal):
    """A helper without the right to book: the request goes to the desk."""

    key = "asking.may_not_book"
    status = 403


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A run with the person it is about; `age` in whole years today."""

    run: Run
    patient: Relative
    age: int

    @property
    def child(self) -> bool:
        """Whether a parent answers for their child: the questions then speak of the child."""
        return self.patient.relation is Relation.PARENT

    @property
    def answers(self) -> Answers:
        """What was answered so far, also on branches that were left since."""
        return self.run.answers


def check_may_book(patient: Relative) -> None:
    """Raises MayNotBook for a helper to whom the holder did not give that right."""
    if not patient.may_book:
        raise MayNotBook


def check_version(questionnaire: Questionnaire, run: Run) -> None:
    """Raises Outdated when the run was begun with other questions than today's."""
    if run.questionnaire_version != questionnaire.version:
        raise Outdated


def accept(
    questionnaire: Questionnaire, answers: Answers, age: int, question_id: str, given: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The answers with this one added, or in place of the earlier one to the same question.

    The question must stand on the road that the answers make, or be the note. Raises UnknownAnswer,
    NothingChosen, OneAnswerOnly, NoteTooLong.
    """
    after = {key: tuple(value) for key, value in answers.items()} | {question_id: tuple(given)}
    road = walk(questionnaire, after, age)
    if question_id == questionnaire.note.id or any(question.id == question_id for question in road.asked):
        return after
    if road.pending is not None and road.pending.id == question_id:
        raise NothingChosen
    raise UnknownAnswer


def counting(questionnaire: Questionnaire, answers: Answers, age: int) -> dict[str, tuple[str, ...]]:
    """Only the answers that count: those on the road walked, and the note if there is one."""
    road = walk(questionnaire, answers, age)
    kept = {question.id: road.given[question.id] for question in road.asked}
    note = tuple(text for text in answers.get(questionnaire.note.id, ()) if text)
    return kept | ({questionnaire.note.id: note} if note else {})


def screens(questionnaire: Questionnaire, asking: Asking) -> tuple[str, ...]:
    """What may be shown now, by id and in order: the questions answered, then the next one or the note.

    Raises Outdated.
    """
    check_version(questionnaire, asking.run)
    road = walk(questionnaire, asking.answers, asking.age)
    last = questionnaire.note.id if road.pending is None else road.pending.id
    return (*(question.id for question in road.asked), last)


def next_screen(questionnaire: Questionnaire, asking: Asking) -> int | None:
    """The place, from 1, of the screen to show now; None when all is said, the note too."""
    shown = screens(questionnaire, asking)
    return None if shown[-1] in asking.answers else len(shown)


def stops(questionnaire: Questionnaire, asking: Asking) -> bool:
    """Whether there is no time for a note and a summary: nothing left to ask, and no slot to choose."""
    road = walk(questionnaire, asking.answers, asking.age)
    return road.pending is None and not most_urgent(questionnaire, road.given, asking.age).books


def prefilled(question: Question, patient: Relative) -> tuple[str, ...]:
    """The answers that the patient's file already gives: alerts and needs that stay from visit to visit."""
    return tuple(
        answer.id
        for answer in question.answers
        if answer.alert in patient.alerts or answer.modifier in patient.declared
    )
