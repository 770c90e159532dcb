"""Which rules hold for the answers given.

An atom is written "question=answer|answer" and holds when one of these answers was given. Conditions know
no "not": that is why another answer, or a doubt, can only make the result more urgent.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from backend.triage.model import UNSURE, Outcome, Questionnaire, Raise, Rule, Urgency

Given = Mapping[str, tuple[str, ...]]
When = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=4096)
def read_atom(atom: str) -> tuple[str, frozenset[str]]:
    """The question and the answers of an atom.

    >>> read_atom("gums=pus")
    ('gums', frozenset({'pus'}))
    """
    question, _, answers = atom.partition("=")
    return question, frozenset(answers.split("|"))


def said(when: When, given: Given) -> bool:
    """Whether the condition holds by plain answers alone. An empty condition always holds."""
    return not when or _any_holds(when, given, doubt=False)


def said_or_unsure(when: When, given: Given) -> bool:
    """The same, but "je ne sais pas" counts as every answer to its question: the more urgent reading."""
    return not when or _any_holds(when, given, doubt=True)


def holding(questionnaire: Questionnaire, given: Given, age: int) -> tuple[Rule, ...]:
    """The rules that hold, in file order.

    A doubt never sends anybody to the 15 by itself: rules that lead to U0 want plain answers. A doubt
    then still counts as what leads to U1, so that a human calls back.
    """
    return tuple(
        rule
        for rule in _named(questionnaire, given)
        if rule.ages.hold(age) and _holds(rule, questionnaire.outcomes[rule.outcome], given)
    )


def raised_by(outcome: Outcome, raises: Iterable[Raise], given: Given) -> Raise | None:
    """What makes this outcome one level more urgent, if anything: only infections are raised.

    From U1 to U0 only by a plain answer, as for rules.
    """
    if not outcome.infection:
        return None
    matches = said if outcome.urgency is Urgency.U1 else said_or_unsure
    return next((each for each in raises if matches(each.when, given)), None)


def level(outcome: Outcome, raised: Raise | None) -> Urgency:
    """The urgency of an outcome for this person."""
    return outcome.urgency.one_up() if raised else outcome.urgency


def most_urgent(questionnaire: Questionnaire, given: Given, age: int) -> Urgency:
    """The highest urgency so far; U4 while no rule holds."""
    outcomes = (questionnaire.outcomes[rule.outcome] for rule in holding(questionnaire, given, age))
    return min(
        (level(outcome, raised_by(outcome, questionnaire.raises, given)) for outcome in outcomes),
        default=Urgency.U4,
    )


def reaches(questionnaire: Questionnaire, given: Given, age: int, urgency: Urgency) -> bool:
    """Whether the answers so far are at least that urgent: `most_urgent` without looking at the rest."""
    for rule in _named(questionnaire, given):
        outcome = questionnaire.outcomes[rule.outcome]
        if urgency.more_urgent_than(level(outcome, raised_by(outcome, questionnaire.raises, given))):
            continue
        if rule.ages.hold(age) and _holds(rule, outcome, given):
            return True
    return False


def _named(questionnaire: Questionnaire, given: Given) -> list[Rule]:
    """The rules that name an answered question, in file order; no other rule can hold."""
    places = questionnaire.rules_by_question
    named: frozenset[int] = frozenset().union(*(places[question] for question in given if question in places))
    return [questionnaire.rules[place] for place in sorted(named)]


def _holds(rule: Rule, outcome: Outcome, given: Given) -> bool:
    matches = said if outcome.urgency is Urgency.U0 else said_or_unsure
    return matches(rule.when, given)


def _any_holds(when: When, given: Given, doubt: bool) -> bool:
    # Plain loops: the check at start asks this a million times.
    for every in when:
        for atom in every:
            question, answers = read_atom(atom)
            ticked = given.get(question)
            if ticked is None or (answers.isdisjoint(ticked) and not (doubt and UNSURE in ticked)):
                break
        else:
            return True
    return False
