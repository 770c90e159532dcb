"""The bitmap engine against a search that tries every start on every resource, minute by minute."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend.booking.rules.slots import Calendar, Candidate, Need, busy_mask, free_starts
from backend.kit.grid import GRID, Span, inner_bits, minute, moment

ORIGIN = 29_000_160
BITS = 40
PEOPLE = tuple(UUID(int=number) for number in (1, 2))
CHAIRS = tuple(UUID(int=number) for number in (11, 12, 13))
MACHINES = tuple(UUID(int=number) for number in (21, 22))


class Case(NamedTuple):
    """A random practice: spans by resource, in minutes, and what is looked for."""

    opening: dict[UUID, list[Span]]
    busy: dict[UUID, list[Span]]
    need: Need


ATTENDED = st.sampled_from([(), (), ((0, 5),), ((0, 10), (15, 30)), ((5, 10), (20, 25))])


def spans(most):
    moments = st.integers(ORIGIN - 30, ORIGIN + BITS * GRID + 30)
    one = st.builds(lambda start, length: Span(start, start + length), moments, st.integers(1, 120))
    return st.lists(one, max_size=most)


def chairs_in_order():
    return st.lists(st.sampled_from(CHAIRS), min_size=1, unique=True).map(tuple)


@st.composite
def cases(draw):
    everybody = (*PEOPLE, *CHAIRS, *MACHINES)
    groups = st.sampled_from([(), ((MACHINES[0],),), (MACHINES,), ((MACHINES[0],), (MACHINES[1],))])
    candidates = tuple(
        Candidate(practitioner_id=person, chair_ids=draw(chairs_in_order()), machines=draw(groups))
        for person in PEOPLE
    )
    earliest = moment(ORIGIN) + timedelta(seconds=draw(st.integers(-600, 3000)))
    return Case(
        opening={one: [*draw(spans(2)), Span(ORIGIN + 20, ORIGIN + 170)] for one in everybody},
        busy={one: draw(spans(4)) for one in everybody},
        need=Need(
            minutes=draw(st.integers(6, 12)) * GRID
            if (spans_of := draw(ATTENDED))
            else draw(st.integers(1, 12)) * GRID,
            buffer=draw(st.integers(0, 4)) * GRID,
            candidates=candidates,
            earliest=earliest,
            latest=earliest + timedelta(minutes=draw(st.integers(-10, 200))),
            attended=spans_of,
            held_back={one: draw(spans(2)) for one in PEOPLE[:1]},
        ),
    )


def bitmap_starts(case):
    opened = {}
    for one, given_spans in case.opening.items():
        opened[one] = 0
        for span in given_spans:
            opened[one] |= inner_bits(span, ORIGIN, BITS)
    calendar = Calendar(
        origin=ORIGIN,
        bits=BITS,
        opening=opened,
        busy={one: busy_mask(given_spans, ORIGIN, BITS) for one, given_spans in case.busy.items()},
    )
    return [
        (minute(slot.start), slot.practitioner_id, slot.chair_id, slot.machine_ids)
        for slot in free_starts(calendar, case.need)
    ]


def naive_starts(
    case, forget_cleaning=False, forget_closing=False, forget_return=False, forget_held_back=False
):
    """Every start, resource and step tried in turn. The faults can be planted to see the test fail."""
    need, found = case.need, []
    buffer = 0 if forget_cleaning else need.buffer

    def is_open(one, step):
        return any(span.start <= step and step + GRID <= span.end for span in case.opening[one])

    def is_busy(one, step):
        return any(span.start < step + GRID and step < span.end for span in case.busy[one])

    def fits(one, start, cleaning=0):
        care = range(start, start + need.minutes, GRID)
        checked = care[:1] if forget_closing else care
        used = range(start, start + need.minutes + cleaning, GRID)
        in_days = all(step < ORIGIN + BITS * GRID for step in care)
        # Beyond the last day nothing is known to be busy.
        known = (step for step in used if step < ORIGIN + BITS * GRID)
        return (
            in_days
            and all(is_open(one, step) for step in checked)
            and not any(is_busy(one, s) for s in known)
        )

    def is_held_back(one, step):
        kept = () if forget_held_back else need.held_back.get(one, ())
        return any(span.start < step + GRID and step < span.end for span in kept)

    def attends(one, start):
        care = range(start, start + need.minutes, GRID)
        spans_seen = need.attended[:1] if forget_return else need.attended or ((0, need.minutes),)
        needed = [step for b, e in spans_seen for step in range(start + b, start + e, GRID)]
        checked = care[:1] if forget_closing else care
        in_the_house = care[-1] < ORIGIN + BITS * GRID and all(is_open(one, step) for step in checked)
        return in_the_house and not any(is_busy(one, step) or is_held_back(one, step) for step in needed)

    for start in range(ORIGIN, ORIGIN + BITS * GRID, GRID):
        if not need.earliest <= moment(start) <= need.latest:
            continue
        for candidate in need.candidates:
            chair = next((one for one in candidate.chair_ids if fits(one, start, buffer)), None)
            machines = [
                next((one for one in group if fits(one, start)), None) for group in candidate.machines
            ]
            if attends(candidate.practitioner_id, start) and chair and all(machines):
                found.append((start, candidate.practitioner_id, chair, tuple(machines)))
    return found


@settings(max_examples=150, deadline=None)
@given(cases())
def test_both_find_the_same_places(case):
    assert bitmap_starts(case) == naive_starts(case)


@pytest.mark.parametrize("fault", ["forget_cleaning", "forget_closing", "forget_return", "forget_held_back"])
def test_the_comparison_can_fail(fault):
    """Control: a search with a fault in it is told apart on some random practice."""

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(cases())
    def compare(case):
        assert bitmap_starts(case) == naive_starts(case, **{fault: True})

    with pytest.raises(AssertionError):
        compare()
