"""The ways of offering places that are compared, and which of the places offered a patient takes."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

import msgspec

from backend.booking.model import Filters, FreeSlot, PlannedVisit
from backend.booking.rules import changes, planning
from backend.booking.rules.gaps import Waste, shortest_usual
from backend.booking.rules.suggestions import by_day, may_be_tidy, suggestions
from backend.booking.slot_actions import DAYS_SHOWN
from backend.kit.days import age_on
from backend.practice.model import Modifier, Practice
from tests.year.demand import Request
from tests.year.diary import Diary

CHUNK_DAYS = 14
"""So many days are looked at together: half as many as the product, for speed."""
PATIENCE = timedelta(days=42)
"""A usual visit that has no place within this time of the day that was wanted is asked for elsewhere."""
FROM_THE_LIST = 0.25
"""So many take a place of the list by day, wherever in it; the others one of the suggestions."""
FIRST_SEAT = 0.5
"""Of those, so many take the first suggestion."""


class Way(StrEnum):
    """How places are offered."""

    OURS = "ours"
    FIRST_FIT = "first fit"
    SOONEST = "soonest"


class Offered(msgspec.Struct, frozen=True):
    """What a patient was shown: every place of the first days that have any, and the suggestions."""

    places: list[FreeSlot]
    seats: list[FreeSlot]


def visit_of(practice: Practice, request: Request, now: datetime) -> PlannedVisit:
    """The visit that a request asks for, within the times that its urgency allows."""
    zone = practice.sites[0].timezone
    limits = changes.window(request.urgency, now, now)
    earliest, latest = limits
    if request.not_before:
        earliest = max(earliest, datetime.combine(request.not_before, datetime.min.time(), zone))
    return PlannedVisit(
        patient_id=request.person.id,
        given_name=request.person.given_name,
        birth_date=request.person.birth_date,
        care=practice.care_type(request.care_key),
        urgency=request.urgency,
        declared=tuple(Modifier(one) for one in request.person.declared),
        first_visit=False,
        earliest=earliest,
        latest=min(latest, earliest + PATIENCE),
        usual_practitioner_id=request.person.usual_practitioner_id,
        asked_at=now,
    )


def offer(practice: Practice, diary: Diary, visit: PlannedVisit, way: Way) -> Offered:
    """What the product would list, as `booking.slot_actions` does it."""
    zone = diary.zone
    day, last = (one.astimezone(zone).date() for one in (visit.earliest, visit.latest))
    waste = Waste(partial(shortest_usual, practice))
    days: list[tuple[date, list[FreeSlot]]] = []
    while day <= last and len(days) <= DAYS_SHOWN:
        needs = planning.needs_over(practice, visit, day, CHUNK_DAYS, zone, Filters())
        if way is not Way.OURS:
            needs = [msgspec.structs.replace(need, least_rest=0) for need in needs]
        calendar = diary.calendar(day, CHUNK_DAYS)
        waste.add(calendar, needs)
        days += by_day(planning.free_places(calendar, needs, visit), zone)
        day += timedelta(days=CHUNK_DAYS)
    if not days:
        return Offered([], [])
    seats = suggestions(
        [slot for _, slots in days for slot in slots],
        zone,
        age_on(visit.birth_date, days[0][0]),
        visit.usual_practitioner_id,
        waste if way is Way.OURS and may_be_tidy(visit.urgency) else None,
    )
    shown = [slot for _, slots in days[:DAYS_SHOWN] for slot in slots]
    return Offered(shown, [seat.slot for seat in seats])


def choose(request: Request, offered: Offered, way: Way) -> FreeSlot | None:
    """The place that this patient takes; under `SOONEST` nobody has a choice."""
    if not offered.places:
        return None
    if way is Way.SOONEST or request.urgency == "U2":
        return offered.places[0]
    if request.seat < FROM_THE_LIST:
        return offered.places[int(request.which * len(offered.places))]
    if request.which < FIRST_SEAT or len(offered.seats) == 1:
        return offered.seats[0]
    others = offered.seats[1:]
    return others[int((request.which - FIRST_SEAT) / (1 - FIRST_SEAT) * len(others))]
