"""Every road through a questionnaire, for the check at start and for the tests."""

from collections.abc import Callable, Iterator

from backend.triage.model import UNSURE, Ages, AnswerKind, Question, Questionnaire
from backend.triage.rules.matching import read_atom
from backend.triage.rules.walk import next_place

Road = dict[str, tuple[str, ...]]
Choices = Callable[[Question, int], tuple[tuple[str, ...], ...]]


def turning_ages(questionnaire: Questionnaire) -> tuple[int, ...]:
    """The ages in whole years at which something in the questionnaire changes, and 0."""
    spans: list[Ages] = []
    for question in questionnaire.questions:
        spans += [question.ages, *(each.ages for each in question.assumed)]
        spans += [answer.ages for answer in question.answers]
    spans += [rule.ages for rule in questionnaire.rules]
    turns = {span.first for span in spans} | {span.below for span in spans if span.below is not None}
    return tuple(sorted(turns | {0}))


def roads(questionnaire: Questionnaire, age: int, choices: Choices) -> Iterator[Road]:
    """Every complete set of answers at this age, with what the age makes known.

    `choices` gives the sets of answers to try for a question: `one_each`, or fewer.
    """

    def onward(given: Road, start: int) -> Iterator[Road]:
        place = next_place(questionnaire, given, age, start)
        if place is None:
            yield given
            return
        question = questionnaire.questions[place]
        for choice in choices(question, age):
            yield from onward({**given, question.id: choice}, place + 1)

    return onward({}, 0)


def one_each(question: Question, age: int) -> tuple[tuple[str, ...], ...]:
    """Each answer by itself."""
    return tuple((answer.id,) for answer in question.offered(age))


def telling(questionnaire: Questionnaire) -> Choices:
    """Enough to reach every rule and every question: one answer of each group that they treat alike.

    And the sets that one condition wants ticked together.
    """
    named, together = _mentions(questionnaire)

    def choices(question: Question, age: int) -> tuple[tuple[str, ...], ...]:
        groups: dict[frozenset[frozenset[str]], tuple[str, ...]] = {}
        for choice in one_each(question, age):
            alike = frozenset(each for each in named.get(question.id, ()) if choice[0] in each)
            groups.setdefault(alike | {frozenset(choice)} if choice == (UNSURE,) else alike, choice)
        if question.kind is AnswerKind.ONE:
            return tuple(groups.values())
        offered = {answer.id for answer in question.offered(age)}
        return (
            *groups.values(),
            *(each for each in together.get(question.id, ()) if offered.issuperset(each)),
        )

    return choices


def _mentions(
    questionnaire: Questionnaire,
) -> tuple[dict[str, set[frozenset[str]]], dict[str, list[tuple[str, ...]]]]:
    """By question: the sets of answers that conditions name, and those named twice in one condition."""
    conditions = [every for rule in questionnaire.rules for every in rule.when]
    conditions += [every for question in questionnaire.questions for every in question.asked_if]
    named: dict[str, set[frozenset[str]]] = {}
    together: dict[str, list[tuple[str, ...]]] = {}
    for every in conditions:
        wanted: dict[str, list[str]] = {}
        for question_id, answers in map(read_atom, every):
            named.setdefault(question_id, set()).add(answers)
            wanted.setdefault(question_id, []).append(min(answers))
        for question_id, ids in wanted.items():
            if len(ids) > 1:
                together.setdefault(question_id, []).append(tuple(ids))
    return named, together
