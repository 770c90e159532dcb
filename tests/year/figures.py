"""What one year says, in numbers: shares are of the minutes that the practitioners are there."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any

import msgspec

from backend.booking.rules.gaps import Usual, shortest_usual
from backend.demo.cast import demo_practice
from backend.kit.grid import GRID, minute
from backend.practice.model import Practice
from tests.year import demand
from tests.year.days import Owner, Played, Truth, play
from tests.year.diary import Diary, day_after, lost_minutes, open_minutes, used_minutes
from tests.year.offering import Way
from tests.year.waiting_list import WaitingList
from tests.year.world import Freed, World

FIRST = date(2026, 11, 2)
"""A Monday: the same year for every seed, holidays, closures and changes of clocks included."""
FILLING, MEASURED = 8, 52
"""Weeks in which the diary fills up, not counted; and those that count."""
MONTH = 20, 4
"""The month that is told beside the year: after so many of the measured weeks, so many."""
LATE = timedelta(hours=48)
LONGER = Usual(35, 10)
"""Free time is also counted in rests that a visit of three quarters of an hour does not fit."""


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """Which year to live through."""

    seed: int
    way: Way = Way.OURS
    waiting: bool = True
    learning: bool = False
    weeks: int = FILLING + MEASURED


def practice_of() -> Practice:
    """The generated practice as it stands on the first day."""
    return demo_practice(datetime.combine(FIRST, datetime.min.time()))  # only its day counts


def live(year: Year) -> tuple[World, WaitingList | None, Truth]:
    """Let a year pass."""
    practice, days = practice_of(), 7 * year.weeks
    asked = demand.requests(practice, year.seed, FIRST, days)
    world = World(practice, asked, FIRST, days, year.way)
    waits = WaitingList(world) if year.waiting else None
    truth = demand.truth(practice, year.seed)
    if year.learning:
        Owner(world, truth, asked[-1].at)
    world.run()
    return world, waits, truth


def figures(year: Year) -> dict[str, Any]:
    """The year's numbers."""
    world, waits, truth = live(year)
    practice, diary = practice_of(), world.diary
    first, days = day_after(FIRST, 7 * FILLING), 7 * (year.weeks - FILLING)
    month, month_days = day_after(first, 7 * MONTH[0]), 7 * MONTH[1]
    who = {
        one.id: (one.chair_ids, shortest_usual(practice, one.id) or LONGER) for one in practice.practitioners
    }
    longer = {one: (chairs, LONGER) for one, (chairs, _) in who.items()}
    opened = open_minutes(diary, list(who), first, days)
    assert not diary.overlaps()
    return {
        "requests": sum(_within(one.at, first, days) for one in world.asked),
        "visits": sum(_within(one.slot.start, first, days) and not one.cancelled for one in world.visits),
        "refused": Counter(one.urgency for one in world.refused if _within(one.at, first, days)),
        "waited_days": _waited(world, first, days),
        "open_minutes": opened,
        "used": used_minutes(diary, list(who), first, days) / opened,
        "lost": lost_minutes(diary, who, first, days) / opened,
        "lost_in_month": lost_minutes(diary, who, month, month_days)
        / open_minutes(diary, list(who), month, month_days),
        "short_rests": lost_minutes(diary, longer, first, days) / opened,
        "offers": waits.offers if waits else 0,
        "accepted": waits.accepted if waits else 0,
        **_refill(diary, [one for one in world.freed if _within(one.starts_at, first, days)]),
        "own_minutes": len(world.practice.care_minutes),
        **_lateness(_second_half(play(world.visits, practice, truth, diary.zone), first, days)),
    }


def _within(moment: datetime, first: date, days: int) -> bool:
    return first <= moment.date() < day_after(first, days)


def _waited(world: World, first: date, days: int) -> float:
    """Days from the first that was wanted to the first place, for usual visits: the median."""
    return median(
        (one.first_start - one.wanted).total_seconds() / 86_400
        for one in world.visits
        if one.request.urgency == "U4" and _within(one.asked_at, first, days)
    )


def _refill(diary: Diary, freed: Sequence[Freed]) -> dict[str, float]:
    """Of the time that cancellations gave back, what somebody came in; places count from one half on."""
    shares = [(one, _busy_share(diary, one)) for one in freed]
    late = [share for one, share in shares if one.lead < LATE]
    length = sum((one.ends_at - one.starts_at).total_seconds() for one in freed)
    used = sum(share * (one.ends_at - one.starts_at).total_seconds() for one, share in shares)
    return {
        "freed": len(freed),
        "refilled_minutes": used / length,
        "refilled": mean(share >= 0.5 for _, share in shares),
        "freed_late": len(late),
        "refilled_late": mean(share >= 0.5 for share in late),
    }


def _busy_share(diary: Diary, freed: Freed) -> float:
    first = (minute(freed.starts_at) - diary.origin) // GRID
    steps = (minute(freed.ends_at) - minute(freed.starts_at)) // GRID
    return (diary.busy[freed.practitioner_id] >> first & (1 << steps) - 1).bit_count() / steps


def _second_half(played: Sequence[Played], first: date, days: int) -> list[Played]:
    """By then the first lengths have been learnt."""
    return [one for one in played if day_after(first, days // 2) <= one.day < day_after(first, days)]


def _lateness(played: Sequence[Played]) -> dict[str, float]:
    return {
        "played": len(played),
        "error_minutes": mean(abs(one.real - one.planned) for one in played),
        "overran": mean(one.real > one.planned for one in played),
        "late_minutes": mean(one.late for one in played),
        "late_over_10": mean(one.late > 10 for one in played),
    }
