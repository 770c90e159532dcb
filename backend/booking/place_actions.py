"""Taking a place: the one way in which a span of a resource comes to be written.

Look without a lock for a chair that is free; then, in one transaction, lock what it takes, drop expired
holds, look again, write. Who loses that race rolls back and tries the next chair, until none is left. A hold
does so in one statement (`deed_repository`), whoever moves step by step.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec

from backend.booking import calendar_repository, kept_repository, use_repository
from backend.booking.calendar_repository import Load, Own
from backend.booking.model import Duration, Filters, FreeSlot, PlannedVisit
from backend.booking.rules import planning
from backend.booking.rules.changes import SlotTaken
from backend.booking.rules.sites import site_of
from backend.booking.rules.slots import Need
from backend.booking.use_repository import Owner, Use
from backend.kit import db
from backend.kit.retry import patiently
from backend.practice.model import Practice
from backend.practice.repository import load_practice

DAYS_FOR_OTHERS = 28

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A free slot for a visit, with the length of the care and of the cleaning after it."""

    slot: FreeSlot
    duration: Duration
    buffer: int

    def uses(self) -> list[Use]:
        """What it occupies: the practitioner when needed, the chair also while it is cleaned, the others
        during the care."""
        slot = self.slot
        clean = slot.end + timedelta(minutes=self.buffer)
        spans = slot.attended or ((0, self.duration.minutes),)
        return [
            Use(resource_id=slot.chair_id, starts_at=slot.start, ends_at=clean),
            *(Use(resource_id=other, starts_at=slot.start, ends_at=slot.end) for other in slot.machine_ids),
            *(
                Use(
                    resource_id=slot.practitioner_id,
                    starts_at=slot.start + timedelta(minutes=begins),
                    ends_at=slot.start + timedelta(minutes=ends),
                )
                for begins, ends in spans
            ),
        ]


class Taker(Protocol[T_co]):
    """Who wants the place. `own` does not stand in its way."""

    @property
    def own(self) -> Own:
        """What belongs to the taker already."""
        ...

    async def take_turn(self) -> Sequence[UUID]:
        """First in the transaction: lock the taker's own row, and name the resources it occupies now."""
        ...

    async def write(self, place: Place) -> T_co:
        """Last in the transaction: store, claim (LostRace when that fails), record, tell."""
        ...


class LostRace(Exception):  # noqa: N818 - nobody's mistake
    """Somebody else took the place between the look and the lock. Never leaves this file."""


async def take_place(
    visit: PlannedVisit,
    practitioner_id: UUID,
    starts_at: datetime,
    taker: Taker[T],
    chair_id: UUID | None = None,
) -> T:
    """As `first_to_take`, by the steps of a taker in one transaction."""
    practice = await load_practice()

    async def take(need: Need, place: Place) -> T:
        return await _take(practice, need, place, taker)

    return await first_to_take(visit, practitioner_id, starts_at, taker.own, take, chair_id=chair_id)


async def first_to_take(
    visit: PlannedVisit,
    practitioner_id: UUID,
    starts_at: datetime,
    own: Own,
    take: Callable[[Need, Place], Awaitable[T]],
    *,
    chair_id: UUID | None = None,
    look: Load | None = None,
) -> T:
    """Take a place at that start with that practitioner, in that chair or the first that is free.

    `look` is where the first look comes from, and the other places where it finds none; each further look is
    anew. Raises SlotTaken with the nearest others when there is none, NotOffered for an unknown practitioner.
    """
    practice = await load_practice()
    zone = site_of(practice, practitioner_id).timezone
    need, duration = planning.need_at(practice, visit, starts_at, practitioner_id, zone)
    if chair_id is not None:
        need = planning.only_in(need, chair_id)
    lost: set[UUID] = set()
    while slot := await calendar_repository.first_free(
        practice, planning.without_chairs(need, lost), zone, own, look
    ):
        try:
            return await take(need, Place(slot=slot, duration=duration, buffer=visit.care.buffer))
        except LostRace:
            lost.add(slot.chair_id)
            look = None
    raise SlotTaken(await other_starts(visit, practitioner_id, starts_at, own, look))


async def other_starts(
    visit: PlannedVisit, practitioner_id: UUID, wanted: datetime, own: Own, look: Load | None = None
) -> list[FreeSlot]:
    """The three free starts nearest to a wanted one at the practitioner's site; fewer when fewer are free.

    `look` is where they come from; default: what is kept, as far as it holds at this moment.
    """
    practice = await load_practice()
    site = site_of(practice, practitioner_id)
    zone = site.timezone
    first = max(visit.earliest, wanted - timedelta(days=DAYS_FOR_OTHERS // 2)).astimezone(zone).date()
    needs = planning.needs_over(practice, visit, first, DAYS_FOR_OTHERS, zone, Filters(site_id=site.id))
    resources = planning.resources_of(needs)
    look = look or partial(kept_repository.load, own=own)
    calendar = await look(practice, resources, first, DAYS_FOR_OTHERS, zone)
    return planning.nearest_places(calendar, needs, visit, wanted)


async def _take(practice: Practice, need: Need, place: Place, taker: Taker[T]) -> T:
    zone = practice.site_of(place.slot.chair_id).timezone
    exact = planning.only_at(need, place.slot)

    async def attempt() -> T:
        async with db.transaction():
            await use_repository.limit_waiting()
            locked = {*await taker.take_turn(), *planning.resources_of([exact])}
            await use_repository.lock_resources(locked)
            await use_repository.drop_expired(locked)
            if not await calendar_repository.is_free(practice, exact, zone, taker.own):
                raise LostRace
            return await taker.write(place)

    return await patiently(attempt)


async def claim(place: Place, owner: Owner) -> None:
    """Write the spans of a place, or raise LostRace."""
    if not await use_repository.claim(place.uses(), owner):
        raise LostRace
