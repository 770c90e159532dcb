"""The free starts of a run of days, day by day, as numbers: no moment is made of any of them."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
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
    needs: Iterable[Need],
    usual: UUID | None,
    numbers: Numbers,
    days: tuple[date, int, ZoneInfo],
) -> list[tuple[date, Starts]]:
    """Those of a run of days that have free starts, each with its own; adds to `numbers` whom it names.

    `days` are the first, how many, and the zone; `calendar` covers them all.
    """
    starts = sorted(_who_at(calendar, needs, usual, numbers).items())
    found: list[tuple[date, Starts]] = []
    begins = 0
    for day, midnight_after in days_of(*days):
        ends = bisect_left(starts, (midnight_after,), begins)
        if ends > begins:
            found.append((day, starts[begins:ends]))
        begins = ends
    return found


def _who_at(
    calendar: Calendar, needs: Iterable[Need], usual: UUID | None, numbers: Numbers
) -> dict[int, int]:
    """With whom each start is offered: the usual practitioner, else the first need's (`free_places`)."""
    found: dict[int, int] = {}
    for need in needs:
        for who, minutes in each_start(calendar, need, usual):
            theirs = dict.fromkeys(minutes, numbers.setdefault(who, len(numbers)))
            found = found | theirs if who == usual else theirs | found
    return found
