"""What is wrong with a questionnaire that can be read: the checks between its parts.

A practice edits its own rules. A slip must stop the start with a clear word, never send a patient wrong.
"""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from backend.triage.model import DOUBT, UNSURE, Ages, Lines, Question, Questionnaire, Urgency
from backend.triage.rules.matching import holding, read_atom
from backend.triage.rules.paths import Road, roads, telling, turning_ages

# Where a fault lies: the section and the id, and for an answer the question's id before its own.
Place = tuple[str, ...]

# An infection's advice must warn of both in every language it is written in.
WARNINGS = {"fr": ("anti-inflammatoire", "aspirine"), "en": ("anti-inflammatory", "aspirin")}


class Fault(msgspec.Struct, frozen=True):
    """Something wrong, where it is written, and what to do about it."""

    place: Place
    what: str
    cure: str


def faults(questionnaire: Questionnaire, care_keys: Collection[str] | None = None) -> Iterator[Fault]:
    """Everything that is wrong, the plain slips first.

    The last checks walk every road, so take the first fault and stop if there is one.
    """
    yield from _ids(questionnaire)
    yield from _questions(questionnaire)
    yield from _rules(questionnaire)
    yield from _outcomes(questionnaire, care_keys)
    yield from _advice(questionnaire)
    yield from _walked(questionnaire)


def _ids(questionnaire: Questionnaire) -> Iterator[Fault]:
    rules = {rule.id for rule in questionnaire.rules}
    for raised in questionnaire.raises:
        if raised.id in rules:
            yield Fault(("raises", raised.id), f'a rule is called "{raised.id}" too.', "rename one of them.")
    if DOUBT in rules:
        yield Fault(("rules", DOUBT), f'"{DOUBT}" is kept for "je ne sais pas".', "rename this rule.")
    if questionnaire.note.id in questionnaire.question_by_id:
        place = ("questions", questionnaire.note.id)
        yield Fault(place, "the note has the same id.", "rename this question.")


def _questions(questionnaire: Questionnaire) -> Iterator[Fault]:
    earlier: dict[str, Question] = {}
    for question in questionnaire.questions:
        place = ("questions", question.id)
        for atom in (atom for every in question.asked_if for atom in every):
            asked = read_atom(atom)[0]
            if asked in questionnaire.question_by_id and asked not in earlier:
                what = f'"{atom}" refers to this question or to a later one, a circle.'
                yield Fault(place, what, "move this question further down, or ask about an earlier one.")
        yield from _condition(questionnaire, place, question.asked_if)
        yield from _answers(questionnaire, question)
        earlier[question.id] = question


def _answers(questionnaire: Questionnaire, question: Question) -> Iterator[Fault]:
    yield from _span(("questions", question.id), question.ages)
    for assumed in question.assumed:
        if question.answer(assumed.answer) is None:
            what = f'it assumes "{assumed.answer}", which is not one of its answers.'
            yield Fault(("questions", question.id), what, "name one of its answers.")
    for answer in question.answers:
        place = ("questions", question.id, answer.id)
        yield from _span(place, answer.ages)
        if answer.alert is not None and answer.alert not in questionnaire.alerts:
            yield Fault(place, f'there is no alert "{answer.alert}".', "write it in alerts.json.")
        if answer.id == UNSURE and answer.alone:
            what = '"unsure" may stand beside a sign, which then counts.'
            yield Fault(place, what, 'take out "alone".')


def _rules(questionnaire: Questionnaire) -> Iterator[Fault]:
    for rule in questionnaire.rules:
        place = ("rules", rule.id)
        yield from _span(place, rule.ages)
        yield from _condition(questionnaire, place, rule.when)
        if not all(rule.when) or not rule.when:
            yield Fault(place, "it has an empty condition.", "say when it holds.")
        if rule.outcome not in questionnaire.outcomes:
            yield Fault(place, f'there is no outcome "{rule.outcome}".', "write it in outcomes.json.")
    for raised in questionnaire.raises:
        yield from _condition(questionnaire, ("raises", raised.id), raised.when)


def _condition(
    questionnaire: Questionnaire, place: Place, when: Iterable[tuple[str, ...]]
) -> Iterator[Fault]:
    for atom in (atom for every in when for atom in every):
        question_id, answers = read_atom(atom)
        question = questionnaire.question_by_id.get(question_id)
        if question is None:
            what = f'"{atom}" refers to a question "{question_id}" that does not exist.'
            yield Fault(place, what, 'write "question=answer" with an id from a "questions" list.')
            continue
        for answer in answers:
            if question.answer(answer) is None:
                what = f'"{atom}" refers to an answer "{answer}" that "{question_id}" does not have.'
                yield Fault(place, what, "name one of its answers.")


def _span(place: Place, ages: Ages) -> Iterator[Fault]:
    if ages.below is not None and ages.below <= ages.first:
        yield Fault(place, "its ages leave nobody.", 'make "below" larger than "from".')


def _outcomes(questionnaire: Questionnaire, care_keys: Collection[str] | None) -> Iterator[Fault]:
    used = {rule.outcome for rule in questionnaire.rules}
    for outcome in questionnaire.outcomes.values():
        place = ("outcomes", outcome.id)
        if outcome.id not in used:
            yield Fault(place, "no rule leads to it.", "write a rule for it, or take it out.")
        if outcome.urgency is Urgency.U0 and outcome.care_key is not None:
            yield Fault(place, "a U0 is never booked, yet it has a care key.", 'take out "care_key".')
        if outcome.urgency is not Urgency.U0 and outcome.care_key is None:
            yield Fault(place, "it has no care key, so no duration.", 'add "care_key".')
        if care_keys is not None and outcome.care_key is not None and outcome.care_key not in care_keys:
            what = f'the practice has no care type "{outcome.care_key}".'
            yield Fault(place, what, f"use one of {', '.join(sorted(care_keys))}.")


def _advice(questionnaire: Questionnaire) -> Iterator[Fault]:
    written: dict[tuple[str, ...], str] = {}
    for outcome in questionnaire.outcomes.values():
        place = ("outcomes", outcome.id)
        if outcome.infection:
            yield from _warnings(place, outcome.advice)
        if outcome.urgency.books:
            continue
        if not outcome.advice.fr:
            yield Fault(place, f"{outcome.urgency} needs advice.", 'add "advice".')
        elif outcome.advice.fr in written:
            what = f'its advice is that of "{written[outcome.advice.fr]}".'
            yield Fault(place, what, "write what to do in this case.")
        written[outcome.advice.fr] = outcome.id
    for raised in questionnaire.raises:
        for lines in (raised.advice_u0, raised.advice_u1):
            yield from _warnings(("raises", raised.id), lines)


def _warnings(place: Place, advice: Lines) -> Iterator[Fault]:
    for locale, words in WARNINGS.items():
        text = " ".join(advice.said(locale)).lower()
        if (locale == "fr" or advice.en) and not all(word in text for word in words):
            what = f"an infection’s advice ({locale}) must warn of anti-inflammatories and of aspirin."
            yield Fault(place, what, "add that neither is taken without the dentist’s word.")


def _walked(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Walks every road at every age: each question and each rule is reached, each road leads somewhere."""
    choices = telling(questionnaire)
    asked: set[str] = set()
    held: set[str] = set()
    for age in turning_ages(questionnaire):
        for road in roads(questionnaire, age, choices):
            found = [rule.id for rule in holding(questionnaire, road, age)]
            if not found:
                yield _lost(questionnaire, road, age)
                return
            asked.update(road)
            held.update(found)
    for question in questionnaire.questions:
        if question.id not in asked:
            cure = 'correct its "asked_if" or its "ages".'
            yield Fault(("questions", question.id), "no answers ever lead to it.", cure)
    for rule in questionnaire.rules:
        if rule.id not in held:
            yield Fault(
                ("rules", rule.id), "no answers ever make it hold.", 'correct its "when" or its "ages".'
            )


def _lost(questionnaire: Questionnaire, road: Road, age: int) -> Fault:
    """The fault of a road without an outcome, laid at its furthest question."""
    depths: dict[str, int] = {}
    for question in questionnaire.questions:
        before = (read_atom(atom)[0] for every in question.asked_if for atom in every)
        depths[question.id] = 1 + max((depths[each] for each in before), default=0)
    furthest = max(road, key=lambda question_id: depths[question_id])
    words = ", ".join(f"{question_id}={'|'.join(answers)}" for question_id, answers in road.items())
    what = f"at {age} years these answers come to nothing: {words}."
    return Fault(("questions", furthest, road[furthest][0]), what, "write a rule for them.")
