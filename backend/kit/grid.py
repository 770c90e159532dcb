"""Time on a grid of five minutes, as bitmaps in Python ints.

Minutes are whole and count from 1970-01-01 00:00 UTC. Bit `i` of a bitmap stands for the five minutes
that begin `GRID * i` minutes after its origin, and an origin is always a local midnight: a day has 288
bits, 276 or 300 when the clocks change.

>>> bin(inner_bits(Span(10, 31), 0, 8)), bin(outer_bits(Span(10, 31), 0, 8))
('0b111100', '0b1111100')
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

GRID = 5
_SET = re.compile("1")


class Span(NamedTuple):
    """A stretch of time in minutes; `end` is the first minute after it."""

    start: int
    end: int


def minute(moment: datetime) -> int:
    """The minute of an aware moment; one that has begun does not count."""
    return int(moment.timestamp() // 60)


def minute_after(moment: datetime) -> int:
    """The same for ends: a minute that has begun counts whole."""
    return -int(-moment.timestamp() // 60)


def moment(minutes: int) -> datetime:
    """The moment of a minute, in UTC."""
    return datetime.fromtimestamp(minutes * 60, UTC)


def origin_of(day: date, zone: ZoneInfo) -> int:
    """The minute at which `day` begins in `zone`."""
    return minute(datetime.combine(day, time(), zone))


def bits_of(first_day: date, days: int, zone: ZoneInfo) -> int:
    """How many bits `days` days take from the midnight of `first_day`."""
    return (origin_of(first_day + timedelta(days=days), zone) - origin_of(first_day, zone)) // GRID


@lru_cache(maxsize=256)
def days_of(first_day: date, days: int, zone: ZoneInfo) -> tuple[tuple[date, int], ...]:
    """Each day of a run with the minute at which the next one begins. Kept: every listing walks them."""
    run = (first_day + timedelta(days=number) for number in range(days))
    return tuple((day, origin_of(day + timedelta(days=1), zone)) for day in run)


def inner_bits(span: Span, origin: int, bits: int) -> int:
    """The steps that lie wholly inside a span, cut to the bitmap: for what is open."""
    return _run(-((origin - span.start) // GRID), (span.end - origin) // GRID, bits)


def outer_bits(span: Span, origin: int, bits: int) -> int:
    """Every step that a span touches, cut to the bitmap: for what is busy."""
    return _run((span.start - origin) // GRID, -((origin - span.end) // GRID), bits)


def positions(bitmap: int) -> list[int]:
    """The numbers of the bits that are set, in order."""
    return [found.start() for found in _SET.finditer(bin(bitmap)[:1:-1])]


def _run(first: int, after: int, bits: int) -> int:
    first, after = max(first, 0), min(after, bits)
    return ((1 << (after - first)) - 1) << first if first < after else 0
