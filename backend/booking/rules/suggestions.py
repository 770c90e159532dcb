"""Which three places to offer first, and the list by day.

The soonest, the usual practitioner's soonest, the soonest at hours that suit the person's age; where two
of these are the same place, the soonest on another day takes the seat.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.model import FreeSlot, Suggestion

SEATS = 3
SOONEST = "booking.suggestion.soonest"
USUAL = "booking.suggestion.usual"
WEEKEND = "booking.suggestion.weekend"
OUT_OF_SCHOOL = "booking.suggestion.out_of_school"
OUT_OF_WORK = "booking.suggestion.out_of_work"
QUIET_HOURS = "booking.suggestion.quiet_hours"
OTHER_DAY = "booking.suggestion.other_day"
OTHER_HOUR = "booking.suggestion.other_hour"


def suggestions(
    slots: Sequence[FreeSlot], zone: ZoneInfo, age: int, usual_practitioner_id: UUID | None
) -> list[Suggestion]:
    """Up to three places at three different starts, in order of time; fewer when fewer are free.

    `slots` must be in order of start. `age` is the patient's on the first of them.
    """
    chosen: list[Suggestion] = []
    _take(chosen, slots[:1], SOONEST)
    if not any(seat.slot.practitioner_id == usual_practitioner_id for seat in chosen):
        _take(chosen, (slot for slot in slots if slot.practitioner_id == usual_practitioner_id), USUAL)
    if not any(preferred_hours(seat.slot.start, zone, age) for seat in chosen):
        for slot in slots:
            key = preferred_hours(slot.start, zone, age)
            if key and _take(chosen, (slot,), key):
                break
    while len(chosen) < SEATS and _take(chosen, _on_other_days(slots, chosen, zone), OTHER_DAY):
        pass
    while len(chosen) < SEATS and _take(chosen, slots, OTHER_HOUR):
        pass
    return sorted(chosen, key=lambda seat: seat.slot.start)


def preferred_hours(start: datetime, zone: ZoneInfo, age: int) -> str | None:
    """Why a start suits somebody of that age, as the key of a sentence; None when it does not.

    From 3 to 17: out of school (Wednesday afternoon, from 17 h). From 67: the quiet hours, away from
    the early morning and the evening. Others: before 9 h or from 17 h. Saturday suits all but the retired.
    """
    local = start.astimezone(zone)
    hour = local.time()
    if age >= 67:
        return QUIET_HOURS if time(10) <= hour < time(16) and local.isoweekday() < 6 else None
    if local.isoweekday() == 6:
        return WEEKEND
    if 3 <= age < 18:
        free = hour >= time(17) or (local.isoweekday() == 3 and hour >= time(12))
        return OUT_OF_SCHOOL if free else None
    return OUT_OF_WORK if hour >= time(17) or hour < time(9) else None


def by_day(slots: Iterable[FreeSlot], zone: ZoneInfo) -> list[tuple[date, list[FreeSlot]]]:
    """Slots, in order of start, grouped by their day in `zone`."""
    return [
        (day, list(group))
        for day, group in groupby(slots, key=lambda slot: slot.start.astimezone(zone).date())
    ]


def _take(chosen: list[Suggestion], slots: Iterable[FreeSlot], key: str) -> bool:
    taken = {seat.slot.start for seat in chosen}
    for slot in slots:
        if slot.start not in taken:
            chosen.append(Suggestion(slot=slot, key=key))
            return True
    return False


def _on_other_days(
    slots: Iterable[FreeSlot], chosen: Iterable[Suggestion], zone: ZoneInfo
) -> Iterable[FreeSlot]:
    days = {seat.slot.start.astimezone(zone).date() for seat in chosen}
    return (slot for slot in slots if slot.start.astimezone(zone).date() not in days)
