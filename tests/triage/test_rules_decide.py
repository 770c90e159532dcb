"""What the answers come to: the highest urgency wins, what travels with the visit, what is refused."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.practice.model import Modifier
from backend.triage.model import AgeBand, AnswerKind, Questionnaire, Urgency
from backend.triage.questionnaire import questionnaire
from backend.triage.rules.decide import Unfinished, advice, alerts, decide, reason
from backend.triage.rules.matching import holding
from backend.triage.rules.walk import (
    NoteTooLong,
    OneAnswerOnly,
    UnknownAnswer,
    next_question,
    progress,
    summary,
    walk,
)

CHECKUP = {"red_flags": ["none"], "what": ["checkup"], "health": ["none"], "help": []}
ACHE = {"red_flags": ["none"], "what": ["pain"], "pain_rest": ["yes"], "health": ["none"], "help": []}
BOIL = {
    "red_flags": ["none"],
    "what": ["swelling"],
    "swelling_where": ["gum"],
    "swelling_course": ["steady"],
    "health": ["none"],
    "help": [],
}
CUT_AND_CHIP = {
    "red_flags": ["none"],
    "what": ["shock"],
    "shock": ["cut", "broken"],
    "cut_detail": ["small"],
    "broken_detail": ["chip"],
    "health": ["none"],
    "help": [],
}


def of(answers, age=40):
    return decide(questionnaire(), answers, age)


@st.composite
def stories(draw):
    """An age and complete answers, any number of them to a question that takes several."""
    age = draw(st.integers(0, 99))
    answers: dict[str, tuple[str, ...]] = {}
    while (question := next_question(questionnaire(), answers, age)) is not None:
        ids = [answer.id for answer in question.offered(age)]
        most = 1 if question.kind is AnswerKind.ONE else len(ids)
        ticked = st.lists(st.sampled_from(ids), min_size=1, max_size=most, unique=True)
        # Mostly no red flag, else few stories would see the tree.
        calm = question.id == "red_flags" and draw(st.integers(0, 3)) > 0
        answers[question.id] = ("none",) if calm else tuple(draw(ticked))
    return age, answers


def shuffled(seed: int) -> Questionnaire:
    rules = list(questionnaire().rules)
    random.Random(seed).shuffle(rules)
    return replace(questionnaire(), rules=tuple(rules))


# The highest urgency wins: whatever stands in the files above or below.


@given(stories(), st.integers(0, 1_000))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_rules_never_changes_the_urgency(story, seed) -> None:
    age, answers = story
    assert decide(shuffled(seed), answers, age).urgency is of(answers, age).urgency


@given(stories())
@settings(max_examples=200, deadline=None)
def test_nothing_that_holds_is_more_urgent_than_the_result(story) -> None:
    age, answers = story
    found = of(answers, age)
    for rule in holding(questionnaire(), walk(questionnaire(), answers, age).given, age):
        assert not questionnaire().outcomes[rule.outcome].urgency.more_urgent_than(found.urgency)


def test_an_engine_that_takes_the_first_rule_would_be_found() -> None:
    """Control: with "first" in place of "most urgent", the order of the rules changes the urgency."""

    def first_rule(form: Questionnaire) -> Urgency:
        rule = holding(form, walk(form, CUT_AND_CHIP, 22).given, 22)[0]
        return form.outcomes[rule.outcome].urgency

    assert len({first_rule(shuffled(seed)) for seed in range(20)}) > 1
    assert {decide(shuffled(seed), CUT_AND_CHIP, 22).urgency for seed in range(20)} == {Urgency.U2}


@given(stories(), st.data())
@settings(max_examples=200, deadline=None)
def test_one_more_sign_never_lowers(story, data) -> None:
    """But a red flag ends the questions: at U1 a human calls back and asks the rest."""
    age, answers = story
    many = [
        question
        for question in walk(questionnaire(), answers, age).asked
        if question.kind is AnswerKind.MANY and question.id != "help"
    ]
    question = data.draw(st.sampled_from(many))
    more = data.draw(st.sampled_from([answer.id for answer in question.offered(age)]))
    after = {**answers, question.id: (*answers[question.id], more)}
    while (pending := next_question(questionnaire(), after, age)) is not None:
        after[pending.id] = (pending.offered(age)[0].id,)
    before = of(answers, age).urgency
    least = max(before, Urgency.U1) if question.id == "red_flags" else before
    assert not least.more_urgent_than(of(after, age).urgency)


@given(stories(), stories())
@settings(max_examples=200, deadline=None)
def test_answers_of_a_branch_that_was_left_do_not_count(story, other) -> None:
    age, answers = story
    _, stale = other
    assert of({**stale, **answers}, age) == of(answers, age)


def test_going_back_from_a_toothache_to_a_checkup_leaves_a_checkup() -> None:
    assert of({**ACHE, "what": ["checkup"]}) == of(CHECKUP)


# What travels with the visit.


@pytest.mark.parametrize("modifier", Modifier)
def test_each_need_adds_its_own_modifier_and_nothing_else(modifier: Modifier) -> None:
    for question_id in ("help", "health"):
        question = questionnaire().question_by_id[question_id]
        for answer in question.answers:
            if answer.modifier is modifier:
                without, with_it = of(ACHE), of({**ACHE, question_id: [answer.id]})
                assert (without.modifiers, with_it.modifiers) == ((), (modifier,))
                assert with_it.urgency is without.urgency and with_it.care_key == without.care_key


def test_every_modifier_but_those_of_age_can_be_declared() -> None:
    declared = {answer.modifier for question in questionnaire().questions for answer in question.answers}
    assert declared - {None} == set(Modifier) - {Modifier.CHILD_UNDER_6, Modifier.CHILD_6_11}


def test_alerts_travel_in_the_order_of_their_file_and_with_their_words() -> None:
    found = of({**ACHE, "health": ["allergy", "anticoagulant", "none"]})
    assert found.alerts == ("anticoagulant", "allergy")
    assert [alert.name.said("en") for alert in alerts(questionnaire(), found)][1] == "Allergy"


def test_a_fragile_health_raises_an_infection_by_one_level_and_says_so() -> None:
    boil, raised = of(BOIL), of({**BOIL, "health": ["low_immunity"]})
    assert (boil.urgency, raised.urgency, raised.outcome) == (Urgency.U2, Urgency.U1, boil.outcome)
    assert raised.reasons == (*boil.reasons, "fragile") and raised.needs_call_back and not raised.books
    assert advice(questionnaire(), raised) != advice(questionnaire(), boil)
    assert reason(questionnaire(), raised, "fr").startswith(reason(questionnaire(), boil, "fr"))
    assert reason(questionnaire(), raised, "fr", child=True) != reason(questionnaire(), raised, "fr")


def test_a_fragile_health_raises_nothing_but_infections() -> None:
    assert of({**ACHE, "health": ["low_immunity", "diabetes"]}).urgency is of(ACHE).urgency


@pytest.mark.parametrize(
    "outcome",
    [each for each in questionnaire().outcomes.values() if each.infection],
    ids=lambda each: each.id,
)
def test_every_infection_warns_of_anti_inflammatories_and_aspirin(outcome) -> None:
    assert "anti-inflammatoire" in " ".join(outcome.advice.fr)
    assert "aspirine" in " ".join(outcome.advice.fr)


def test_a_doubt_gives_the_careful_reason() -> None:
    found = of({**ACHE, "pain_rest": ["unsure"]})
    assert found.reasons == ("doubt",) and "doute" in reason(questionnaire(), found, "fr")


# What is refused.


@pytest.mark.parametrize(
    ("answers", "age", "refusal"),
    [
        ({}, 40, Unfinished),
        ({"red_flags": []}, 40, Unfinished),
        ({**CHECKUP, "horoscope": ["lion"]}, 40, UnknownAnswer),
        ({**CHECKUP, "health": ["immortal"]}, 40, UnknownAnswer),
        ({**CHECKUP, "health": ["pregnancy"]}, 6, UnknownAnswer),
        ({**CHECKUP, "what": ["checkup", "pain"]}, 40, OneAnswerOnly),
        ({**CHECKUP, "note": ["é" * 201]}, 40, NoteTooLong),
        ({**CHECKUP, "note": ["é" * 150, "é" * 51]}, 40, NoteTooLong),
    ],
)
def test_what_cannot_be_read_is_refused(answers, age, refusal) -> None:
    with pytest.raises(refusal) as refused:
        of(answers, age)
    assert refused.value.status == 422 and refused.value.key.startswith("triage.")


def test_the_note_is_told_last_and_changes_nothing() -> None:
    noted = {**CHECKUP, "note": ["é" * 200]}
    assert of(noted) == of(CHECKUP)
    assert summary(questionnaire(), noted, 40, "fr")[-1].answers == ("é" * 200,)
    assert len(summary(questionnaire(), {**CHECKUP, "note": [" "]}, 40, "fr")) == 4


def test_an_empty_list_answers_only_an_optional_question() -> None:
    before_help = {key: value for key, value in CHECKUP.items() if key != "help"}
    assert next_question(questionnaire(), before_help, 40).id == "help"
    assert next_question(questionnaire(), {**CHECKUP, "health": []}, 40).id == "health"


def test_progress_and_summary_of_a_child() -> None:
    bar = progress(questionnaire(), {"red_flags": ["none"], "what": ["checkup"]}, 6)
    assert (bar.step, bar.about) == (3, 4)
    lines = summary(questionnaire(), CHECKUP, 6, "fr", child=True)
    assert "votre enfant" in lines[2].question and lines[3].answers == ()


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "under_3"), (3, "from_3"), (6, "from_6"), (12, "from_12"), (18, "adult"), (75, "from_75")],
)
def test_the_bands_of_age(age: int, band: str) -> None:
    assert AgeBand.of(age) == band and AgeBand.of(age - 1 if age else 0) != (band if age else "")


def test_the_scale_of_urgency() -> None:
    assert [level.one_up() for level in Urgency] == ["U0", "U0", "U1", "U2", "U3"]
    assert [level.books for level in Urgency] == [False, False, True, True, True]
    assert [level.books_within for level in Urgency] == [None, None, 24, 168, None]
