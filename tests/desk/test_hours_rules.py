"""Hours that overlap, compared with a walk over every day; and a site in another time zone."""

from datetime import date, time, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.desk.hours_rules import overlapping
from backend.desk.hours_week_views import weeks_view
from backend.kit.days import school_holidays_between
from backend.practice.model import Opening, School, Weeks
from backend.practice.plan_actions import plan_of, stamp, with_plan
from backend.practice.repository import read_practice_anew
from backend.practice.rules import openings_on
from tests.practice.practices import practices

FIRST, DAYS = date(2026, 1, 1), 400
ALL_DAYS = [FIRST + timedelta(days=number) for number in range(DAYS)]
HOLIDAYS = school_holidays_between("A", FIRST, ALL_DAYS[-1])
NOBODY = UUID(int=1)
hours = st.integers(8, 12)
ends_of_validity = st.none() | st.sampled_from(ALL_DAYS[::30])
openings = st.builds(
    Opening,
    resource_id=st.just(NOBODY),
    weekday=st.integers(1, 2),
    starts=hours.map(time),
    ends=hours.map(lambda hour: time(hour + 2)),
    weeks=st.sampled_from(Weeks),
    valid_from=ends_of_validity,
    valid_until=ends_of_validity,
    school=st.sampled_from(School),
)
one_days = st.builds(
    Opening,
    resource_id=st.just(NOBODY),
    weekday=st.just(1),
    starts=hours.map(time),
    ends=hours.map(lambda hour: time(hour + 2)),
    only_on=st.sampled_from(ALL_DAYS[:3]),
)


def meet(one: Opening, other: Opening) -> bool:
    """Whether both are open at one time on some day of the walk; each alone, as if the other were not."""
    if not (one.starts < other.ends and other.starts < one.ends):
        return False
    return any(
        openings_on([one], day, (), HOLIDAYS) and openings_on([other], day, (), HOLIDAYS) for day in ALL_DAYS
    )


@settings(max_examples=150, deadline=None)
@given(openings, openings)
def test_weekly_hours_that_meet_on_some_day_overlap(one: Opening, other: Opening) -> None:
    overlap = bool(list(overlapping([one], [other])))
    if meet(one, other):
        assert overlap
    short = [each for each in (one, other) if each.valid_from or each.valid_until]
    if not short and not meet(one, other):
        # Two bounds may leave no such day between them: only then is it refused without need.
        assert not overlap


@given(one_days, one_days | openings)
def test_one_date_overlaps_its_own_date_alone(one: Opening, other: Opening) -> None:
    expected = other.only_on == one.only_on and one.starts < other.ends and other.starts < one.ends
    assert bool(list(overlapping([one], [other]))) == expected


@settings(max_examples=60, deadline=None)
@given(practices())
def test_a_plan_is_taken_out_and_put_back_whole(practice) -> None:  # type: ignore[no-untyped-def]
    for owner in (*practice.sites, *practice.resources):
        plan = plan_of(practice, owner.id)
        assert plan is not None
        again = with_plan(practice, owner.id, plan)
        assert plan_of(again, owner.id) == plan
        assert stamp(plan_of(again, owner.id)) == stamp(plan)
        assert len(again.openings) == len(practice.openings)
        assert len(again.closures) == len(practice.closures)
        others = [one for one in (*practice.sites, *practice.resources) if one.id != owner.id]
        assert all(plan_of(again, one.id) == plan_of(practice, one.id) for one in others)
    assert plan_of(practice, NOBODY) is None


@pytest.mark.parametrize("zone", ["Indian/Reunion", "America/Guadeloupe", "Europe/Paris"])
async def test_a_site_overseas_shows_its_own_hours(database, zone) -> None:  # type: ignore[no-untyped-def]
    """The last Sunday of March too, when the clocks of Paris change and the others' do not."""
    practice = await read_practice_anew()
    site = msgspec.structs.replace(practice.sites[0], zone=zone, keeps_public_holidays=False)
    one = practice.practitioners[0]
    opening = Opening(resource_id=one.id, weekday=7, starts=time(8), ends=time(12))
    there = msgspec.structs.replace(practice, sites=(site,), openings=(opening,), closures=())
    weeks = weeks_view(there, there, one.id, date(2026, 3, 23), "fr")
    sundays = [week.days[-1].now for week in weeks]
    assert sundays == [["8\u202fh\u202f00 – 12\u202fh\u202f00"]] * 2
