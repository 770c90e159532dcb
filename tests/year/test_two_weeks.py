"""Two weeks of the simulated year: nobody in two places, nothing outside hours, nothing invented."""

from datetime import timedelta

import pytest

from backend.booking.rules.changes import window
from backend.booking.use_repository import Use
from tests.year import demand
from tests.year.days import play
from tests.year.figures import FIRST, Year, live, practice_of
from tests.year.offering import Way


@pytest.fixture(scope="module", params=list(Way))
def lived(request):
    return live(Year(seed=7, way=request.param, learning=True, weeks=2))


def test_it_is_a_busy_practice(lived):
    world, waits, _ = lived
    assert len(world.visits) > 200
    assert world.freed
    assert waits.offers > waits.accepted > 0


def test_no_resource_is_in_two_places(lived):
    world, _, _ = lived
    assert world.diary.overlaps() == 0
    kept = [use for visit in world.visits if not visit.cancelled for use in visit.uses]
    assert sorted(kept, key=str) == sorted(world.diary.uses.values(), key=str)


def test_everybody_is_seen_within_hours(lived):
    """What is taken beyond somebody's hours is the cleaning of a chair, and nothing else."""
    world, _, _ = lived
    chairs = {chair for one in world.practice.practitioners for chair in one.chair_ids}
    for one, busy in world.diary.busy.items():
        if one not in chairs:
            assert busy & ~world.diary.opening[one] == 0
    assert all(visit.slot.start.minute % 5 == 0 for visit in world.visits)


def test_each_visit_lies_within_its_urgency(lived):
    world, _, _ = lived
    for visit in world.visits:
        limits = window(visit.request.urgency, visit.asked_at, visit.asked_at)
        assert limits.earliest <= visit.first_start <= limits.latest


def test_every_request_ends_once(lived):
    world, _, _ = lived
    asked = [visit.request.number for visit in world.visits] + [one.number for one in world.refused]
    assert sorted(asked) == sorted(request.number for request in world.asked)


def test_the_same_people_ask_whatever_is_offered():
    practice = practice_of()
    assert demand.requests(practice, 7, FIRST, 14) == demand.requests(practice, 7, FIRST, 14)
    assert demand.requests(practice, 7, FIRST, 14) != demand.requests(practice, 8, FIRST, 14)


def test_nobody_begins_before_the_one_before_has_left(lived):
    world, _, truth = lived
    played = play(world.visits, world.practice, truth, world.diary.zone)
    assert played
    assert all(one.late >= 0 and one.real > 0 for one in played)


def test_a_diary_refuses_two_at_a_time(lived):
    """Control: the invariants can fail."""
    world, _, _ = lived
    use = next(iter(world.diary.uses.values()))
    within = Use(
        resource_id=use.resource_id, starts_at=use.starts_at + timedelta(minutes=5), ends_at=use.ends_at
    )
    with pytest.raises(AssertionError):
        world.diary.put([within])
    world.diary.uses["twice"] = within
    assert world.diary.overlaps() == 1
