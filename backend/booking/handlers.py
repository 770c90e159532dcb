"""What booking does about its own events: a place given back is offered to those who wait for one."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.booking import appointment_repository, offer_actions, waiting_repository
from backend.booking.events import (
    AppointmentCancelled,
    AppointmentMoved,
    DurationChanged,
    OfferEnded,
    PlaceFreed,
)
from backend.booking.model import Appointment
from backend.booking.model.waiting import FreedPlace, PlaceState
from backend.kit.ids import new_id
from backend.practice.repository import load_practice


async def on_cancelled(event: AppointmentCancelled) -> None:
    """Its place is free, and it waits for no other."""
    was = await appointment_repository.load(event.appointment_id)
    await waiting_repository.end_wish(was.id)
    await _take_back(was, older_than=event.version + 1)
    await _free(was, event.version, was.practitioner_id, was.chair_id, was.starts_at, was.ends_at)


async def on_moved(event: AppointmentMoved) -> None:
    """Its old place is free; what was offered to it before was for the old time."""
    now = await appointment_repository.load(event.appointment_id)
    await _take_back(now, older_than=event.version)
    if event.was_practitioner_id and event.was_chair_id and event.was_starts_at and event.was_ends_at:
        place = (event.was_practitioner_id, event.was_chair_id, event.was_starts_at, event.was_ends_at)
        await _free(now, event.version, *place)


async def on_length_changed(event: DurationChanged) -> None:
    """Where it was made shorter, its end is free."""
    now = await appointment_repository.load(event.appointment_id)
    if event.was_ends_at is not None and event.was_ends_at > now.ends_at:
        cleaned = now.ends_at + await _cleaning(now)
        until = event.was_ends_at
        await _free(now, event.version, now.practitioner_id, now.chair_id, cleaned, until)


async def on_place_freed(event: PlaceFreed) -> None:
    """Somebody is asked."""
    await offer_actions.offer_by_itself(event.place_id)


async def on_offer_ended(event: OfferEnded) -> None:
    """Without an acceptance the next one is asked."""
    if not event.accepted:
        offer = await waiting_repository.offer(event.offer_id)
        await offer_actions.offer_by_itself(offer.place_id)


async def _free(
    visit: Appointment,
    version: int,
    practitioner_id: UUID,
    chair_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    place = FreedPlace(
        id=new_id(),
        appointment_id=visit.id,
        version=version,
        practitioner_id=practitioner_id,
        chair_id=chair_id,
        starts_at=starts_at,
        ends_at=ends_at + await _cleaning(visit),
        state=PlaceState.OPEN,
    )
    await offer_actions.free_place(place)


async def _cleaning(visit: Appointment) -> timedelta:
    return timedelta(minutes=(await load_practice()).care_type(visit.care_key).buffer)


async def _take_back(visit: Appointment, *, older_than: int) -> None:
    for offer in await waiting_repository.offers_of(visit.id):
        if offer.appointment_version < older_than:
            await offer_actions.withdraw(offer.id)
