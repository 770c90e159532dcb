"""Red flags: each alone, all pairs, doubts and contradictions. One sign is enough, two never calm down."""

from itertools import combinations

import pytest

from backend.triage.model import Urgency
from backend.triage.questionnaire import questionnaire
from backend.triage.rules.decide import advice, decide
from backend.triage.rules.paths import one_each, roads
from backend.triage.rules.walk import next_question

ADULT = 30
RED_FLAGS = questionnaire().question_by_id["red_flags"]
SIGNS = [answer.id for answer in RED_FLAGS.answers if answer.id not in ("none", "unsure")]
# By hand, from the practice's table: what each sign is by itself, with the mildest detail.
ALONE = dict.fromkeys(SIGNS, Urgency.U0) | dict.fromkeys(
    ("mouth", "fever", "bleeding", "tooth_out"), Urgency.U1
)
MILD = {
    "mouth_detail": ("none",),
    "fever_detail": ("mild",),
    "bleeding_detail": ("none",),
    "health": ("none",),
}
WORSE = [
    ("mouth", "mouth_detail", "swelling"),
    ("mouth", "mouth_detail", "fever"),
    ("fever", "fever_detail", "high"),
    ("fever", "fever_detail", "shivers"),
    ("fever", "fever_detail", "malaise"),
    ("bleeding", "bleeding_detail", "heavy"),
    ("bleeding", "bleeding_detail", "thinner"),
    ("bleeding", "bleeding_detail", "faint"),
]


def result(*signs: str, age: int = ADULT, **details: tuple[str, ...]):
    return decide(questionnaire(), {"red_flags": signs, **MILD, **details}, age)


def test_all_twelve_signs_are_asked() -> None:
    assert len(SIGNS) == 12 and {answer.id for answer in RED_FLAGS.offered(ADULT)} >= set(SIGNS)


@pytest.mark.parametrize("age", range(0, 100, 5))
def test_the_signs_come_first_at_every_age(age: int) -> None:
    assert next_question(questionnaire(), {}, age) is RED_FLAGS


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_alone(sign: str) -> None:
    found = result(sign)
    assert found.urgency is ALONE[sign]
    assert not found.books and found.books_within is None
    assert (found.care_key is None) == (found.urgency is Urgency.U0)
    assert found.needs_call_back == (found.urgency is Urgency.U1)
    assert found.call_back_within == (60 if found.urgency is Urgency.U1 else None)
    assert advice(questionnaire(), found).fr


@pytest.mark.parametrize(("sign", "question", "detail"), WORSE)
def test_a_worse_detail_calls_15(sign: str, question: str, detail: str) -> None:
    assert result(sign).urgency is Urgency.U1
    assert result(sign, **{question: (detail,)}).urgency is Urgency.U0


@pytest.mark.parametrize("pair", list(combinations(SIGNS, 2)), ids="+".join)
def test_two_signs_are_as_urgent_as_the_worse_one(pair: tuple[str, str]) -> None:
    # A mouth that hardly opens, with fever, is worse than either.
    worse = {"mouth", "fever"} == set(pair)
    assert result(*pair).urgency is (Urgency.U0 if worse else min(ALONE[sign] for sign in pair))


@pytest.mark.parametrize("pair", list(combinations(SIGNS, 2)), ids="+".join)
def test_no_detail_of_two_signs_is_calmer_than_each_alone(pair: tuple[str, str]) -> None:
    def only_this_pair(question, age):
        return (pair,) if question is RED_FLAGS else one_each(question, age)

    for road in roads(questionnaire(), ADULT, only_this_pair):
        both = decide(questionnaire(), road, ADULT).urgency
        for sign in pair:
            details = {**MILD, **road, "red_flags": (sign,)}
            assert not decide(questionnaire(), details, ADULT).urgency.more_urgent_than(both)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_counts_beside_none_and_beside_a_doubt(sign: str) -> None:
    assert result(sign, "none").urgency is ALONE[sign]
    assert result(sign, "unsure").urgency is ALONE[sign]


def test_a_doubt_about_the_signs_is_a_call_back() -> None:
    for given in (("unsure",), ("unsure", "none")):
        found = result(*given)
        assert (found.urgency, found.outcome, found.needs_call_back) == (Urgency.U1, "unsure_sign", True)


@pytest.mark.parametrize("sign", ["mouth", "fever", "bleeding"])
def test_a_doubt_about_a_detail_is_a_call_back(sign: str) -> None:
    assert result(sign, **{f"{sign}_detail": ("unsure",)}).urgency is Urgency.U1


@pytest.mark.parametrize(
    ("age", "kind", "outcome"),
    [
        (5, "milk", "T04_unknown"),
        (8, "permanent", "T04"),
        (8, "milk", "T04_unknown"),
        (12, "unsure", "T04_unknown"),
        (13, "unsure", "T04"),
        (40, "milk", "T04"),
    ],
)
def test_a_knocked_out_tooth_is_put_back_only_when_it_is_surely_an_adult_tooth(age, kind, outcome) -> None:
    assert result("tooth_out", age=age, tooth_kind=(kind,)).outcome == outcome


def test_the_tooth_card_stands_beside_the_call_to_15() -> None:
    found = result("head", "tooth_out")
    assert found.urgency is Urgency.U0 and "T04" in found.also


def test_after_a_sign_nothing_but_its_details_is_asked() -> None:
    for sign in SIGNS:
        asked = {question for road in roads(questionnaire(), ADULT, _only(sign)) for question in road}
        assert asked <= {"red_flags", f"{sign}_detail", "health", "tooth_kind"}


def _only(sign: str):
    return lambda question, age: ((sign,),) if question is RED_FLAGS else one_each(question, age)
