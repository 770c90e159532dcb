"""What is all the same about two people who look for a place: then their free starts are the same too."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.model import Filters, PlannedVisit
from backend.booking.model.places import FreeDays
from backend.booking.rules.changes import held_until
from backend.booking.rules.durations import modifiers_for
from backend.booking.rules.starts import Numbers, Starts
from backend.kit.days import runs_of_one_age
from backend.kit.grid import GRID, minute, minute_after
from backend.practice.model import CareType, Modifier

_MODIFIERS = itemgetter(1)


class Shape(NamedTuple):
    """All that decides, within one practice and its diary, which starts a visit may have in a run of days.

    `lengths` are what made it longer, from which day on; `window` the first and last step of the grid.
    """

    care_key: str
    urgency: str
    lengths: tuple[tuple[date, tuple[Modifier, ...]], ...]
    window: tuple[int, int]
    held_until: datetime | None
    usual_practitioner_id: UUID | None
    filters: Filters
    days: tuple[date, int, ZoneInfo]


def shape_of(visit: PlannedVisit, days: tuple[date, int, ZoneInfo], filters: Filters) -> Shape:
    """The shape of a visit that has no place yet."""
    assert visit.now_at is None and not visit.desk_minutes, "a visit that has a place has its own list"
    first, count, zone = days
    return Shape(
        care_key=visit.care.key,
        urgency=visit.urgency,
        lengths=_lengths(visit.care, visit.birth_date, visit.declared, visit.first_visit, first, count),
        window=(-(-minute_after(visit.earliest) // GRID), minute(visit.latest) // GRID),
        held_until=held_until(visit.urgency, visit.asked_at, zone) if visit.asked_at else None,
        usual_practitioner_id=visit.usual_practitioner_id,
        filters=filters,
        days=days,
    )


@lru_cache(maxsize=512)
def _lengths(
    care: CareType,
    birth_date: date,
    declared: tuple[Modifier, ...],
    first_visit: bool,
    first: date,
    count: int,
) -> tuple[tuple[date, tuple[Modifier, ...]], ...]:
    runs = runs_of_one_age(birth_date, first, first + timedelta(days=count - 1))
    aged = [(day, modifiers_for(care, birth_date, day, declared, first_visit)) for day, _ in runs]
    return tuple(next(same) for _, same in groupby(aged, key=_MODIFIERS))


def joined(runs: Sequence[FreeDays]) -> FreeDays:
    """Several runs of days as one; at least one."""
    numbers: Numbers = {}
    days: list[tuple[date, Starts]] = []
    for run in runs:
        new = [numbers.setdefault(one, len(numbers)) for one in run.practitioners]
        days += [(day, [(minute, new[number]) for minute, number in starts]) for day, starts in run.days]
    duration = next((run.duration for run in runs if run.days), runs[0].duration)
    return FreeDays(tuple(numbers), days, duration)
