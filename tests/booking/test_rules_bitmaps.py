"""Spans to bitmaps, and bitmaps to starts by day, against the same said minute by minute."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend.booking.rules.slots import Calendar, Candidate, Need, busy_mask, free_starts
from backend.booking.rules.starts import starts_by_day
from backend.kit.grid import GRID, bits_of, minute, minutes_of, moment, origin_of, positions

PARIS = ZoneInfo("Europe/Paris")
ORIGIN = 29_000_160
# Some days more than the short numbers in which a bitmap is added up, and not a whole number of bytes.
BITS = 2003
LATER = 500
SATURDAY, DAYS = date(2027, 3, 27), 3
PEOPLE = tuple(UUID(int=number) for number in (1, 2, 3))
CHAIR = UUID(int=10)
OFTEN = settings(max_examples=200, deadline=None)
SEEN_TO_FAIL = settings(
    max_examples=200, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
)


@st.composite
def spans(draw):
    """Visits, one often where another ends; nothing at all; weeks; some in the middle of a step."""
    horizon = ORIGIN + BITS * GRID
    length = st.sampled_from([0, 1, 4, 5, 20, 30, 30, 30, 45, 300, 3000, BITS * GRID])
    found, at = [], ORIGIN
    for _ in range(draw(st.integers(0, 25))):
        anywhere = st.integers(ORIGIN - 200, horizon + 200)
        start = draw(st.one_of(st.just(at), st.just(at + 3), st.just(at + 30), anywhere))
        at = start + draw(length)
        found.append((start, at))
    return draw(st.permutations(found))


def taken_steps(given_spans, fault=""):
    """Every minute of every span, and the steps in which one lies. The faults are for the control."""
    minutes = set()
    for start, end in given_spans:
        if fault == "an empty one takes a step" and start == end:
            end += 1
        if fault == "one from before is forgotten" and start < ORIGIN:
            continue
        if fault == "one beyond the end is forgotten" and end > ORIGIN + BITS * GRID:
            continue
        if fault == "the last of two counts" and minutes & {start, end - 1}:
            continue
        minutes.update(range(max(start, ORIGIN), min(end, ORIGIN + BITS * GRID)))
    if fault == "whole steps alone":
        minutes = {one for one in minutes if {one - one % GRID + rest for rest in range(GRID)} <= minutes}
    steps = {(one - ORIGIN) // GRID for one in minutes}
    if fault == "a gap within a step is free":
        steps -= {step for step in steps if ORIGIN + step * GRID + 2 not in minutes}
    return {step for step in steps if step < LATER} if fault == "later ones are lost" else steps


@OFTEN
@given(spans())
def test_a_step_is_busy_when_a_minute_of_it_is(given_spans):
    mask = busy_mask(given_spans, ORIGIN, BITS)
    assert set(positions(mask)) == taken_steps(given_spans)
    assert mask.bit_length() <= BITS


@pytest.mark.parametrize(
    "fault",
    [
        "an empty one takes a step",
        "one from before is forgotten",
        "one beyond the end is forgotten",
        "the last of two counts",
        "whole steps alone",
        "a gap within a step is free",
        "later ones are lost",
    ],
)
def test_a_fault_of_a_bitmap_is_seen(fault):
    """Control: the spans are such that each of these makes a difference."""

    @SEEN_TO_FAIL
    @given(spans())
    def compare(given_spans):
        assert set(positions(busy_mask(given_spans, ORIGIN, BITS))) == taken_steps(given_spans, fault)

    with pytest.raises(AssertionError):
        compare()


def test_what_ends_before_it_begins_takes_nothing():
    visit = (ORIGIN + 30, ORIGIN + 60)
    backwards = (ORIGIN + 100, ORIGIN + 70)
    assert positions(busy_mask([visit, backwards], ORIGIN, BITS)) == [6, 7, 8, 9, 10, 11]


@OFTEN
@given(st.sets(st.integers(0, BITS)))
def test_the_bits_that_are_set_come_in_order(numbers):
    bitmap = sum(1 << number for number in numbers)
    assert positions(bitmap) == sorted(numbers)
    assert minutes_of(bitmap, ORIGIN) == [ORIGIN + GRID * number for number in sorted(numbers)]


class Asked(NamedTuple):
    """A random week-end at the change of clocks: who is open when, and what is looked for."""

    calendar: Calendar
    needs: list[Need]
    usual: UUID | None


@st.composite
def asked(draw):
    origin, bits = origin_of(SATURDAY, PARIS), bits_of(SATURDAY, DAYS, PARIS)
    # Around midnight, where the days part.
    hours = st.tuples(st.integers(-240, 200), st.integers(30, 120)).map(lambda one: (one[0], sum(one)))
    midnights = [origin_of(SATURDAY + timedelta(days=number), PARIS) for number in range(1, DAYS)]
    opening = {
        person: busy_mask([(at + start, at + end) for at in midnights for start, end in shift], origin, bits)
        for person in PEOPLE
        for shift in [draw(st.lists(hours, max_size=2))]
    }
    everybody = tuple(Candidate(practitioner_id=person, chair_ids=(CHAIR,)) for person in PEOPLE)
    some = everybody[: draw(st.integers(1, len(everybody)))]
    needs = [
        Need(
            minutes=draw(st.sampled_from([15, 30, 45])),
            buffer=0,
            candidates=tuple(draw(st.permutations(some))[:2]),
            earliest=moment(origin),
            latest=moment(origin + bits * GRID),
            step=draw(st.sampled_from([5, 15, 30])),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    calendar = Calendar(origin=origin, bits=bits, opening={**opening, CHAIR: (1 << bits) - 1}, busy={})
    return Asked(calendar, needs, draw(st.sampled_from([None, *PEOPLE])))


def found_by_day(case):
    numbers = {}
    days = starts_by_day(case.calendar, case.needs, case.usual, numbers, (SATURDAY, DAYS, PARIS))
    assert list(numbers.values()) == list(range(len(numbers)))
    people = list(numbers)
    return [(day, [(start, people[number]) for start, number in starts]) for day, starts in days]


def said_by_day(case, fault=""):
    """Every place of every need in turn; of several at one start the usual practitioner's, else the first."""
    places = [slot for need in case.needs for slot in free_starts(case.calendar, need)]
    if fault == "no usual practitioner":
        case = case._replace(usual=None)
    if fault == "the last need first":
        places = [slot for need in reversed(case.needs) for slot in free_starts(case.calendar, need)]
    places.sort(key=lambda slot: slot.practitioner_id != case.usual)
    zone = UTC if fault == "days in UTC" else PARIS
    days: dict[date, dict[datetime, UUID]] = {}
    for slot in places:
        of_day = days.setdefault(slot.start.astimezone(zone).date(), {})
        of_day.setdefault(slot.start, slot.practitioner_id)
    return [
        (day, [(minute(at), who) for at, who in sorted(of_day.items())])
        for day, of_day in sorted(days.items())
    ]


@OFTEN
@given(asked())
def test_each_start_comes_once_on_its_day(case):
    assert found_by_day(case) == said_by_day(case)


@pytest.mark.parametrize("fault", ["no usual practitioner", "the last need first", "days in UTC"])
def test_a_fault_of_a_listing_is_seen(fault):
    """Control: the week-ends are such that each of these makes a difference."""

    @SEEN_TO_FAIL
    @given(asked())
    def compare(case):
        assert found_by_day(case) == said_by_day(case, fault)

    with pytest.raises(AssertionError):
        compare()
