"""One thing of a plan: found by its place, added, replaced, taken out; what cannot stand beside others."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from backend.practice.model import Closure, EmergencyPlace, Opening, School, Weeks
from backend.practice.plan_actions import Plan, in_order

WEEKLY, ONE_DAY, AWAY, KEPT = "semaine", "jour", "absence", "urgence"
KINDS = (WEEKLY, ONE_DAY, AWAY, KEPT)
Item = Opening | Closure | EmergencyPlace


def items_of(plan: Plan, kind: str) -> list[Item]:
    """The things of a kind, in the plan's order; their places in it are how pages name them."""
    if kind == AWAY:
        return list(plan.closures)
    if kind == KEPT:
        return list(plan.emergency_places)
    return [one for one in plan.openings if (one.only_on is not None) == (kind == ONE_DAY)]


def with_items(plan: Plan, kind: str, place: int | None, items: Sequence[Item]) -> Plan:
    """The plan with these instead of the one at that place; None adds them, no items take it out."""
    kept = items_of(plan, kind)
    if place is not None:
        del kept[place]
    now = (*kept, *items)
    if kind == AWAY:
        changed = msgspec.structs.replace(plan, closures=now)
    elif kind == KEPT:
        changed = msgspec.structs.replace(plan, emergency_places=now)
    else:
        other = WEEKLY if kind == ONE_DAY else ONE_DAY
        changed = msgspec.structs.replace(plan, openings=(*items_of(plan, other), *now))
    return in_order(changed)


def overlapping(openings: Iterable[Opening], others: Sequence[Opening]) -> Iterator[Opening]:
    """Those of `others` that are open at the same time as one of the openings, on some day."""
    return (other for one in openings for other in others if _overlap(one, other))


def _overlap(one: Opening, other: Opening) -> bool:
    if not (one.starts < other.ends and other.starts < one.ends):
        return False
    if one.only_on or other.only_on:
        return one.only_on == other.only_on
    return (
        one.weekday == other.weekday
        and (one.weeks == other.weeks or Weeks.ALL in (one.weeks, other.weeks))
        and (one.school == other.school or School.ANY in (one.school, other.school))
        and (one.valid_from or date.min) <= (other.valid_until or date.max)
        and (other.valid_from or date.min) <= (one.valid_until or date.max)
    )


def is_within(place: EmergencyPlace, openings: Iterable[Opening]) -> bool:
    """Whether some weekly opening holds the whole of a kept place."""
    ends = after(place.starts, place.minutes)
    return ends is not None and any(
        one.only_on is None
        and one.weekday == place.weekday
        and one.starts <= place.starts
        and ends <= one.ends
        for one in openings
    )


def kept_twice(place: EmergencyPlace, others: Iterable[EmergencyPlace]) -> bool:
    """Whether another kept place begins or lasts within this one."""
    return any(
        other.weekday == place.weekday
        and other.starts < (after(place.starts, place.minutes) or time.max)
        and place.starts < (after(other.starts, other.minutes) or time.max)
        for other in others
    )


def after(start: time, minutes: int) -> time | None:
    """So many minutes later on the same day; None past midnight."""
    then = datetime.combine(date(2000, 1, 1), start) + timedelta(minutes=minutes)
    return then.time() if then.day == 1 else None
