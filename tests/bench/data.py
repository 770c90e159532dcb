"""The invented diary that product and peers are loaded with: the same rows for each, from a seed.

A practitioner works Monday to Friday, 9-12 and 14-19 in Paris, in places of 30 minutes, five of eight
of which are taken. Public holidays are closed.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backend.kit.days import holidays_between

PARIS = ZoneInfo("Europe/Paris")
MINUTES = 30
HOURS = ((time(9), time(12)), (time(14), time(19)))
FULL = 0.625


class Size(NamedTuple):
    """How much of a diary: practitioners, days listed, appointments that are long over."""

    name: str
    practitioners: int
    days: int
    history: int = 0


SIZES = (
    Size("base", 1, 28),
    Size("h180", 1, 180),
    Size("p20", 20, 28),
    Size("a20k", 1, 28, history=20_000),
)


def first_monday(today: date) -> date:
    """The next Monday that is not tomorrow's: notice must have passed on its first morning."""
    day = today + timedelta(days=2)
    return day + timedelta(days=-day.weekday() % 7)


def starts(first: date, days: int) -> list[datetime]:
    """Every place of a run of days, by start (UTC)."""
    closed = holidays_between("FR", None, first, first + timedelta(days=days))
    opened = (first + timedelta(days=number) for number in range(days))
    return [
        start.astimezone(UTC)
        for day in opened
        if day.weekday() < 5 and day not in closed
        for start in _of_day(day)
    ]


def taken(size: Size, number: int, first: date) -> list[datetime]:
    """The starts that are taken of practitioner `number` (1, 2, …), in order, without history."""
    every = starts(first, size.days)
    chance = random.Random(1000 * number + size.days)
    return sorted(chance.sample(every, round(FULL * len(every))))


def history(size: Size, first: date) -> list[datetime]:
    """The starts of the first practitioner's past appointments: every place, back from the day before."""
    days = size.history // 10
    return starts(first - timedelta(days=days), days)[-size.history :] if size.history else []


def free(size: Size, number: int, first: date) -> set[datetime]:
    """What a right listing says of practitioner `number`."""
    return set(starts(first, size.days)) - set(taken(size, number, first))


def _of_day(day: date) -> Iterator[datetime]:
    for begins, ends in HOURS:
        start = datetime.combine(day, begins, PARIS)
        while start < datetime.combine(day, ends, PARIS):
            yield start
            start += timedelta(minutes=MINUTES)
