"""Ten zones, six changes of their clocks each, every quarter hour of a week on either side.

No place that does not exist or stands twice, no reminder at another minute than the wall clock's, no calendar
file that means another moment. Each test has its control: arithmetic as it is often written, which fails.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as CalendarFile

from backend.booking.rules.slots import Calendar, Candidate, Need, each_start_once
from backend.kit import calendar_file
from backend.kit.calendar_file import Entry
from backend.kit.grid import bits_of, origin_of
from backend.practice.model import Opening
from backend.practice.rules import opening_mask
from backend.reminders.rules import EARLIEST, LATEST, REMINDER, Visit, plan
from tests.flows.crowd import counted, sized

ZONES = (
    *("Europe/Paris", "America/Miquelon", "America/Martinique", "America/Guadeloupe", "America/Cayenne"),
    *("Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Wallis"),
)
CHANGES, QUARTER, WEEK = 6, timedelta(minutes=15), timedelta(days=7)
HALF_HOUR = timedelta(minutes=30)
# Reading thousands of calendar events back takes longer than all else here together.
IN_FILES = timedelta(hours=sized(6, 7 * 24))
# The night's hours lie across the change itself.
HOURS = ((time(1), time(5)), (time(8), time(20)))
DENTIST, CHAIR = UUID(int=1), UUID(int=2)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def seen() -> Iterator[Counter[str]]:
    """How much was looked at, by what it was."""
    found: Counter[str] = Counter()
    with counted(f"R12: {len(ZONES)} zones, {CHANGES} changes each, every quarter hour") as counts:
        yield found
        counts |= found


def changes(zone: ZoneInfo) -> list[datetime]:
    """The next moments at which this zone's clocks change; where they never do, Paris's."""
    hours = (datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(24 * 366 * 3))
    found, before = [], None
    for moment in hours:
        offset = moment.astimezone(zone).utcoffset()
        if before not in (None, offset):
            found.append(moment)
        before = offset
    return found[:CHANGES] or changes(ZoneInfo("Europe/Paris"))


CASES = [pytest.param(ZoneInfo(name), id=name) for name in ZONES]


def quarters(change: datetime) -> Iterator[datetime]:
    """Every quarter hour (UTC) of the fortnight around a change."""
    moment = change - WEEK
    while moment < change + WEEK:
        yield moment
        moment += QUARTER


def is_open(moment: datetime, zone: ZoneInfo) -> bool:
    there = moment.astimezone(zone).time()
    return any(begins <= there < ends for begins, ends in HOURS)


def fits(start: datetime, zone: ZoneInfo) -> bool:
    """Whether 30 minutes from `start` are open: asked of every five minutes' own wall clock."""
    return all(is_open(start + timedelta(minutes=minutes), zone) for minutes in range(0, 30, 5))


def listed(change: datetime, zone: ZoneInfo) -> list[datetime]:
    """What the product offers in the fortnight, every quarter hour."""
    first, days = (change - WEEK).astimezone(zone).date(), 16
    weekly = [
        Opening(resource_id=DENTIST, weekday=weekday, starts=begins, ends=ends)
        for weekday in range(1, 8)
        for begins, ends in HOURS
    ]
    bits = bits_of(first, days, zone)
    calendar = Calendar(
        origin=origin_of(first, zone),
        bits=bits,
        opening={DENTIST: opening_mask(weekly, (), first, days, zone, ()), CHAIR: (1 << bits) - 1},
        busy={},
    )
    need = Need(
        minutes=30,
        buffer=0,
        candidates=(Candidate(practitioner_id=DENTIST, chair_ids=(CHAIR,)),),
        earliest=change - WEEK,
        latest=change + WEEK - QUARTER,
        step=15,
    )
    return [slot.start for slot in each_start_once(calendar, need)]


def naive(change: datetime, zone: ZoneInfo) -> list[datetime]:
    """Opening hours counted in real minutes from midnight, as if every day had 24 hours."""
    first = (change - WEEK).astimezone(zone).date()
    found = []
    for number in range(16):
        midnight = datetime.combine(first + timedelta(days=number), time(), zone).astimezone(UTC)
        for begins, ends in HOURS:
            found += [
                midnight + timedelta(hours=begins.hour, minutes=m)
                for m in range(0, 60 * (ends.hour - begins.hour) - 15, 15)
            ]
    return [start for start in found if change - WEEK <= start < change + WEEK]


@pytest.mark.parametrize("zone", CASES)
def test_every_place_exists_and_stands_once(zone: ZoneInfo, seen: Counter[str]) -> None:
    for change in changes(zone):
        places = listed(change, zone)
        assert places == [start for start in quarters(change) if fits(start, zone)]
        seen["places"] += len(places)


def test_hours_counted_from_midnight_offer_places_that_do_not_exist() -> None:
    paris = ZoneInfo("Europe/Paris")
    for change in changes(paris):
        assert naive(change, paris) != [start for start in quarters(change) if fits(start, paris)]


def reminded(starts_at: datetime, zone: ZoneInfo) -> datetime:
    told_at = starts_at - timedelta(days=20)
    visit = Visit(starts_at=starts_at, told_at=told_at, minutes=30, is_surgery=False, zone=zone)
    (one,) = (each for each in plan(visit, told_at, ()) if each.kind == REMINDER)
    return one.due_at.astimezone(UTC)


def due(starts_at: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The day and the minute that the practice's wall clock shall show: two days before, not on a Sunday."""
    there = starts_at.astimezone(zone)
    day = there.date() - timedelta(days=2)
    day -= timedelta(days=day.isoweekday() == 7)
    return day, min(max(there.time(), EARLIEST), LATEST)


@pytest.mark.parametrize("zone", CASES)
def test_every_reminder_leaves_at_the_minute_of_the_wall_clock(zone: ZoneInfo, seen: Counter[str]) -> None:
    for change in changes(zone):
        for starts_at in quarters(change):
            local = reminded(starts_at, zone).astimezone(zone)
            assert (local.date(), local.time()) == due(starts_at, zone), starts_at
            seen["reminders"] += 1


def test_real_hours_before_a_visit_would_be_another_minute() -> None:
    paris, wrong = ZoneInfo("Europe/Paris"), 0
    for starts_at in quarters(changes(paris)[0]):
        local = (starts_at - timedelta(hours=48)).astimezone(paris)
        wrong += EARLIEST < local.time() < LATEST and (local.date(), local.time()) != due(starts_at, paris)
    assert wrong > 50


def read_back(moments: list[datetime], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The starts and ends that another program finds in a calendar file of half hours."""
    entries = (
        Entry(
            uid=str(number),
            sequence=0,
            changed_at=starts_at,
            starts_at=starts_at,
            ends_at=starts_at + HALF_HOUR,
            zone=zone.key,
            summary="Rendez-vous",
            place="",
            description="",
            url="",
        )
        for number, starts_at in enumerate(moments)
    )
    events = CalendarFile.from_ical(calendar_file.calendar_file(*entries)).walk("VEVENT")
    return [
        (event["dtstart"].dt.astimezone(UTC), event["dtend"].dt.astimezone(UTC))
        for event in sorted(events, key=lambda event: int(event["uid"]))
    ]


def near(change: datetime) -> list[datetime]:
    return [moment for moment in quarters(change) if abs(moment - change) <= IN_FILES]


@pytest.mark.parametrize("zone", CASES)
def test_a_calendar_file_means_the_same_moments(zone: ZoneInfo, seen: Counter[str]) -> None:
    for change in changes(zone):
        found = read_back(near(change), zone)
        assert found == [(moment, moment + HALF_HOUR) for moment in near(change)]
        assert read_back([change], zone) == [(change, change + HALF_HOUR)]
        seen["calendar events"] += len(found)


def test_local_times_alone_would_mean_the_first_of_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    def unfolded(entry: Entry) -> tuple[datetime, datetime]:
        zone = ZoneInfo(entry.zone)
        return entry.starts_at.astimezone(zone).replace(fold=0), entry.ends_at.astimezone(zone).replace(
            fold=0
        )

    monkeypatch.setattr(calendar_file, "_local", unfolded)
    paris = ZoneInfo("Europe/Paris")
    (autumn,) = (one for one in changes(paris)[:2] if one.month == 10)
    found = read_back(near(autumn), paris)
    wrong = sum(one != (moment, moment + HALF_HOUR) for one, moment in zip(found, near(autumn), strict=True))
    assert wrong >= 4
