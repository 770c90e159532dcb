"""The road through the questions: which one comes next, which answers count, how far one has come.

Questions are asked in file order, each only if the answers before it call for it. So a road cannot turn
in a circle, and the answers of a branch that was left by going back are simply not on it any more.
"""

from collections.abc import Sequence

import msgspec

from backend.kit.errors import Refusal
from backend.triage.model import (
    UNSURE,
    Answered,
    AnswerKind,
    Answers,
    Progress,
    Question,
    Questionnaire,
)
from backend.triage.rules.matching import reaches, said


class UnknownAnswer(Refusal):
    """A question or an answer that the questionnaire does not have, or not at this age."""

    key = "triage.unknown_answer"
    status = 422


class OneAnswerOnly(Refusal):
    """Several answers to a question that takes one."""

    key = "triage.one_answer_only"
    status = 422


class NoteTooLong(Refusal):
    """The free text is longer than `longest` characters."""

    key = "triage.note_too_long"
    status = 422


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """The road so far.

    `given` holds the answers that count, with those that the age makes known; `asked` the questions
    answered, in order; `pending` the next question, None at the end.
    """

    given: dict[str, tuple[str, ...]]
    asked: tuple[Question, ...]
    pending: Question | None


def walk(questionnaire: Questionnaire, answers: Answers, age: int) -> Walk:
    """Follows the answers from the first question; `age` in whole years.

    Raises UnknownAnswer, OneAnswerOnly, NoteTooLong.
    """
    _check_known(questionnaire, answers)
    given: dict[str, tuple[str, ...]] = {}
    asked: list[Question] = []
    place = next_place(questionnaire, given, age, 0)
    while place is not None:
        question = questionnaire.questions[place]
        ticked = answers.get(question.id)
        if ticked is None or not (ticked or question.optional):
            return Walk(given=given, asked=tuple(asked), pending=question)
        given[question.id] = _counting(question, ticked, age)
        asked.append(question)
        place = next_place(questionnaire, given, age, place + 1)
    return Walk(given=given, asked=tuple(asked), pending=None)


def next_place(
    questionnaire: Questionnaire, given: dict[str, tuple[str, ...]], age: int, start: int
) -> int | None:
    """The place of the first question from `start` on that `given` calls for; None when there is none.

    What the age makes known is written into `given` instead of being asked.
    """
    for place in range(start, len(questionnaire.questions)):
        question = questionnaire.questions[place]
        if not (question.ages.hold(age) and said(question.asked_if, given)):
            continue
        known = next((each.answer for each in question.assumed if each.ages.hold(age)), None)
        if known is not None:
            given[question.id] = (known,)
        elif not reaches(questionnaire, given, age, question.skip_from):
            return place
    return None


def next_question(questionnaire: Questionnaire, answers: Answers, age: int) -> Question | None:
    """The question to show now; None when there is nothing more to ask. Raises as `walk`."""
    return walk(questionnaire, answers, age).pending


def progress(questionnaire: Questionnaire, answers: Answers, age: int) -> Progress:
    """How far one has come. The end is guessed along the shortest answers, so it may move.

    Raises as `walk`.
    """
    road = walk(questionnaire, answers, age)
    done, about = len(road.asked), len(road.asked)
    given, pending = dict(road.given), road.pending
    while pending is not None:
        about += 1
        given[pending.id] = (_usual(pending, age),)
        place = next_place(questionnaire, given, age, questionnaire.questions.index(pending) + 1)
        pending = None if place is None else questionnaire.questions[place]
    return Progress(step=min(done + 1, about), about=about)


def summary(
    questionnaire: Questionnaire, answers: Answers, age: int, locale: str, child: bool = False
) -> tuple[Answered, ...]:
    """The questions that count with the words of their answers, the note last. Raises as `walk`."""
    road = walk(questionnaire, answers, age)
    lines = [
        Answered(
            question_id=question.id,
            question=question.said(locale, child),
            answers=tuple(
                answer.said(locale, child)
                for answer in question.answers
                if answer.id in road.given[question.id]
            ),
        )
        for question in road.asked
    ]
    note = questionnaire.note
    text = " ".join(answers.get(note.id, ())).strip()
    if text:
        lines.append(Answered(question_id=note.id, question=note.said(locale, child), answers=(text,)))
    return tuple(lines)


def _check_known(questionnaire: Questionnaire, answers: Answers) -> None:
    for question_id, ticked in answers.items():
        if question_id == questionnaire.note.id:
            if sum(map(len, ticked)) > questionnaire.note.longest:
                raise NoteTooLong(longest=questionnaire.note.longest)
            continue
        question = questionnaire.question_by_id.get(question_id)
        if question is None or any(question.answer(answer) is None for answer in ticked):
            raise UnknownAnswer


def _counting(question: Question, ticked: Sequence[str], age: int) -> tuple[str, ...]:
    """The answers that count, in file order: "none of these" beside a sign gives way to the sign."""
    if question.kind is AnswerKind.ONE and len(set(ticked)) > 1:
        raise OneAnswerOnly
    offered = [answer for answer in question.offered(age) if answer.id in ticked]
    if len(offered) < len(set(ticked)):
        raise UnknownAnswer
    together = tuple(answer.id for answer in offered if not answer.alone)
    return together or tuple(answer.id for answer in offered)


def _usual(question: Question, age: int) -> str:
    """The answer that most people give: nothing to report, else the first."""
    offered = question.offered(age)
    plain = (answer.id for answer in offered if answer.alone and answer.id != UNSURE)
    return next(plain, offered[0].id)
