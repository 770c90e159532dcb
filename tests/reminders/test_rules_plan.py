"""When reminders leave. Wall-clock times of Paris, where not said otherwise."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.kit.days import holidays_between
from backend.reminders.rules import REMINDER, Member, Visit, day_limits, is_covered, plan

PARIS = ZoneInfo("Europe/Paris")


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def planned(
    starts: str,
    told: str,
    *,
    minutes: int = 30,
    surgery: bool = False,
    now: str | None = None,
    zone: ZoneInfo = PARIS,
) -> list[tuple[str, str]]:
    """The reminders as (occasion, local time), without the second channel's."""
    visit = Visit(
        starts_at=at(starts, zone), told_at=at(told, zone), minutes=minutes, is_surgery=surgery, zone=zone
    )
    day = visit.starts_at.date()
    closed = holidays_between("FR", None, day - timedelta(days=30), day)
    return [
        (one.occasion, one.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"))
        for one in plan(visit, at(now or told, zone), closed)
        if one.kind == REMINDER
    ]


TABLE = {
    "two days before, at the visit's own hour": (
        ("2026-03-05T10:30", "2026-02-20T12:00"),
        {},
        [("J-2", "2026-03-03 10:30")],
    ),
    "an hour before 9 waits for 9": (
        ("2026-03-05T08:15", "2026-02-20T12:00"),
        {},
        [("J-2", "2026-03-03 09:00")],
    ),
    "an hour after 19:30 goes at 19:30": (
        ("2026-03-05T20:00", "2026-02-20T12:00"),
        {},
        [("J-2", "2026-03-03 19:30")],
    ),
    "a Sunday moves to the Saturday": (
        ("2026-03-03T10:30", "2026-02-20T12:00"),
        {},
        [("J-2", "2026-02-28 10:30")],
    ),
    "a public holiday moves to the working day before": (
        ("2026-05-10T10:30", "2026-05-01T12:00"),
        {},
        [("J-2", "2026-05-07 10:30")],
    ),
    "a holiday after a Sunday moves past both": (  # Easter Monday 6 April
        ("2026-04-08T10:30", "2026-03-30T12:00"),
        {},
        [("J-2", "2026-04-04 10:30")],
    ),
    "59 minutes are not long": (
        ("2026-03-19T10:30", "2026-03-02T12:00"),
        {"minutes": 59},
        [("J-2", "2026-03-17 10:30")],
    ),
    "60 minutes are long: a week and a day before": (
        ("2026-03-19T10:30", "2026-03-02T12:00"),
        {"minutes": 60},
        [("J-7", "2026-03-12 10:30"), ("J-1", "2026-03-18 10:30")],
    ),
    "surgery: a week and a day before": (
        ("2026-03-19T10:30", "2026-03-02T12:00"),
        {"surgery": True},
        [("J-7", "2026-03-12 10:30"), ("J-1", "2026-03-18 10:30")],
    ),
    "31 days ahead: a week and a day before": (
        ("2026-03-19T10:30", "2026-02-16T10:30"),
        {},
        [("J-7", "2026-03-12 10:30"), ("J-1", "2026-03-18 10:30")],
    ),
    "a minute less than 31 days: two days before": (
        ("2026-03-19T10:30", "2026-02-16T10:31"),
        {},
        [("J-2", "2026-03-17 10:30")],
    ),
    "what has passed at booking is dropped": (
        ("2026-03-19T10:30", "2026-03-14T12:00"),
        {"minutes": 90},
        [("J-1", "2026-03-18 10:30")],
    ),
    "none left and over 24 hours ahead: the day before": (
        ("2026-03-19T10:30", "2026-03-17T11:00"),
        {},
        [("J-1", "2026-03-18 10:30")],
    ),
    "exactly 24 hours ahead: the day before is this moment, which has passed": (
        ("2026-03-19T10:30", "2026-03-18T10:30"),
        {},
        [],
    ),
    "24 hours ahead, early: 9 h is still to come": (
        ("2026-03-19T08:00", "2026-03-18T08:00"),
        {},
        [("J-1", "2026-03-18 09:00")],
    ),
    "less than 24 hours ahead: the confirmation says it all": (
        ("2026-03-19T08:00", "2026-03-18T08:01"),
        {},
        [],
    ),
    "booked on Saturday for Monday: the day before is a Sunday, and Saturday's hour has passed": (
        ("2026-03-09T10:30", "2026-03-07T12:00"),
        {},
        [],
    ),
    "the event was handled late: what has passed since is dropped too": (
        ("2026-03-19T10:30", "2026-03-02T12:00"),
        {"now": "2026-03-17T10:31"},
        [("J-1", "2026-03-18 10:30")],
    ),
    "the clocks go forward in between": (
        ("2027-03-29T10:30", "2027-03-15T12:00"),
        {"minutes": 60},
        [("J-7", "2027-03-22 10:30"), ("J-1", "2027-03-27 10:30")],
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_plan(case: str) -> None:
    (starts, told), options, expected = TABLE[case]
    assert planned(starts, told, **options) == expected


def test_the_hour_is_the_wall_clocks_on_both_sides_of_a_change() -> None:
    visit = Visit(
        starts_at=at("2027-10-31T10:30") + timedelta(days=2),
        told_at=at("2027-10-20T12:00"),
        minutes=30,
        is_surgery=False,
        zone=PARIS,
    )
    (first,) = [one for one in plan(visit, visit.told_at, ()) if one.kind == REMINDER]
    assert first.due_at.astimezone(PARIS).isoformat() == "2027-10-30T10:30:00+02:00"
    assert visit.starts_at.isoformat() == "2027-11-02T10:30:00+01:00"


def test_overseas_the_site_has_its_own_hours_and_holidays() -> None:
    reunion = ZoneInfo("Indian/Reunion")
    visit = Visit(
        starts_at=at("2026-12-22T08:00", reunion),
        told_at=at("2026-12-10T12:00", reunion),
        minutes=30,
        is_surgery=False,
        zone=reunion,
    )
    closed = holidays_between("FR", "974", date(2026, 12, 1), date(2026, 12, 31))
    (first,) = [one for one in plan(visit, visit.told_at, closed) if one.kind == REMINDER]
    # 20 December, the abolition of slavery, is a Sunday too: Saturday 19 December at 9 h.
    assert first.due_at == datetime(2026, 12, 19, 5, 0, tzinfo=UTC)


def again(starts: str, told: str, **options: bool) -> list[str]:
    visit = Visit(
        starts_at=at(starts),
        told_at=at(told),
        minutes=30,
        is_surgery=options.get("surgery", False),
        zone=PARIS,
    )
    return [
        one.due_at.strftime("%Y-%m-%d %H:%M") for one in plan(visit, at(told), ()) if one.kind != REMINDER
    ]


def test_a_day_after_the_only_reminder_the_next_channel_may_follow() -> None:
    assert again("2026-03-05T10:30", "2026-02-20T12:00") == ["2026-03-04 10:30"]


def test_it_never_follows_on_a_sunday_nor_after_two_reminders_nor_on_the_day_itself() -> None:
    assert again("2026-03-09T10:30", "2026-02-20T12:00") == []
    assert again("2026-03-05T10:30", "2026-02-20T12:00", surgery=True) == []
    assert again("2026-03-05T10:30", "2026-03-03T12:00") == []


def member(
    number: int, due: str, *, starts: str | None = None, sent: bool = False, alive: bool = True
) -> Member:
    return Member(
        delivery_id=UUID(int=number), due_at=at(due), starts_at=at(starts or due), sent=sent, alive=alive
    )


def test_of_one_day_the_first_to_leave_speaks_for_all() -> None:
    first, second = member(2, "2026-03-03T09:30"), member(1, "2026-03-03T10:15")
    assert not is_covered(first, [second])
    assert is_covered(second, [first])


def test_at_the_same_moment_the_earlier_visit_comes_first() -> None:
    early = member(2, "2026-03-03T09:00", starts="2026-03-05T08:00")
    late = member(1, "2026-03-03T09:00", starts="2026-03-05T08:30")
    assert not is_covered(early, [late])
    assert is_covered(late, [early])


def test_one_that_will_not_leave_covers_nobody_and_one_that_left_covers_all() -> None:
    own = member(1, "2026-03-03T10:15")
    assert not is_covered(own, [member(2, "2026-03-03T09:30", alive=False)])
    assert is_covered(own, [member(2, "2026-03-03T11:00", sent=True)])


def test_a_day_has_its_own_length() -> None:
    first, after = day_limits(at("2027-03-28T12:00"), PARIS)
    assert after.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=23)
