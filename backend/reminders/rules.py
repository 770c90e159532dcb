"""When reminders leave, and which of several leave as one. Days and hours are the site's own.

The default of the brief: one reminder two days before; seven days and one day before where the visit is
long, or surgery, or booked long ahead.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.kit.days import is_working_day

LONG_MINUTES = 60
LONG_AHEAD = timedelta(days=31)
SHORT_NOTICE = timedelta(hours=24)
EARLIEST, LATEST = time(9, 0), time(19, 30)

REMINDER, REMINDER_AGAIN = "appointment_reminder", "appointment_reminder_again"


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan depends on. `told_at` is when its time became known: booked, or moved to that time."""

    starts_at: datetime
    told_at: datetime
    minutes: int
    is_surgery: bool
    zone: ZoneInfo


class Planned(msgspec.Struct, frozen=True):
    """A reminder to owe: the kind of message, what it is called ("J-2"), when it is due."""

    kind: str
    occasion: str
    due_at: datetime


def plan(visit: Visit, now: datetime, closed_days: Collection[date]) -> list[Planned]:
    """The reminders of a visit, by time; `closed_days` are its site's public holidays.

    None for a visit told less than 24 hours ahead: its confirmation has just said it all. A reminder whose
    moment has passed is dropped; if none is left and 24 hours remain, one goes the day before.
    """
    if visit.starts_at - visit.told_at < SHORT_NOTICE:
        return []
    days = (7, 1) if _is_demanding(visit) else (2,)
    planned = [_reminder(visit, before, closed_days) for before in days]
    left = [one for one in planned if one.due_at > now]
    if not left and visit.starts_at - now >= SHORT_NOTICE:
        left = [one for one in (_reminder(visit, 1, closed_days),) if one.due_at > now]
    return left + [again for one in left if (again := _again(visit, one, closed_days))]


def _is_demanding(visit: Visit) -> bool:
    ahead = visit.starts_at - visit.told_at
    return visit.minutes >= LONG_MINUTES or visit.is_surgery or ahead >= LONG_AHEAD


def _reminder(visit: Visit, days_before: int, closed_days: Collection[date]) -> Planned:
    """At the visit's own hour so many days before, within hours at which a phone may ring."""
    there = visit.starts_at.astimezone(visit.zone)
    day = there.date() - timedelta(days=days_before)
    while not is_working_day(day, closed_days):
        day -= timedelta(days=1)
    hour = min(max(there.time(), EARLIEST), LATEST)
    return Planned(REMINDER, f"J-{days_before}", datetime.combine(day, hour, visit.zone))


def _again(visit: Visit, first: Planned, closed_days: Collection[date]) -> Planned | None:
    """A day after the only reminder, by the next channel, for whoever has not confirmed by then.

    Not after the reminders of the day before: they are the second, or the visit is upon us.
    """
    if first.occasion != "J-2":
        return None
    due_at = first.due_at + timedelta(days=1)  # on the wall clock: the same hour also where clocks change
    if not is_working_day(due_at.date(), closed_days) or visit.starts_at - due_at < SHORT_NOTICE / 2:
        return None
    return Planned(REMINDER_AGAIN, "J-1", due_at)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder due to somebody on the same day. `alive`: it would leave if it were alone."""

    delivery_id: UUID
    due_at: datetime
    starts_at: datetime
    sent: bool
    alive: bool


def is_covered(own: Member, others: Iterable[Member]) -> bool:
    """Whether another reminder of the day speaks for this one too: one that left, or the first to leave."""
    return any(other.sent or (other.alive and _order(other) < _order(own)) for other in others)


def _order(member: Member) -> tuple[datetime, datetime, UUID]:
    return member.due_at, member.starts_at, member.delivery_id


def day_limits(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The midnights around a moment, on the site's calendar."""
    day = moment.astimezone(zone).date()
    midnight = time(0, 0)
    return datetime.combine(day, midnight, zone), datetime.combine(day + timedelta(days=1), midnight, zone)
