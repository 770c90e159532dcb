"""Bundles against a search that tries every order, every start and every resource, step by step."""

from datetime import timedelta
from itertools import combinations, permutations, product
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.booking.model import Arrangement
from backend.booking.rules.bundles import Wish, best_by_start, bundles, rank
from backend.booking.rules.slots import Calendar, Candidate, Need, busy_mask
from backend.kit.grid import GRID, Span, inner_bits, minute, moment

ORIGIN = 29_000_160
BITS = 30
END = ORIGIN + BITS * GRID
PEOPLE = tuple(UUID(int=number) for number in (1, 2))
CHAIRS = tuple(UUID(int=number) for number in (11, 12, 13))
MACHINES = tuple(UUID(int=number) for number in (21, 22))


class Case(NamedTuple):
    """A random practice: spans by resource, in minutes, and what each person needs."""

    opening: dict[UUID, list[Span]]
    busy: dict[UUID, list[Span]]
    wishes: tuple[Wish, ...]


def spans(most):
    moments = st.integers(ORIGIN - 30, END + 30)
    one = st.builds(lambda start, length: Span(start, start + length), moments, st.integers(1, 60))
    return st.lists(one, max_size=most)


TWO_OR_THREE = st.integers(2, 3)


@st.composite
def cases(draw, people=TWO_OR_THREE):
    everybody = (*PEOPLE, *CHAIRS, *MACHINES)
    chairs = st.lists(st.sampled_from(CHAIRS), min_size=1, unique=True).map(tuple)
    groups = st.sampled_from([(), ((MACHINES[0],),), (MACHINES,)])
    wishes = []
    for number in range(draw(people)):
        earliest = moment(ORIGIN + draw(st.integers(0, 6)) * GRID)
        need = Need(
            minutes=draw(st.integers(1, 5)) * GRID,
            buffer=draw(st.integers(0, 2)) * GRID,
            candidates=tuple(
                Candidate(practitioner_id=one, chair_ids=draw(chairs), machines=draw(groups))
                for one in draw(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
            ),
            earliest=earliest,
            latest=earliest + timedelta(minutes=draw(st.integers(40, 200))),
        )
        usual = draw(st.sampled_from((None, *PEOPLE)))
        wishes.append(Wish(patient_id=UUID(int=100 + number), need=need, usual_practitioner_id=usual))
    return Case(
        opening={one: [*draw(spans(1)), Span(ORIGIN + 5, ORIGIN + 130)] for one in everybody},
        busy={one: draw(spans(2)) for one in everybody},
        wishes=tuple(wishes),
    )


def calendar_of(case):
    opened = dict.fromkeys(case.opening, 0)
    for one, given_spans in case.opening.items():
        for span in given_spans:
            opened[one] |= inner_bits(span, ORIGIN, BITS)
    busy = {one: busy_mask(given_spans, ORIGIN, BITS) for one, given_spans in case.busy.items()}
    return Calendar(origin=ORIGIN, bits=BITS, opening=opened, busy=busy)


def found(case):
    """(arrangement, start) -> (presence, how many unusual faces), and the bundles themselves."""
    every = bundles(calendar_of(case), case.wishes)
    said = {(one.arrangement, minute(one.start)): (one.presence, one.unusual) for one in every}
    assert len(said) == len(every)
    return said, every


def naive(case, *, apart=10, forget_cleaning=False, twice=False):
    """Everything tried in turn. The faults can be planted to see the test fail."""
    best = {}
    for arrangement, plan in (*_chains(case, forget_cleaning), *_side_by_side(case, apart, twice)):
        start = min(start for start, *_ in plan)
        end = max(start + wish.need.minutes for (start, *_), wish in zip(plan, case.wishes, strict=True))
        unusual = sum(
            wish.usual_practitioner_id not in (None, who)
            for (_, who, *_), wish in zip(plan, case.wishes, strict=True)
        )
        value = (end - start, unusual)
        best[arrangement, start] = min(best.get((arrangement, start), value), value)
    return best


def _chains(case, forget_cleaning):
    for order in permutations(range(len(case.wishes))):
        for first in range(ORIGIN, END, GRID):
            starts, at = {}, first
            for number in order:
                starts[number] = at
                need = case.wishes[number].need
                at += need.minutes + (0 if forget_cleaning else need.buffer)
            for plan in _plans(case, starts):
                if len({(who, chair) for _, who, chair, _ in plan}) == 1:
                    yield Arrangement.CONSECUTIVE, plan


def _side_by_side(case, apart, twice):
    for starts in product(range(ORIGIN, END, GRID), repeat=len(case.wishes)):
        if max(starts) - min(starts) > apart:
            continue
        for plan in _plans(case, dict(enumerate(starts))):
            chairs = {chair for _, _, chair, _ in plan}
            if len(chairs) == len(plan) and (twice or not _meet(case, plan)):
                yield Arrangement.PARALLEL, plan


def _meet(case, plan):
    for (one, first), (other, second) in combinations(enumerate(plan), 2):
        shared = {first[1], *first[3]} & {second[1], *second[3]}
        overlap = (
            first[0] < second[0] + case.wishes[other].need.minutes
            and second[0] < first[0] + case.wishes[one].need.minutes
        )
        if shared and overlap:
            return True
    return False


def _plans(case, starts):
    """Every choice of practitioner, chair and machines for these starts."""
    each = []
    for number, wish in enumerate(case.wishes):
        each.append(
            [
                (starts[number], candidate.practitioner_id, chair, machines)
                for candidate in wish.need.candidates
                for chair in candidate.chair_ids
                for machines in product(*candidate.machines)
                if _fits(case, wish.need, starts[number], candidate.practitioner_id, chair, machines)
            ]
        )
        if not each[-1]:
            return
    yield from product(*each)


def _fits(case, need, start, who, chair, machines):
    if not need.earliest <= moment(start) <= need.latest or start + need.minutes > END:
        return False
    care = range(start, start + need.minutes, GRID)
    cleaning = range(start, min(start + need.minutes + need.buffer, END), GRID)
    return all(
        all(_is_open(case, one, step) for step in care) and not any(_is_busy(case, one, s) for s in steps)
        for one, steps in ((who, care), (chair, cleaning), *((machine, care) for machine in machines))
    )


def _is_open(case, one, step):
    return any(span.start <= step and step + GRID <= span.end for span in case.opening[one])


def _is_busy(case, one, step):
    return any(span.start < step + GRID and step < span.end for span in case.busy[one])


SLOW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(cases())
def test_both_find_the_same_bundles(case):
    said, every = found(case)
    assert said == naive(case)
    for bundle in every:
        starts = {place.patient_id: place.slot for place in bundle.places}
        plan = [
            (
                minute(starts[wish.patient_id].start),
                starts[wish.patient_id].practitioner_id,
                starts[wish.patient_id].chair_id,
                starts[wish.patient_id].machine_ids,
            )
            for wish in case.wishes
        ]
        assert all(_fits(case, wish.need, *part) for wish, part in zip(case.wishes, plan, strict=True))
        assert not _meet(case, plan)


@pytest.mark.parametrize("fault", [{"apart": 5}, {"forget_cleaning": True}, {"twice": True}])
def test_a_search_that_is_wrong_differs(fault):
    @settings(max_examples=400, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
    @given(cases(st.just(2)))
    def differs(case):
        assert found(case)[0] == naive(case, **fault)

    with pytest.raises(AssertionError):
        differs()


def two(*, buffer=5, usual=None, chairs=CHAIRS[:2]):
    needs = [
        Need(
            minutes=minutes,
            buffer=buffer,
            candidates=tuple(Candidate(practitioner_id=one, chair_ids=chairs) for one in PEOPLE),
            earliest=moment(ORIGIN),
            latest=moment(END),
        )
        for minutes in (25, 20)
    ]
    wishes = [
        Wish(patient_id=UUID(int=100 + n), need=need, usual_practitioner_id=usual)
        for n, need in enumerate(needs)
    ]
    return Case(
        opening={one: [Span(ORIGIN, END)] for one in (*PEOPLE, *CHAIRS)}, busy={}, wishes=tuple(wishes)
    )


def test_side_by_side_is_the_shortest_presence():
    chosen = min(best_by_start(bundles(calendar_of(two()), two().wishes)), key=rank)
    assert (chosen.arrangement, chosen.presence) == (Arrangement.PARALLEL, 25)
    assert {place.slot.chair_id for place in chosen.places} == set(CHAIRS[:2])


def test_on_one_chair_the_youngest_comes_first_and_only_the_cleaning_lies_between():
    case = two(chairs=CHAIRS[:1])
    chosen = best_by_start(bundles(calendar_of(case), case.wishes))[0]
    first, second = chosen.places
    assert chosen.arrangement is Arrangement.CONSECUTIVE
    assert (first.patient_id, chosen.presence) == (case.wishes[0].patient_id, 25 + 5 + 20)
    assert second.slot.start - first.slot.end == timedelta(minutes=5)


def test_of_equal_ones_the_usual_practitioner_is_chosen():
    case = two(chairs=CHAIRS[:1], usual=PEOPLE[1])
    chosen = best_by_start(bundles(calendar_of(case), case.wishes))[0]
    assert {place.slot.practitioner_id for place in chosen.places} == {PEOPLE[1]}
    assert chosen.unusual == 0


def test_four_people_side_by_side_in_a_month_take_no_time():
    people = tuple(UUID(int=number) for number in range(1, 7))
    chairs = tuple(UUID(int=number) for number in range(11, 17))
    bits = 28 * 288
    day = sum(((1 << 108) - 1) << (start * 288 + 96) for start in range(28))
    need = Need(
        minutes=30,
        buffer=10,
        candidates=tuple(
            Candidate(practitioner_id=one, chair_ids=(chair,))
            for one, chair in zip(people, chairs, strict=True)
        ),
        earliest=moment(ORIGIN),
        latest=moment(ORIGIN + bits * GRID),
    )
    wishes = [Wish(patient_id=UUID(int=100 + n), need=need) for n in range(4)]
    calendar = Calendar(origin=ORIGIN, bits=bits, opening=dict.fromkeys((*people, *chairs), day), busy={})
    every = best_by_start(bundles(calendar, wishes, step=30))
    assert {bundle.presence for bundle in every} == {30}
    assert len(every) >= 28 * 16
