"""What a place wastes: cases by hand, then random days against a count that tries every minute in turn."""

from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend.booking.rules.gaps import Usual, Waste, shortest_usual
from backend.booking.rules.slots import Calendar, Candidate, Need, busy_mask, free_starts
from backend.demo.cast import demo_practice
from backend.kit.grid import GRID, Span, bits_of, minute, moment, origin_of
from tests.booking.test_rules_slots import PARIS, TUESDAY, at, hours, span

ORIGIN, BITS = 29_000_160, 44
END = ORIGIN + BITS * GRID
DENTIST, CHAIRS = UUID(int=1), (UUID(int=11), UUID(int=12))
PRACTICE = demo_practice(at("8:00"))
ROUX, VIDAL, PETIT = (one.id for one in PRACTICE.practitioners)


class Case(NamedTuple):
    """A random morning of a practitioner with one or two chairs, and a visit that is to come into it."""

    opening: list[Span]
    busy: dict[UUID, list[Span]]
    need: Need
    usual: Usual


def spans(most):
    steps = st.integers(0, BITS)
    one = st.builds(lambda a, n: Span(ORIGIN + a * GRID, ORIGIN + (a + n) * GRID), steps, st.integers(1, 12))
    return st.lists(one, max_size=most)


@st.composite
def cases(draw):
    minutes = draw(st.integers(1, 10)) * GRID
    attended = draw(st.sampled_from([(), (), ((0, 10),), ((0, 5), (20, 25))]))
    return Case(
        opening=[*draw(spans(1)), Span(ORIGIN + 10, ORIGIN + 200)],
        busy={one: draw(spans(3)) for one in (DENTIST, *CHAIRS)},
        need=Need(
            minutes=max(minutes, 30) if attended else minutes,
            buffer=draw(st.integers(0, 3)) * GRID,
            candidates=(Candidate(practitioner_id=DENTIST, chair_ids=CHAIRS[: draw(st.integers(1, 2))]),),
            earliest=moment(ORIGIN),
            latest=moment(END),
            attended=attended,
            held_back={DENTIST: draw(spans(1))},
        ),
        usual=Usual(draw(st.integers(1, 6)) * GRID, draw(st.integers(0, 3)) * GRID),
    )


def calendar_of(case):
    return Calendar(
        origin=ORIGIN,
        bits=BITS,
        opening={
            DENTIST: busy_mask(case.opening, ORIGIN, BITS),
            **dict.fromkeys(CHAIRS, (1 << BITS) - 1),
        },
        busy={one: busy_mask(found, ORIGIN, BITS) for one, found in case.busy.items()},
    )


def naive_waste(case, slot, **faults):
    """The minutes lost with the visit, less those lost without it."""
    start, length = minute(slot.start), case.need.minutes
    sees = case.need.attended or ((0, length),)
    visit = {
        DENTIST: [Span(start + begins, start + ends) for begins, ends in sees],
        slot.chair_id: [Span(start, start + length + (0 if faults.get("no_cleaning") else case.need.buffer))],
    }
    with_it = {one: [*found, *visit.get(one, ())] for one, found in case.busy.items()}
    before = 0 if faults.get("all_is_new") else len(naive_lost(case, case.busy, **faults))
    return len(naive_lost(case, with_it, **faults)) - before


def naive_lost(case, busy, one_chair=False, held_counts=False, edges_close=False, **_):
    """Every free minute that no shortest usual visit could cover. Faults can be planted."""
    held = () if held_counts else case.need.held_back[DENTIST]
    day = range(ORIGIN, END)

    def inside(spans_, at_minute):
        return any(span.start <= at_minute < span.end for span in spans_)

    person = {m for m in day if inside(case.opening, m) and not inside((*busy[DENTIST], *held), m)}
    chairs = case.need.candidates[0].chair_ids[: 1 if one_chair else None]
    idle = {one: {m for m in (*day, *range(END, END + 90)) if not inside(busy[one], m)} for one in chairs}
    if edges_close:
        idle = {
            one: found & set(day) & {m for m in day if inside(case.opening, m)} for one, found in idle.items()
        }
    free = {m for m in person if any(m in idle[one] for one in chairs)}
    covered = set()
    for one in chairs:
        for start in range(ORIGIN, END, GRID):
            care = range(start, start + case.usual.minutes)
            cleaned = range(start, start + sum(case.usual))
            if person.issuperset(care) and idle[one].issuperset(cleaned) and idle[one].issuperset(care):
                covered.update(cleaned)
    return free - covered


def compare(case, **faults):
    calendar = calendar_of(case)
    waste = Waste(lambda _: case.usual)
    waste.add(calendar, [case.need])
    for slot in free_starts(calendar, case.need):
        assert waste(slot) == naive_waste(case, slot, **faults)


@settings(max_examples=120, deadline=None)
@given(cases())
def test_both_count_the_same_minutes(case):
    compare(case)


@pytest.mark.parametrize("fault", ["no_cleaning", "all_is_new", "one_chair", "held_counts", "edges_close"])
def test_the_comparison_can_fail(fault):
    """Control: a count with a fault in it is told apart on some random day."""

    @settings(max_examples=200, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(cases())
    def compare_with_fault(case):
        compare(case, **{fault: True})

    with pytest.raises(AssertionError):
        compare_with_fault()


def morning(busy="", chairs=1, held="", minutes=30, buffer=10, **choices):
    """What each start of a Tuesday from 9:00 to 12:00 wastes, where 20 + 5 minutes are usual."""
    case = Case(
        opening=[span("9:00-12:00")],
        busy={DENTIST: [span(one) for one in busy.split()], CHAIRS[0]: [], CHAIRS[1]: []},
        need=Need(
            minutes=minutes,
            buffer=buffer,
            candidates=(Candidate(practitioner_id=DENTIST, chair_ids=CHAIRS[:chairs]),),
            earliest=at("8:00"),
            latest=at("20:00"),
            held_back={DENTIST: [span(one) for one in held.split()]},
            **choices,
        ),
        usual=Usual(20, 5),
    )
    origin, bits = origin_of(TUESDAY, PARIS), bits_of(TUESDAY, 1, PARIS)
    calendar = Calendar(
        origin=origin,
        bits=bits,
        opening={DENTIST: busy_mask(case.opening, origin, bits), **dict.fromkeys(CHAIRS, (1 << bits) - 1)},
        busy={one: busy_mask(found, origin, bits) for one, found in case.busy.items()},
    )
    waste = Waste(lambda _: case.usual)
    waste.add(calendar, [case.need])
    return {hours([slot])[0]: waste(slot) for slot in free_starts(calendar, case.need)}


def test_a_place_beside_another_visit_wastes_nothing():
    found = morning(busy="9:00-10:00", chairs=2)
    assert (found["10:00"], found["10:05"], found["10:15"], found["10:25"]) == (0, 5, 15, 0)


def test_the_rest_before_closing_is_a_gap_too():
    """After a visit until 11:45 nobody can come any more; the one until 11:40 leaves room for 20 minutes."""
    found = morning(chairs=2, busy="9:00-10:30")
    assert (found["11:10"], found["11:15"], found["11:30"]) == (0, 15, 0)


def test_the_cleaning_of_the_only_chair_is_no_gap():
    """The next visit may follow at 9:40; with two chairs the practitioner loses ten minutes."""
    assert morning(minutes=30, buffer=10)["9:00"] == 0
    assert morning(busy="9:40-10:10", chairs=1)["9:00"] == 0
    assert morning(busy="9:40-10:10", chairs=2)["9:00"] == 10


def test_what_is_kept_back_ends_the_free_time():
    assert morning(chairs=2)["10:15"] == 0
    assert morning(chairs=2, held="11:00-11:30")["10:15"] == 15


def test_minutes_in_which_the_practitioner_is_not_needed_stay_theirs():
    """With two chairs somebody else fits into the 30 minutes in between, not into 15."""
    assert morning(chairs=2, minutes=60, attended=((0, 10), (40, 60)))["9:00"] == 0
    assert morning(chairs=2, minutes=60, attended=((0, 10), (25, 60)))["9:00"] == 15


def test_a_rare_short_care_makes_no_rest_worth_keeping():
    """Ten minutes of varnish or a look at the stitches: the shortest usual visit is a check-up."""
    assert shortest_usual(PRACTICE, ROUX) == shortest_usual(PRACTICE, VIDAL) == Usual(20, 5)
    assert shortest_usual(PRACTICE, PETIT) == Usual(20, 5)
    only = msgspec.structs.replace(PRACTICE, care_types=())
    assert shortest_usual(only, ROUX) is None


def test_each_place_is_weighed_with_the_search_that_found_it():
    """Two stretches of days are two calendars; around a birthday two lengths are looked for."""
    waste = Waste(lambda _: Usual(20, 5))
    found = []
    for number, busy in enumerate(([], [Span(ORIGIN + BITS * GRID + 60, END + 200)])):
        origin = ORIGIN + number * BITS * GRID
        need = Need(
            minutes=30 + 15 * number,
            buffer=5,
            candidates=(Candidate(practitioner_id=DENTIST, chair_ids=CHAIRS),),
            earliest=moment(origin),
            latest=moment(origin + (BITS - 1) * GRID),
        )
        everything = dict.fromkeys((DENTIST, *CHAIRS), (1 << BITS) - 1)
        calendar = Calendar(
            origin=origin, bits=BITS, opening=everything, busy={DENTIST: busy_mask(busy, origin, BITS)}
        )
        waste.add(calendar, [need])
        found.append(free_starts(calendar, need)[0])
    assert [waste(slot) for slot in found] == [0, 15]
