"""Which three places to offer first, and the list by day.

The soonest, the usual practitioner's soonest, the soonest at hours that suit the person's age; where two
of these are the same place, the soonest on another day takes the seat.

For a visit that can wait an hour, each seat goes to the place that wastes least (`rules.gaps`) among those
near the first that could have it: of the same day, at most `NEAR` later. Nobody waits a day for a tidy
agenda.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.model import FreeSlot, Suggestion

SEATS = 3
NEAR = timedelta(hours=2)
SOONEST = "booking.suggestion.soonest"
SOON = "booking.suggestion.soon"
USUAL = "booking.suggestion.usual"
WEEKEND = "booking.suggestion.weekend"
OUT_OF_SCHOOL = "booking.suggestion.out_of_school"
OUT_OF_WORK = "booking.suggestion.out_of_work"
QUIET_HOURS = "booking.suggestion.quiet_hours"
OTHER_DAY = "booking.suggestion.other_day"
OTHER_HOUR = "booking.suggestion.other_hour"


def may_be_tidy(urgency: str) -> bool:
    """Whether a visit of that urgency may be put an hour later for the agenda's sake: U3 and U4 alone."""
    return urgency in ("U3", "U4")


def suggestions(
    slots: Sequence[FreeSlot],
    zone: ZoneInfo,
    age: int,
    usual_practitioner_id: UUID | None,
    waste: Callable[[FreeSlot], int] | None = None,
) -> list[Suggestion]:
    """Up to three places at three different starts, in order of time; fewer when fewer are free.

    `slots` must be in order of start. `age` is the patient's on the first of them. `waste` tells what a place
    would waste; None for a visit that takes the very soonest.
    """
    seats = _Seats(slots, zone, waste)
    seats.give(slots, SOONEST)
    if not any(seat.slot.practitioner_id == usual_practitioner_id for seat in seats.chosen):
        seats.give((slot for slot in slots if slot.practitioner_id == usual_practitioner_id), USUAL)
    if not any(preferred_hours(seat.slot.start, zone, age) for seat in seats.chosen):
        # One reason a seat: a card says "week-end" or "hors école", and is that.
        key = next((key for slot in slots if (key := preferred_hours(slot.start, zone, age))), None)
        if key:
            seats.give((slot for slot in slots if preferred_hours(slot.start, zone, age) == key), key)
    while len(seats.chosen) < SEATS and seats.give(_on_other_days(slots, seats.chosen, zone), OTHER_DAY):
        pass
    while len(seats.chosen) < SEATS and seats.give(slots, OTHER_HOUR):
        pass
    return sorted(seats.chosen, key=lambda seat: seat.slot.start)


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


class _Seats:
    """The seats given so far."""

    def __init__(
        self, slots: Sequence[FreeSlot], zone: ZoneInfo, waste: Callable[[FreeSlot], int] | None
    ) -> None:
        self.chosen: list[Suggestion] = []
        self._first = slots[0] if slots else None
        self._zone = zone
        self._waste = waste

    def give(self, slots: Iterable[FreeSlot], key: str) -> bool:
        """Give a seat to the best of these places, which are in order; False when all of them have one."""
        taken = {seat.slot.start for seat in self.chosen}
        left = (slot for slot in slots if slot.start not in taken)
        slot = next(left, None)
        if slot is not None and self._waste is not None:
            slot = self._tidiest(slot, left, self._waste)
        if slot is None:
            return False
        if key in (SOONEST, OTHER_HOUR) and slot is self._first:
            key = SOONEST
        elif key == SOONEST:
            key = SOON
        self.chosen.append(Suggestion(slot=slot, key=key))
        return True

    def _tidiest(
        self, first: FreeSlot, later: Iterable[FreeSlot], waste: Callable[[FreeSlot], int]
    ) -> FreeSlot:
        """Of the first and those of its day that begin a little later, the first that wastes least."""
        best, least = first, waste(first)
        day = first.start.astimezone(self._zone).date()
        for slot in later:
            far = slot.start - first.start > NEAR or slot.start.astimezone(self._zone).date() != day
            if least <= 0 or far:
                break
            if (wasted := waste(slot)) < least:
                best, least = slot, wasted
        return best


def _on_other_days(
    slots: Iterable[FreeSlot], chosen: Iterable[Suggestion], zone: ZoneInfo
) -> Iterable[FreeSlot]:
    days = {seat.slot.start.astimezone(zone).date() for seat in chosen}
    return (slot for slot in slots if slot.start.astimezone(zone).date() not in days)
