"""Every road through the questions, at every age at which one of them changes."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from backend.triage.model import UNSURE, AgeBand, AnswerKind, Question, Questionnaire, Urgency
from backend.triage.questionnaire import questionnaire
from backend.triage.rules.decide import Unfinished, decide, reason
from backend.triage.rules.matching import Given, holding, most_urgent, said
from backend.triage.rules.paths import Road, one_each, roads, telling, turning_ages
from backend.triage.rules.walk import next_question, progress, summary, walk

AGES = turning_ages(questionnaire())
ONE_AGE_A_BAND = {AgeBand.of(age): age for age in (1, 4, 8, 15, 40, 82)}
TELLING = telling(questionnaire())


def tree_choices(question: Question, age: int) -> tuple[tuple[str, ...], ...]:
    """No red flag; every answer of the tree; of health and help one of each kind."""
    if question.id == "red_flags":
        return (("none",),)
    return TELLING(question, age) if question.id in ("health", "help") else one_each(question, age)


def tree(age: int) -> Iterator[Road]:
    return roads(questionnaire(), age, tree_choices)


@pytest.mark.parametrize("age", AGES)
def test_every_road_ends_in_exactly_one_outcome(age: int) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    reached = set()
    count = 0
    for road in tree(age):
        assert next_question(questionnaire(), road, age) is None
        found = decide(questionnaire(), road, age)
        outcome = questionnaire().outcomes[found.outcome]
        assert (outcome.care_key is None) == (outcome.urgency is Urgency.U0)
        assert reason(questionnaire(), found, "fr")
        for question, answers in road.items():
            seen[question].update(answers)
        reached.add(found.outcome)
        count += 1
    # As many roads as there are ends at least, and every answer offered at this age is on one of them.
    assert count > len(reached) > 1
    for question_id in seen.keys() - {"red_flags", "health", "help"}:
        question = questionnaire().question_by_id[question_id]
        if not any(each.ages.hold(age) for each in question.assumed):
            assert seen[question_id] == {answer.id for answer in question.offered(age)}


def test_every_outcome_is_reached_at_some_age() -> None:
    """By the outcome that wins: none stands in the shadow of another for everybody."""
    won = {
        decide(questionnaire(), road, age).outcome
        for age in AGES
        for road in roads(questionnaire(), age, TELLING)
    }
    assert won == set(questionnaire().outcomes)


@pytest.mark.parametrize("age", ONE_AGE_A_BAND.values(), ids=ONE_AGE_A_BAND.keys())
def test_the_usual_road_is_four_to_six_screens(age: int) -> None:
    lengths = [len(walk(questionnaire(), road, age).asked) for road in tree(age)]
    assert min(lengths) >= 3 and max(lengths) <= 8
    assert sum(length <= 6 for length in lengths) > len(lengths) / 2
    checkup = {"red_flags": ["none"], "what": ["checkup"], "health": ["none"], "help": []}
    assert len(walk(questionnaire(), checkup, age).asked) == 4


@pytest.mark.parametrize("age", ONE_AGE_A_BAND.values(), ids=ONE_AGE_A_BAND.keys())
def test_a_missing_answer_gives_no_result(age: int) -> None:
    for road in roads(questionnaire(), age, TELLING):
        for question in walk(questionnaire(), road, age).asked:
            rest = {key: answers for key, answers in road.items() if key != question.id}
            with pytest.raises(Unfinished):
                decide(questionnaire(), rest, age)


@pytest.mark.parametrize("age", ONE_AGE_A_BAND.values(), ids=ONE_AGE_A_BAND.keys())
def test_progress_goes_up_and_ends_on_the_last_screen(age: int) -> None:
    for road in roads(questionnaire(), age, TELLING):
        given: dict[str, tuple[str, ...]] = {}
        for number, question in enumerate(walk(questionnaire(), road, age).asked, start=1):
            bar = progress(questionnaire(), given, age)
            assert bar.step == number <= bar.about
            given[question.id] = road[question.id]
        assert progress(questionnaire(), given, age).step == progress(questionnaire(), given, age).about


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_summary_tells_every_question_with_words(locale: str) -> None:
    for road in roads(questionnaire(), 8, TELLING):
        lines = summary(questionnaire(), {**road, "note": ("Merci",)}, 8, locale)
        asked = walk(questionnaire(), road, 8).asked
        assert [line.question_id for line in lines] == [*(question.id for question in asked), "note"]
        assert all(line.question and all(line.answers) and line.answers for line in lines)


# "Je ne sais pas" never lowers. Precisely: take any complete road and any question on it that offers
# "unsure". Answer "unsure" there, keep the other answers, and answer what is newly asked in any way: the
# result is at least as urgent as before. Only U0 may become U1, where a human calls back: a doubt alone
# never sends anybody to the 15 (see `matching.holding`).

Read = Callable[[Questionnaire, Given, int], Urgency]


def lowered(read: Read, age: int) -> Iterator[tuple[Road, str, Road]]:
    """The roads that a doubt made less urgent: each with the question, and the road with the doubt."""
    for road in roads(questionnaire(), age, TELLING):
        least = max(read(questionnaire(), road, age), Urgency.U1)
        for question in walk(questionnaire(), road, age).asked:
            if question.answer(UNSURE) is None or UNSURE in road[question.id]:
                continue
            for doubtful in roads(questionnaire(), age, _same_but(road, question.id)):
                if least.more_urgent_than(read(questionnaire(), doubtful, age)):
                    yield road, question.id, doubtful


def _same_but(road: Road, doubted: str):
    def choices(question: Question, age: int) -> tuple[tuple[str, ...], ...]:
        if question.id == doubted:
            return ((UNSURE,),)
        return (road[question.id],) if question.id in road else TELLING(question, age)

    return choices


@pytest.mark.parametrize("age", ONE_AGE_A_BAND.values(), ids=ONE_AGE_A_BAND.keys())
def test_a_doubt_never_lowers(age: int) -> None:
    assert next(lowered(most_urgent, age), None) is None


def test_without_the_protection_a_doubt_would_lower() -> None:
    """Control: an engine that reads "je ne sais pas" as nothing fails the test above."""

    def careless(form: Questionnaire, given: Given, age: int) -> Urgency:
        plain = (rule for rule in form.rules if rule.ages.hold(age) and said(rule.when, given))
        return min((form.outcomes[rule.outcome].urgency for rule in plain), default=Urgency.U4)

    assert next(lowered(careless, 40), None) is not None


def test_a_doubt_beside_an_answer_takes_nothing_away() -> None:
    for question in questionnaire().questions:
        if question.kind is not AnswerKind.MANY or question.answer(UNSURE) is None:
            continue
        for road in roads(questionnaire(), 40, TELLING):
            if question.id in road:
                both = {**road, question.id: (*road[question.id], UNSURE)}
                rules = {rule.id for rule in holding(questionnaire(), road, 40)}
                assert rules <= {rule.id for rule in holding(questionnaire(), both, 40)}
