"""What is all the same about two people who look for a place: then their free starts are the same too."""

from collections.abc import Hashable, Sequence
from datetime import date, datetime, timedelta
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

_MODIFIERS = itemgetter(1)


class Shape(NamedTuple):
    """All that decides, within one practice and its diary, which starts a visit may have in a run of days.

    `lengths` are what made it longer, from which day on; `window` the first and last step of the grid.
    """

    care_key: str
    urgency: str
    lengths: tuple[tuple[date, Hashable], ...]
    window: tuple[int, int]
    held_until: datetime | None
    usual_practitioner_id: UUID | None
    filters: Filters
    days: tuple[date, int, ZoneInfo]


def shape_of(visit: PlannedVisit, days: tuple[date, int, ZoneInfo], filters: Filters) -> Shape:
    """The shape of a visit that has no place yet."""
    assert visit.now_at is None and not visit.desk_minutes, "a visit that has a place has its own list"
    first, count, zone = days
    runs = runs_of_one_age(visit.birth_date, first, first + timedelta(days=count - 1))
    known = (visit.declared, visit.first_visit)
    aged = [(run[0], modifiers_for(visit.care, visit.birth_date, run[0], *known)) for run in runs]
    return Shape(
        care_key=visit.care.key,
        urgency=visit.urgency,
        lengths=tuple(next(same) for _, same in groupby(aged, key=_MODIFIERS)),
        window=(-(-minute_after(visit.earliest) // GRID), minute(visit.latest) // GRID),
        held_until=held_until(visit.urgency, visit.asked_at, zone) if visit.asked_at else None,
        usual_practitioner_id=visit.usual_practitioner_id,
        filters=filters,
        days=days,
    )


def joined(runs: Sequence[FreeDays]) -> FreeDays:
    """Several runs of days as one; at least one."""
    numbers: Numbers = {}
    days: list[tuple[date, Starts]] = []
    for run in runs:
        new = [numbers.setdefault(one, len(numbers)) for one in run.practitioners]
        days += [(day, [(minute, new[number]) for minute, number in starts]) for day, starts in run.days]
    duration = next((run.duration for run in runs if run.days), runs[0].duration)
    return FreeDays(tuple(numbers), days, duration)
