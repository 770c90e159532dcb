"""Finding what is free: for a new visit, or for another place of one that is booked.

A listing opens a person's triage result or appointment, so it leaves a line in the journal.
"""

from datetime import date, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.audit.record import record
from backend.booking import calendar_repository, kept_repository, visit_repository
from backend.booking.calendar_repository import Load, Own
from backend.booking.model import Filters, FreeSlot, Listing, PlannedVisit
from backend.booking.rules import planning
from backend.booking.rules.gaps import Waste, shortest_usual
from backend.booking.rules.sites import site_shown
from backend.booking.rules.suggestions import by_day, may_be_tidy, suggestions
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.days import age_on
from backend.practice.repository import load_practice

CHUNK_DAYS = 28
DAYS_SHOWN = 7
EVERYTHING = Filters()


async def find_slots(
    viewer: Viewer, triage_id: UUID, from_day: date | None = None, filters: Filters = EVERYTHING
) -> Listing:
    """What is free for the visit that a triage result asks for: a page of `DAYS_SHOWN` days that have free
    places, from a day on (default: the first), at one site.

    Raises NotFound, CallInstead, CannotBook, NotOnline, AlreadyBooked.
    """
    asked = await visit_repository.asked_for(viewer, triage_id, None, "slots.list")
    return await _list(asked.visit, from_day, filters, partial(kept_repository.load_for, viewer, asked))


async def find_slots_to_move(
    viewer: Viewer, appointment_id: UUID, from_day: date | None = None, filters: Filters = EVERYTHING
) -> Listing:
    """What is free for an appointment that is to have another time; its own place counts as free.

    A session opened with a code is not told what the visit is for. Raises NotFound, CannotBook.
    """
    now = await business_now()
    async with db.transaction():
        visit = await visit_repository.visit_to_move(viewer, appointment_id, now)
        await record(viewer.actor, "slots.list", ("appointment", appointment_id), visit.patient_id)
        own = Own(appointment_id=appointment_id)
        listing = await _list(visit, from_day, filters, partial(calendar_repository.load, own=own))
        return msgspec.structs.replace(listing, tells_care=viewer.strong)


async def _list(visit: PlannedVisit, from_day: date | None, filters: Filters, load: Load) -> Listing:
    practice = await load_practice()
    site = site_shown(practice, [visit], filters)
    filters, zone = msgspec.structs.replace(filters, site_id=site.id), site.timezone
    first = visit.earliest.astimezone(zone).date()
    start = max(from_day or first, first)
    waste = Waste(partial(shortest_usual, practice))
    free = await _free(visit, start, filters, load, zone, waste)
    days = by_day(free, zone)
    shown, rest = days[:DAYS_SHOWN], days[DAYS_SHOWN:]
    found = shown[0][0] if shown else None
    day = found or start
    with_first = shown[0][1][0].practitioner_id if shown else None
    return Listing(
        visit=visit,
        duration=planning.duration_on(practice, visit, day, with_first),
        site_id=site.id,
        zone=zone.key,
        suggestions=tuple(
            suggestions(
                free,
                zone,
                age_on(visit.birth_date, day),
                visit.usual_practitioner_id,
                waste if may_be_tidy(visit.urgency) else None,
            )
        ),
        days=tuple((each, tuple(found)) for each, found in shown),
        next_from=rest[0][0] if rest else None,
        without_filters=await _without_filters(
            visit, start, filters, load, zone, shown[0][0] if shown else None
        ),
    )


async def _without_filters(
    visit: PlannedVisit, start: date, filters: Filters, load: Load, zone: ZoneInfo, found: date | None
) -> FreeSlot | None:
    """The first place that the filters hide, where they leave nothing on the first day; looked for until the
    day `found` on which they leave something."""
    last, everything = visit.latest.astimezone(zone).date(), Filters(site_id=filters.site_id)
    while filters.narrow and start < (found or last + timedelta(days=1)):
        hidden = await _free_in(visit, start, CHUNK_DAYS, everything, load, zone, Waste(lambda _: None))
        if hidden:
            return hidden[0]
        start += timedelta(days=CHUNK_DAYS)
    return None


async def _free(
    visit: PlannedVisit, start: date, filters: Filters, load: Load, zone: ZoneInfo, waste: Waste
) -> list[FreeSlot]:
    """Chunk by chunk until there is one day more than a page shows, or the horizon is reached."""
    last = visit.latest.astimezone(zone).date()
    found: list[FreeSlot] = []
    while start <= last:
        found += await _free_in(visit, start, CHUNK_DAYS, filters, load, zone, waste)
        if len({slot.start.astimezone(zone).date() for slot in found}) > DAYS_SHOWN:
            break
        start += timedelta(days=CHUNK_DAYS)
    return found


async def _free_in(
    visit: PlannedVisit, start: date, days: int, filters: Filters, load: Load, zone: ZoneInfo, waste: Waste
) -> list[FreeSlot]:
    practice = await load_practice()
    needs = planning.needs_over(practice, visit, start, days, zone, filters)
    calendar = await load(practice, planning.resources_of(needs), start, days, zone)
    waste.add(calendar, needs)
    free = planning.free_places(calendar, needs, visit)
    return [slot for slot in free if planning.fits(slot, zone, filters)]
