"""How a day is laid out: rows of five minutes between two hours, one column a chair."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model.waiting import Gap
from backend.kit.errors import NotFound, Refusal
from backend.kit.grid import GRID, minute, moment, positions
from backend.practice.model import Practice, Practitioner, Site

MINUTES_A_ROW = 5
FIRST_HOUR = 8
LAST_HOUR = 19
LONGEST_BLOCK = 48
LEAST_GAP = 20
"""Minutes of free time that are worth showing."""

YEARS_SHOWN = 30
_LATE = timedelta(hours=1)
"""How long a page with free time may have stood open while its beginning passed."""


class NotTheirChair(Refusal):
    """The practitioner does not work in that chair."""

    key = "desk.not_their_chair"
    status = 422


class Hours(msgspec.Struct, frozen=True):
    """The hours that the page shows: from `first` o'clock to `last` o'clock, local time."""

    first: int
    last: int

    @property
    def rows(self) -> int:
        """How many rows of five minutes that is."""
        return (self.last - self.first) * 60 // MINUTES_A_ROW


class Place(msgspec.Struct, frozen=True):
    """Where a block stands: its first row, and how many rows it covers (at least one)."""

    at: int
    length: int


def check_day(day: date, today: date) -> None:
    """`NotFound` for a day on which this practice has never worked and of which nobody thinks yet."""
    if abs(day.year - today.year) > YEARS_SHOWN:
        raise NotFound


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The local day as moments, its first included and the next day's first excluded."""
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def hours_of(spans: Iterable[tuple[datetime, datetime]], zone: ZoneInfo) -> Hours:
    """The usual hours, widened so that every span fits on its own day's page."""
    first, last = FIRST_HOUR, LAST_HOUR
    for start, end in spans:
        start, end = start.astimezone(zone), end.astimezone(zone)
        first = min(first, start.hour)
        until = 24 if end.date() > start.date() else end.hour + (1 if end.minute else 0)
        last = max(last, until)
    return Hours(first, last)


def place(start: datetime, end: datetime, hours: Hours, zone: ZoneInfo) -> Place:
    """The rows of a span: local wall-clock time, as the clock on the wall of the practice shows it."""
    at = _row(start, hours, zone)
    length = round((end - start).total_seconds() / 60 / MINUTES_A_ROW)
    return Place(at, max(1, min(length, hours.rows - at, LONGEST_BLOCK)))


def _row(moment: datetime, hours: Hours, zone: ZoneInfo) -> int:
    there = moment.astimezone(zone)
    minutes = (there.hour - hours.first) * 60 + there.minute
    return max(0, min(minutes // MINUTES_A_ROW, hours.rows - 1))


def check_chair(practice: Practice, practitioner_id: UUID, chair_id: UUID | None) -> None:
    """A chair that was asked for must be one of that practitioner's."""
    theirs = [one.chair_ids for one in practice.practitioners if one.id == practitioner_id]
    if chair_id is not None and theirs and chair_id not in theirs[0]:
        raise NotTheirChair


def site_of(practice: Practice, practitioner_id: UUID) -> Site:
    """Where a practitioner works; the first site for somebody whom nobody knows, to be refused later."""
    known = any(one.id == practitioner_id for one in practice.practitioners)
    return practice.site_of(practitioner_id) if known else practice.sites[0]


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def gaps(
    practitioners: Sequence[Practitioner],
    opening: Mapping[UUID, int],
    busy: Mapping[UUID, int],
    origin: int,
    now: datetime,
) -> list[Gap]:
    """Where a practitioner is there, free, and has a chair that is free too, from `now` on, in order.

    Bitmaps are those of `kit.grid` from `origin`. A practitioner's minutes are shown once, in the first of
    their chairs: somebody with two chairs is not free twice.
    """
    past = (1 << max(0, -(-(minute(now) - origin) // GRID))) - 1
    found, taken = [], dict(busy)
    for one in practitioners:
        own = opening.get(one.id, 0) & ~busy.get(one.id, 0) & ~past
        for chair in one.chair_ids:
            for first, after in _runs(own & opening.get(chair, 0) & ~taken.get(chair, 0)):
                run = (1 << after) - (1 << first)
                own, taken[chair] = own & ~run, taken.get(chair, 0) | run
                found.append(Gap(one.id, chair, moment(origin + first * GRID), moment(origin + after * GRID)))
    return sorted(found, key=lambda gap: (gap.starts_at, str(gap.chair_id)))


def gap_at(found: Iterable[Gap], practitioner_id: UUID, chair_id: UUID, at: datetime) -> Gap | None:
    """The free time of somebody in a chair that holds this moment, or has begun since; None when it went."""
    theirs = (one for one in found if (one.practitioner_id, one.chair_id) == (practitioner_id, chair_id))
    return next((one for one in theirs if at < one.ends_at and one.starts_at - at < _LATE), None)


def _runs(free: int) -> Iterator[tuple[int, int]]:
    """The runs of set bits that are long enough, as (first, after)."""
    starts, ends = positions(free & ~(free << 1)), positions(free & ~(free >> 1))
    for first, last in zip(starts, ends, strict=True):
        if (last + 1 - first) * GRID >= LEAST_GAP:
            yield first, last + 1
