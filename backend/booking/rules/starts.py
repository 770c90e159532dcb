"""The free starts of a run of days, day by day, as numbers: no moment is made of any of them."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from itertools import repeat
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.rules.slots import Calendar, Need, each_start
from backend.kit.grid import days_of

Starts = list[tuple[int, int]]
"""Minutes since 1970 (UTC), each once and in order, with the number of the practitioner who is free then."""
Numbers = dict[UUID, int]
"""The practitioners of a listing, counted from 0 as they come."""


def starts_by_day(
    calendar: Calendar,
    needs: Sequence[Need],
    usual: UUID | None,
    numbers: Numbers,
    days: tuple[date, int, ZoneInfo],
) -> list[tuple[date, Starts]]:
    """Those of a run of days that have free starts, each with its own; adds to `numbers` whom it names.

    `days` are the first, how many, and the zone; `calendar` covers them all.
    """
    starts = _starts(calendar, needs, usual, numbers)
    found: list[tuple[date, Starts]] = []
    begins, all_of_them = 0, len(starts)
    for day, midnight_after in days_of(*days):
        # Looked at before it is searched: of the days of half a year a quarter are closed.
        if begins < all_of_them and starts[begins][0] < midnight_after:
            ends = bisect_left(starts, (midnight_after,), begins)
            found.append((day, starts[begins:ends]))
            begins = ends
    return found


def _starts(calendar: Calendar, needs: Sequence[Need], usual: UUID | None, numbers: Numbers) -> Starts:
    """Every start with whom it is offered: the usual practitioner, else the first need's (`free_places`)."""
    found: Starts = []
    for need in needs:
        for who, minutes in each_start(calendar, need, usual):
            number = numbers.setdefault(who, len(numbers))
            found += zip(minutes, repeat(number))
    if len(needs) > 1:
        # Needs of different lengths know nothing of each other; within one each start comes once.
        first = numbers.get(usual) if usual else None
        by_start: dict[int, int] = {}
        for minute, number in sorted(found, key=lambda start: start[1] != first):
            by_start.setdefault(minute, number)
        found = list(by_start.items())
    elif len(numbers) < 2:
        return found  # As they come: in order.
    return sorted(found)
