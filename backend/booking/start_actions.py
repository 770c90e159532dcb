"""The free starts of a new visit, and nothing else about them: what `/api/v1/slots` answers.

The pages list places (`slot_actions`), which know chair and machine and weigh which to put first. Here a
month of a practice is one trip to the database and a few operations on kept bitmaps.
"""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking import kept_repository, visit_repository
from backend.booking.model import Filters
from backend.booking.model.places import StartsListing
from backend.booking.rules import planning
from backend.booking.rules.sites import site_shown
from backend.booking.rules.starts import Numbers, Starts, starts_by_day
from backend.booking.visit_repository import Asked
from backend.identity.model import Viewer
from backend.practice.repository import load_practice

CHUNK_DAYS = 28
DAYS_SHOWN = 7


async def find_starts(
    viewer: Viewer,
    triage_id: UUID,
    from_day: date | None = None,
    until: date | None = None,
    practitioner_id: UUID | None = None,
    site_id: UUID | None = None,
) -> StartsListing:
    """When the visit that a triage result asks for could begin at a site, from a day on (default: the first).

    Without `until` a page of `DAYS_SHOWN` days that have free starts; with it every day up to that one.
    Raises NotFound, CallInstead, CannotBook, NotOnline, AlreadyBooked.
    """
    asked = await visit_repository.asked_for(viewer, triage_id, None, "slots.list")
    visit, practice = asked.visit, await load_practice()
    filters = Filters(practitioner_id=practitioner_id, site_id=site_id)
    site = site_shown(practice, [visit], filters)
    filters, zone = msgspec.structs.replace(filters, site_id=site.id), site.timezone
    first, last = visit.earliest.astimezone(zone).date(), visit.latest.astimezone(zone).date()
    start = begins = max(from_day or first, first)
    last = last if until is None else min(until, last)
    days: list[tuple[date, Starts]] = []
    numbers: Numbers = {}
    while begins <= last and (until is not None or len(days) <= DAYS_SHOWN):
        length = CHUNK_DAYS if until is None else (last - begins).days + 1
        days += await _in_run(viewer, asked, (begins, length, zone), filters, numbers)
        begins += timedelta(days=length)
    shown = days if until is not None else days[:DAYS_SHOWN]
    practitioners = tuple(numbers)
    day, with_first = (shown[0][0], practitioners[shown[0][1][0][1]]) if shown else (start, None)
    return StartsListing(
        visit=visit,
        duration=planning.duration_on(practice, visit, day, with_first),
        site_id=site.id,
        zone=zone.key,
        practitioners=practitioners,
        days=shown,
        next_from=days[DAYS_SHOWN][0] if len(days) > len(shown) else None,
    )


async def _in_run(
    viewer: Viewer, asked: Asked, days: tuple[date, int, ZoneInfo], filters: Filters, numbers: Numbers
) -> list[tuple[date, Starts]]:
    practice = await load_practice()
    needs = planning.needs_over(practice, asked.visit, *days, filters)
    calendar = await kept_repository.load_for(viewer, asked, practice, planning.resources_of(needs), *days)
    return starts_by_day(calendar, needs, asked.visit.usual_practitioner_id, numbers, days)
