"""Who is offered a place that came free: order, fit, notice, fairness, and what is left for others."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.booking.rules.waiting import (
    Span,
    Waiting,
    answer_before,
    is_too_late,
    ranked,
    rest_of,
    suits,
)

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=PARIS)
HOUR = Span(datetime(2027, 3, 4, 10, 0, tzinfo=PARIS), datetime(2027, 3, 4, 11, 0, tzinfo=PARIS))


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def one(number: int = 1, **other: Any) -> Waiting:
    """Somebody whom the hour on Thursday suits exactly."""
    usual: dict[str, Any] = {
        "wish_id": UUID(int=number),
        "urgency": "U4",
        "own_start": datetime(2027, 4, 1, 9, 0, tzinfo=PARIS),
        "weekdays": (1, 2, 3, 4, 5, 6),
        "from_time": time(8),
        "until_time": time(19),
        "notice": minutes(60),
        "needs": minutes(60),
        "since": datetime(2027, 2, 1, tzinfo=UTC),
        "offers": 0,
        "offers_in_week": 0,
    }
    return Waiting(**{**usual, **other})


def order(*people: Waiting, place: Span = HOUR) -> list[int]:
    return [fit.waiting.wish_id.int for fit in ranked(people, place, MONDAY, PARIS)]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"urgency": "U4"}, {"urgency": "U3"}),
        ({"needs": minutes(45)}, {"needs": minutes(50)}),
        ({"needs": minutes(45)}, {"needs": minutes(40)}),  # 20 are left for somebody else
        ({"needs": minutes(40)}, {"needs": minutes(60)}),  # nothing is cut up that somebody fills
        ({"notice": minutes(180)}, {"notice": minutes(60)}),
        ({"offers": 1}, {"offers": 0}),
        ({"since": datetime(2027, 2, 2, tzinfo=UTC)}, {"since": datetime(2027, 2, 1, tzinfo=UTC)}),
    ],
)
def test_each_reason_decides_and_the_order_of_asking_does_not(
    worse: dict[str, Any], better: dict[str, Any]
) -> None:
    assert order(one(1, **worse), one(2, **better)) == [2, 1]
    assert order(one(2, **better), one(1, **worse)) == [2, 1]


def test_the_earlier_reason_outweighs_all_later_ones() -> None:
    urgent = one(1, urgency="U2", needs=minutes(45), notice=minutes(180), offers=2)
    assert order(one(2), urgent) == [1, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"needs": None},
        {"needs": minutes(65)},
        {"weekdays": (1, 2, 3, 5)},
        {"from_time": time(10, 30)},
        {"until_time": time(10)},
        {"notice": timedelta(days=3)},
        {"own_start": HOUR.starts_at + timedelta(hours=23)},
        {"own_start": MONDAY + timedelta(hours=47)},
        {"offers_in_week": 3},
    ],
)
def test_whom_it_does_not_suit_is_not_asked(wrong: dict[str, Any]) -> None:
    assert suits(one(), HOUR, MONDAY, PARIS)
    assert not suits(one(**wrong), HOUR, MONDAY, PARIS)


def test_sixty_minutes_become_twenty_and_forty() -> None:
    short, long = one(1, needs=minutes(20)), one(2, needs=minutes(40))
    first, *_ = ranked([short, long], HOUR, MONDAY, PARIS)
    assert first.rest is not None
    second, *_ = ranked(
        [one(3, needs=minutes(60)), long if first.waiting is short else short], first.rest, MONDAY, PARIS
    )
    assert {first.waiting.needs, second.waiting.needs} == {minutes(20), minutes(40)}
    assert second.rest is None
    assert second.wasted == minutes(0)


def test_too_little_is_left_to_offer() -> None:
    assert rest_of(HOUR, minutes(41)) is None
    assert rest_of(HOUR, minutes(40)) == Span(HOUR.starts_at + minutes(40), HOUR.ends_at)


def test_two_hours_to_answer_and_a_quarter_of_an_hour_on_the_day() -> None:
    there = HOUR.starts_at
    assert answer_before(MONDAY, there, PARIS) - MONDAY == timedelta(hours=2)
    assert answer_before(there - timedelta(hours=2), there, PARIS) == there - timedelta(minutes=105)
    # 23 h 30 the evening before, in Paris, is the day itself by UTC in no case.
    evening = datetime(2027, 3, 3, 23, 30, tzinfo=PARIS)
    assert answer_before(evening, there, PARIS) - evening == timedelta(hours=2)


def test_an_answer_of_the_last_minute_leaves_the_notice_asked_for() -> None:
    person = one(notice=minutes(60))
    assert suits(person, HOUR, HOUR.starts_at - minutes(75), PARIS)
    assert not suits(person, HOUR, HOUR.starts_at - minutes(74), PARIS)


def test_a_place_that_begins_before_anybody_could_answer_is_too_late() -> None:
    assert is_too_late(HOUR, HOUR.starts_at - minutes(15), PARIS)
    assert not is_too_late(HOUR, HOUR.starts_at - minutes(16), PARIS)
