"""Time on a grid of five minutes, as bitmaps in Python ints.

Minutes are whole and count from 1970-01-01 00:00 UTC. Bit `i` of a bitmap stands for the five minutes
that begin `GRID * i` minutes after its origin, and an origin is always a local midnight: a day has 288
bits, 276 or 300 when the clocks change.

>>> bin(inner_bits(Span(10, 31), 0, 8)), bin(outer_bits(Span(10, 31), 0, 8))
('0b111100', '0b1111100')
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

GRID = 5
_SHORT = 400
"""Steps (a day is 288) after which a number is long enough to be put with the others."""


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


@lru_cache(maxsize=1024)
def origin_of(day: date, zone: ZoneInfo) -> int:
    """The minute at which `day` begins in `zone`. Kept, as is `bits_of`: every listing asks for the same."""
    return minute(datetime.combine(day, time(), zone))


@lru_cache(maxsize=1024)
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


def bits_between(spans: Iterable[tuple[int, int]], origin: int) -> int:
    """The steps that lie wholly between spans, from the origin to the last of them: for what is free.

    Spans are sorted by start. They may overlap and begin before the origin; an empty one counts for nothing.

    >>> bin(bits_between([(10, 31), (20, 25), (50, 55)], 0))
    '0b1110000011'
    """
    # The bits from `first` up to `after` are 2 ** after - 2 ** first. They are added up in short numbers, of
    # a day or two each, because every addition to the number of a whole month copies it.
    free = near = 0
    at = near_from = origin
    for start, end in spans:
        if start <= at:
            if end > at:
                at = end
        elif start < end:
            first, after = -((near_from - at) // GRID), (start - near_from) // GRID
            if first < after:
                near += (1 << after) - (1 << first)
            at = end
            if after > _SHORT:
                free += near << (near_from - origin) // GRID
                near, near_from = 0, near_from + after * GRID
    return free + (near << (near_from - origin) // GRID)


def positions(bitmap: int) -> list[int]:
    """The numbers of the bits that are set, in order."""
    return _places(bitmap, 0, 1)


def minutes_of(bitmap: int, origin: int) -> list[int]:
    """The minutes at which the steps that are set begin, in order."""
    return _places(bitmap, origin, GRID)


def _places(bitmap: int, origin: int, step: int) -> list[int]:
    # Cut at the bits that are set, the number as text is the gaps between them, the last one first: their
    # lengths are all that is asked, and text is cut faster than it is searched.
    gaps = bin(bitmap)[2:].split("1")
    del gaps[-1]
    found, place = [], origin + step * bitmap.bit_length()
    for gap in gaps:
        place -= step * (len(gap) + 1)
        found.append(place)
    found.reverse()
    return found


def _run(first: int, after: int, bits: int) -> int:
    first, after = max(first, 0), min(after, bits)
    return ((1 << (after - first)) - 1) << first if first < after else 0
