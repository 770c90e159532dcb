"""Opening hours in real minutes, computed by hand for the days on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.kit.days import (
    age_on,
    holidays_between,
    is_working_day,
    public_holidays,
    school_holidays_between,
)
from backend.kit.grid import GRID, Span, bits_of, minute, moment, origin_of, positions
from backend.practice.model import (
    Closure,
    Opening,
    Practice,
    Practitioner,
    Resource,
    ResourceKind,
    School,
    Site,
    Weeks,
)
from backend.practice.rules import opening_mask, opening_masks, opening_spans

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
DENTIST, CHAIR, ABROAD = UUID(int=1), UUID(int=2), UUID(int=3)
LYON, SAINT_DENIS = UUID(int=10), UUID(int=11)


def opening(weekday, starts, ends, weeks=Weeks.ALL, resource_id=DENTIST, **limits):
    return Opening(
        **limits,
        resource_id=resource_id,
        weekday=weekday,
        starts=time.fromisoformat(starts),
        ends=time.fromisoformat(ends),
        weeks=weeks,
    )


def spans_on(day, *openings, zone=PARIS, closed_days=(), school_holidays=()):
    return [
        f"{moment(span.start):%d %H:%M}-{moment(span.end):%H:%M}"
        for span in opening_spans(openings, day, zone, closed_days, school_holidays)
    ]


def test_a_day_with_a_lunch_break_in_winter_and_in_summer():
    hours = (opening(2, "14:00", "18:30"), opening(2, "08:30", "12:30"))
    assert spans_on(date(2026, 12, 1), *hours) == ["01 07:30-11:30", "01 13:00-17:30"]
    assert spans_on(date(2026, 6, 30), *hours) == ["30 06:30-10:30", "30 12:00-16:30"]
    assert spans_on(date(2026, 12, 2), *hours) == []


def test_the_sunday_of_23_hours():
    """On 28 March 2027 at 2 h it is 3 h: from 1 h to 4 h are two real hours."""
    assert spans_on(date(2027, 3, 28), opening(7, "01:00", "04:00")) == ["28 00:00-02:00"]
    assert bits_of(date(2027, 3, 28), 1, PARIS) == 23 * 12


def test_the_sunday_of_25_hours():
    """On 25 October 2026 at 3 h it is 2 h again: from 1 h to 4 h are four real hours."""
    assert spans_on(date(2026, 10, 25), opening(7, "01:00", "04:00")) == ["24 23:00-03:00"]
    assert bits_of(date(2026, 10, 25), 1, PARIS) == 25 * 12


def test_hours_on_either_side_of_a_change_stay_at_the_local_hour():
    hours = tuple(opening(weekday, "09:00", "10:00") for weekday in range(1, 8))
    mask = opening_mask(hours, (), date(2027, 3, 27), 3, PARIS, ())
    origin = origin_of(date(2027, 3, 27), PARIS)
    local = [moment(origin + place * GRID).astimezone(PARIS) for place in positions(mask)]
    assert len(local) == 36
    assert {(at.hour, at.day) for at in local} == {(9, 27), (9, 28), (9, 29)}


def test_even_and_odd_weeks_are_iso_weeks():
    """2026 has 53 ISO weeks: 28 December 2026 lies in week 53, 4 January 2027 in week 1, both odd."""
    even, odd = opening(1, "09:00", "12:00", Weeks.EVEN), opening(1, "14:00", "17:00", Weeks.ODD)
    assert spans_on(date(2026, 12, 21), even, odd) == ["21 08:00-11:00"]
    assert spans_on(date(2026, 12, 28), even, odd) == ["28 13:00-16:00"]
    assert spans_on(date(2027, 1, 4), even, odd) == ["04 13:00-16:00"]
    assert spans_on(date(2027, 1, 11), even, odd) == ["11 08:00-11:00"]


def test_closed_on_a_public_holiday():
    christmas = holidays_between("FR", None, date(2026, 12, 1), date(2027, 1, 31))
    hours = (opening(5, "09:00", "12:00"),)
    assert spans_on(date(2026, 12, 18), *hours, closed_days=christmas) == ["18 08:00-11:00"]
    assert spans_on(date(2026, 12, 25), *hours, closed_days=christmas) == []
    assert spans_on(date(2027, 1, 1), *hours, closed_days=christmas) == []


def test_the_hours_of_a_date_replace_those_of_the_week_even_on_a_public_holiday():
    week, short = opening(5, "09:00", "18:00"), opening(5, "09:00", "12:00", only_on=date(2026, 12, 25))
    assert spans_on(date(2026, 12, 18), week, short) == ["18 08:00-17:00"]
    assert spans_on(date(2026, 12, 25), week, short) == ["25 08:00-11:00"]
    assert spans_on(date(2026, 12, 25), week, short, closed_days={date(2026, 12, 25)}) == ["25 08:00-11:00"]
    assert spans_on(date(2026, 12, 25), week, closed_days={date(2026, 12, 25)}) == []


def test_a_locum_is_there_from_the_first_day_to_the_last():
    locum = opening(1, "09:00", "12:00", valid_from=date(2026, 12, 7), valid_until=date(2026, 12, 14))
    found = [spans_on(date(2026, 11, 30) + timedelta(weeks=week), locum) for week in range(4)]
    assert [bool(spans) for spans in found] == [False, True, True, False]


def test_hours_in_term_and_hours_in_the_school_holidays():
    """In zone A the Christmas holidays of 2026 run from 19 December to 3 January."""
    off = school_holidays_between("A", date(2026, 12, 1), date(2027, 1, 31))
    assert {date(2026, 12, 19), date(2027, 1, 3)} <= off and not {date(2026, 12, 18), date(2027, 1, 4)} & off
    hours = (
        opening(1, "09:00", "12:00", school=School.TERM),
        opening(1, "14:00", "17:00", school=School.HOLIDAYS),
    )
    assert spans_on(date(2026, 12, 14), *hours, school_holidays=off) == ["14 08:00-11:00"]
    assert spans_on(date(2026, 12, 21), *hours, school_holidays=off) == ["21 13:00-16:00"]


def test_years_without_published_school_holidays_are_term():
    assert school_holidays_between("A", date(2090, 1, 1), date(2090, 12, 31)) == frozenset()


def test_the_masks_know_the_school_holidays_of_the_site():
    lyon = msgspec.structs.replace(practice().sites[0], school_zone="A")
    term = opening(1, "09:00", "10:00", school=School.TERM)
    here = msgspec.structs.replace(
        practice(), sites=(lyon,), resources=practice().resources[:1], openings=(term,)
    )
    assert opening_masks(here, date(2026, 12, 14), 1, PARIS)[DENTIST] != 0
    assert opening_masks(here, date(2026, 12, 21), 1, PARIS)[DENTIST] == 0


def test_alsace_has_two_holidays_more():
    alsace, france = public_holidays("FR", "6AE", 2026), public_holidays("FR", None, 2026)
    assert {day.isoformat() for day in alsace - france} == {"2026-04-03", "2026-12-26"}


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 21), True),  # a Saturday
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 11), False),  # Armistice
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 3, 30), True),
    ],
)
def test_working_days(day, working):
    assert is_working_day(day, public_holidays("FR", None, day.year)) is working


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2020, 11, 22), date(2026, 11, 21), 5),
        (date(2020, 11, 22), date(2026, 11, 22), 6),
        (date(2020, 2, 29), date(2026, 2, 28), 5),
        (date(2020, 2, 29), date(2026, 3, 1), 6),
        (date(2026, 11, 21), date(2026, 11, 21), 0),
    ],
)
def test_age_on_the_day(born, day, age):
    assert age_on(born, day) == age


def closure(starts, ends, resource_id=None, site_id=LYON):
    return Closure(
        site_id=site_id,
        resource_id=resource_id,
        starts_at=datetime.fromisoformat(starts),
        ends_at=datetime.fromisoformat(ends),
        reason="Congrès",
    )


def practice(*closures):
    sites = (
        Site(id=LYON, name="Lyon", phone="+33465710012", address=(), zone="Europe/Paris"),
        Site(
            id=SAINT_DENIS,
            name="Saint-Denis",
            phone="+33465710013",
            address=(),
            zone="Indian/Reunion",
            subdivision="974",
        ),
    )
    resources = (
        Resource(id=DENTIST, kind=ResourceKind.PRACTITIONER, name="Dre Roux", site_id=LYON, code="ROUX"),
        Resource(id=CHAIR, kind=ResourceKind.CHAIR, name="Fauteuil 1", site_id=LYON, code="F1"),
        Resource(id=ABROAD, kind=ResourceKind.PRACTITIONER, name="Dr Lô", site_id=SAINT_DENIS, code="LO"),
    )
    person = Practitioner(
        id=DENTIST,
        display_name="Dre Hélène Roux",
        short_name="Dre Roux",
        skills=("OMNI",),
        chair_ids=(CHAIR,),
    )
    return Practice(
        sites=sites,
        resources=resources,
        practitioners=(person,),
        care_types=(),
        openings=(opening(1, "09:00", "10:00"), opening(1, "08:00", "09:00", resource_id=ABROAD)),
        closures=closures,
    )


def local_hours(mask, first_day, zone):
    return [
        f"{moment(origin_of(first_day, zone) + place * GRID).astimezone(zone):%d %H:%M}"
        for place in positions(mask)
    ]


MONDAY = date(2026, 12, 7)


def test_a_closure_cuts_and_a_begun_step_is_closed_whole():
    shut = closure("2026-12-07T08:12:30+00:00", "2026-12-07T08:41:00+00:00")
    mask = opening_masks(practice(shut), MONDAY, 1, PARIS)[DENTIST]
    assert local_hours(mask, MONDAY, PARIS) == [
        *("07 09:00", "07 09:05"),
        *("07 09:45", "07 09:50", "07 09:55"),
    ]


def test_a_closure_of_one_resource_leaves_the_others():
    shut = closure("2026-12-07T00:00+01:00", "2026-12-08T00:00+01:00", resource_id=CHAIR)
    masks = opening_masks(practice(shut), MONDAY, 1, PARIS)
    assert masks[CHAIR] == 0
    assert len(list(positions(masks[DENTIST]))) == 12


def test_a_chair_without_hours_is_open_and_a_practitioner_without_hours_is_not():
    masks = opening_masks(practice(), MONDAY + timedelta(days=1), 1, PARIS)
    assert masks[CHAIR] == (1 << 288) - 1
    assert masks[DENTIST] == 0


def test_a_site_overseas_keeps_its_own_hours_on_the_same_bits():
    mask = opening_masks(practice(), MONDAY, 1, PARIS)[ABROAD]
    assert local_hours(mask, MONDAY, PARIS) == [f"07 05:{minutes:02}" for minutes in range(0, 60, 5)]
    assert moment(origin_of(MONDAY, REUNION)) == datetime(2026, 12, 6, 20, tzinfo=UTC)


def test_a_site_overseas_keeps_its_own_holidays():
    """On 20 December La Réunion remembers the end of slavery; in 2027 that is a Monday."""
    masks = opening_masks(practice(), date(2027, 12, 20), 1, PARIS)
    assert masks[ABROAD] == 0
    assert masks[DENTIST] != 0


def test_minutes_and_moments_are_each_other():
    at = datetime(2027, 3, 28, 3, 30, tzinfo=PARIS)
    assert moment(minute(at)) == at
    assert Span(minute(at), minute(at) + 5).end - minute(at) == GRID
