"""What a person does on the waiting list: ask for an earlier place, stop, accept an offer or refuse it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.audit.model import Actor
from backend.audit.record import record
from backend.booking import (
    appointment_repository,
    freed_repository,
    offer_actions,
    use_repository,
    visit_repository,
    waiting_repository,
)
from backend.booking.actions import MovedAppointment
from backend.booking.calendar_repository import Own
from backend.booking.model import Appointment, Move, PlannedVisit
from backend.booking.model.waiting import Offer, OfferState, PlaceState, Wish, WishWanted
from backend.booking.place_actions import Place, take_place
from backend.booking.repository import appointment_for
from backend.booking.rules import changes, planning
from backend.booking.rules.changes import ChangedMeanwhile, NoLongerBooked, SlotTaken
from backend.booking.rules.waiting import OfferOver as OfferOver
from backend.families.repository import guardians_of
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.practice.repository import load_practice


async def wish_of(viewer: Viewer, appointment_id: UUID) -> Wish | None:
    """The open wish of a visit that the viewer may change. Raises NotFound, CannotBook."""
    now = await business_now()
    async with db.transaction():
        appointment = await appointment_for(viewer, appointment_id, now)
        await visit_repository.may_book(viewer, appointment.patient_id, now)
        return await waiting_repository.open_wish(appointment_id)


async def ask(viewer: Viewer, wanted: WishWanted) -> None:
    """Wait for an earlier place; asked again, the newer wish replaces the older and keeps its turn.

    Raises NotFound, CannotBook, NoLongerBooked.
    """
    now = await business_now()
    await appointment_for(viewer, wanted.appointment_id, now)
    async with db.transaction():
        current = await _changeable(viewer, wanted.appointment_id, now)
        before = await waiting_repository.open_wish(current.id)
        await _stop(current.id)
        wish = Wish(
            id=new_id(),
            appointment_id=current.id,
            patient_id=current.patient_id,
            account_id=viewer.account_id,
            weekdays=wanted.weekdays,
            from_time=wanted.from_time,
            until_time=wanted.until_time,
            notice_minutes=wanted.notice_minutes,
            created_at=before.created_at if before else now,
        )
        await waiting_repository.add_wish(wish)
        await record(viewer.actor, "waiting.ask", ("appointment", current.id), current.patient_id)


async def stop(viewer: Viewer, appointment_id: UUID) -> None:
    """Wait no longer; an open offer is taken back. Raises NotFound, CannotBook, NoLongerBooked."""
    now = await business_now()
    await appointment_for(viewer, appointment_id, now)
    async with db.transaction():
        current = await _changeable(viewer, appointment_id, now)
        await _stop(current.id)
        await record(viewer.actor, "waiting.stop", ("appointment", current.id), current.patient_id)


async def accept(actor: Actor, offer_id: UUID) -> Appointment:
    """Take the place offered: the visit moves there as any visit moves, and its own place is free.

    Sent twice, it gives the same visit twice. Raises OfferOver, NotFound (no right to move that visit).
    """
    now = await business_now()
    offer = await _offer_for(actor, offer_id, now)
    taker = _TakenOffer(actor, offer, now)
    try:
        return await take_place(await _visit(offer, now), offer.practitioner_id, offer.starts_at, taker)
    except (OfferOver, ChangedMeanwhile, NoLongerBooked, SlotTaken):
        there = await waiting_repository.offer(offer_id)
        if there.state is OfferState.ACCEPTED:
            return await appointment_repository.load(offer.appointment_id)
        raise OfferOver from None


async def refuse(actor: Actor, offer_id: UUID) -> None:
    """Let the place go to the next. Refusing twice is refusing once. Raises OfferOver, NotFound."""
    now = await business_now()
    offer = await _offer_for(actor, offer_id, now)
    async with db.transaction():
        if await waiting_repository.end_in_time(offer.id, OfferState.REFUSED):
            await offer_actions.end(offer, accepted=False, actor=actor, state=OfferState.REFUSED)
            return
    if (await waiting_repository.offer(offer_id)).state is not OfferState.REFUSED:
        raise OfferOver


class _TakenOffer(MovedAppointment):
    """Moves a visit to the place that was offered to it; that place does not stand in its own way."""

    def __init__(self, actor: Actor, offer: Offer, now: datetime) -> None:
        wanted = Move(
            appointment_id=offer.appointment_id,
            version=offer.appointment_version,
            practitioner_id=offer.practitioner_id,
            starts_at=offer.starts_at,
        )
        super().__init__(actor, wanted, now, by_desk=False)
        self.offer = offer
        self.own = Own(appointment_id=offer.appointment_id, offer_id=offer.id)

    async def take_turn(self) -> Sequence[UUID]:
        own = await super().take_turn()
        if not await waiting_repository.end_in_time(self.offer.id, OfferState.ACCEPTED):
            raise OfferOver
        return [*own, *(use.resource_id for use in await use_repository.uses_of_offer(self.offer.id))]

    async def write(self, place: Place) -> Appointment:
        await use_repository.release_offer(self.offer.id)
        moved = await super().write(place)
        await waiting_repository.end_wish(moved.id)
        await freed_repository.close_place(self.offer.place_id, PlaceState.FILLED)
        await offer_actions.end(self.offer, accepted=True, actor=self.actor, state=OfferState.ACCEPTED)
        return moved


async def _offer_for(actor: Actor, offer_id: UUID, now: datetime) -> Offer:
    """The offer, for an account that may book for its patient at this moment."""
    offer = await waiting_repository.offer(offer_id)
    guardians = await guardians_of(offer.patient_id, now)
    if not any(one.may_book and one.account_id == actor.account_id for one in guardians):
        raise NotFound
    return offer


async def _visit(offer: Offer, now: datetime) -> PlannedVisit:
    appointment, patient = await waiting_repository.visit_and_patient(offer.appointment_id)
    care = (await load_practice()).care_type(appointment.care_key)
    return planning.visit_to_move(appointment, patient, care, changes.desk_window(now))


async def _changeable(viewer: Viewer, appointment_id: UUID, now: datetime) -> Appointment:
    """The visit, locked, if the viewer may change it and it is still to come."""
    current = await appointment_repository.lock_appointment(appointment_id)
    await visit_repository.may_book(viewer, current.patient_id, now)
    changes.check_change(current, current.version, now)
    return current


async def _stop(appointment_id: UUID) -> None:
    await waiting_repository.end_wish(appointment_id)
    for offer in await waiting_repository.offers_of(appointment_id):
        await offer_actions.withdraw(offer.id)
