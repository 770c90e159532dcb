"""Finding and taking places for several people at once: as `place_actions`, over all of them.

Look without a lock for a bundle; then, in one transaction, lock every resource of it in the order of ids,
look again, write all of it. Who loses that race rolls back whole and looks again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking import calendar_repository, use_repository
from backend.booking.calendar_repository import Own
from backend.booking.model import Arrangement, Bundle, BundleListing, Filters, PlannedVisit
from backend.booking.place_actions import DAYS_FOR_OTHERS, LostRace, Place
from backend.booking.rules import planning, together
from backend.booking.rules.changes import BundleTaken
from backend.booking.rules.sites import site_shown
from backend.booking.rules.slots import Need
from backend.kit import db
from backend.kit.days import age_on
from backend.kit.grid import GRID
from backend.kit.retry import patiently
from backend.practice.model import Practice, Site
from backend.practice.repository import load_practice

CHUNK_DAYS = 28
DAYS_SHOWN = 7
TRIES = 8
"""A lost race shows in the next look; so many lost in a row is bad luck that others wait behind."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Visits = Sequence[PlannedVisit]
Places = Mapping[UUID, Place]


class BundleTaker(Protocol[T_co]):
    """Who wants the places. `own` does not stand in its way."""

    @property
    def own(self) -> Own:
        """What belongs to the taker already."""
        ...

    async def take_turn(self) -> Sequence[UUID]:
        """First in the transaction: lock the taker's own rows, and name the resources they occupy now."""
        ...

    async def write(self, places: Places) -> T_co:
        """Last in the transaction: store and claim the place of each patient, record, tell."""
        ...


async def list_bundles(
    visits: Visits, from_day: date | None, own: Own, site_id: UUID | None = None
) -> BundleListing:
    """The bundles for these visits at one site, a page of days with some from a day on (default: the first).

    Raises NotFound for an unknown site.
    """
    visits = together.youngest_first(visits)
    practice = await load_practice()
    site = site_shown(practice, visits, Filters(site_id=site_id))
    zone = site.timezone
    first = max(visit.earliest for visit in visits).astimezone(zone).date()
    start = max(from_day or first, first)
    days = together.by_day(await _free(visits, start, own, site), zone)
    shown, rest = days[:DAYS_SHOWN], days[DAYS_SHOWN:]
    listed = [bundle for _, found in shown for bundle in found]
    day = shown[0][0] if shown else start
    age = age_on(visits[0].birth_date, day)
    places = shown[0][1][0].places if shown else ()
    who = {place.patient_id: place.slot.practitioner_id for place in places}
    return BundleListing(
        visits=tuple(visits),
        durations=tuple(
            planning.duration_on(practice, visit, day, who.get(visit.patient_id)) for visit in visits
        ),
        site_id=site.id,
        zone=zone.key,
        suggestions=tuple(together.put_forward(listed, zone, age, visits[0].usual_practitioner_id)),
        days=tuple((day, tuple(found)) for day, found in shown),
        next_from=rest[0][0] if rest else None,
    )


async def take_bundle(
    visits: Visits, starts_at: datetime, arrangement: Arrangement, site_id: UUID | None, taker: BundleTaker[T]
) -> T:
    """Take the best bundle of that arrangement at that start, all of it or nothing.

    Without `site_id` at the site that a listing would show. Raises BundleTaken with the nearest others when
    there is none, NotFound for an unknown site.
    """
    visits = together.youngest_first(visits)
    practice = await load_practice()
    site = site_shown(practice, visits, Filters(site_id=site_id))
    zone = site.timezone
    for _ in range(TRIES):
        bundle = await _at(visits, starts_at, arrangement, taker.own, site)
        if bundle is None:
            break
        try:
            return await _take(practice, zone, _places(practice, visits, bundle, zone), taker)
        except LostRace:
            continue
    raise BundleTaken(await _others(visits, starts_at, taker.own, site))


async def _free(visits: Visits, start: date, own: Own, site: Site) -> list[Bundle]:
    """Chunk by chunk until there is one day more than a page shows, or somebody's time is over."""
    zone = site.timezone
    last = min(visit.latest for visit in visits).astimezone(zone).date()
    found: list[Bundle] = []
    while start <= last:
        found += await _free_in(visits, start, CHUNK_DAYS, own, site)
        if len({bundle.start.astimezone(zone).date() for bundle in found}) > DAYS_SHOWN:
            break
        start += timedelta(days=CHUNK_DAYS)
    return found


async def _free_in(
    visits: Visits, start: date, days: int, own: Own, site: Site, step: int = planning.LIST_STEP
) -> list[Bundle]:
    practice = await load_practice()
    needs = together.needs_of(practice, visits, start, days, site)
    resources = planning.resources_of(need for of_one in needs for need in of_one)
    calendar = await calendar_repository.load(practice, resources, start, days, site.timezone, own)
    return together.free_bundles(calendar, visits, needs, step)


async def _at(
    visits: Visits, starts_at: datetime, arrangement: Arrangement, own: Own, site: Site
) -> Bundle | None:
    day = starts_at.astimezone(site.timezone).date()
    # On every step: what was listed as leaving no gap may leave one by now, and is still free.
    for bundle in await _free_in(visits, day, 2, own, site, GRID):
        if (bundle.start, bundle.arrangement) == (starts_at, arrangement):
            return bundle
    return None


async def _others(visits: Visits, wanted: datetime, own: Own, site: Site) -> list[Bundle]:
    earliest = max(visit.earliest for visit in visits)
    first = max(earliest, wanted - timedelta(days=DAYS_FOR_OTHERS // 2)).astimezone(site.timezone).date()
    return together.nearest(await _free_in(visits, first, DAYS_FOR_OTHERS, own, site), wanted)


def _places(
    practice: Practice, visits: Visits, bundle: Bundle, zone: ZoneInfo
) -> dict[UUID, tuple[Need, Place]]:
    slots = {place.patient_id: place.slot for place in bundle.places}
    found = {}
    for visit in visits:
        slot = slots[visit.patient_id]
        need, duration = planning.need_at(practice, visit, slot.start, slot.practitioner_id, zone)
        place = Place(slot=slot, duration=duration, buffer=visit.care.buffer)
        found[visit.patient_id] = planning.only_at(need, slot), place
    return found


async def _take(
    practice: Practice, zone: ZoneInfo, wanted: Mapping[UUID, tuple[Need, Place]], taker: BundleTaker[T]
) -> T:
    needs = [need for need, _ in wanted.values()]

    async def attempt() -> T:
        async with db.transaction():
            await use_repository.limit_waiting()
            locked = {*await taker.take_turn(), *planning.resources_of(needs)}
            await use_repository.lock_resources(locked)
            await use_repository.drop_expired(locked)
            for need in needs:
                if not await calendar_repository.is_free(practice, need, zone, taker.own):
                    raise LostRace
            return await taker.write({patient: place for patient, (_, place) in wanted.items()})

    return await patiently(attempt)
