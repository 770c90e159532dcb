"""How a day is laid out: rows of five minutes between two hours, one column a chair."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from backend.kit.errors import NotFound

MINUTES_A_ROW = 5
FIRST_HOUR = 8
LAST_HOUR = 19
LONGEST_BLOCK = 48
YEARS_SHOWN = 30


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
