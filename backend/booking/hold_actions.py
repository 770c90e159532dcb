"""Holding and booking one place, each in one trip; and the same steps one by one, within the transaction of
whoever does it for several people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from backend.audit.record import record
from backend.booking import (
    appointment_repository,
    deed_repository,
    hold_repository,
    kept_repository,
    place_actions,
    use_repository,
    visit_repository,
)
from backend.booking.calendar_repository import Own
from backend.booking.deed_repository import HeldByAnother
from backend.booking.events import AppointmentBooked
from backend.booking.model import Appointment, HeldSlot, Hold, Status
from backend.booking.place_actions import LostRace, Place, claim
from backend.booking.rules import changes
from backend.booking.rules.changes import HoldExpired
from backend.booking.rules.slots import Need
from backend.booking.use_repository import Owner, Use
from backend.booking.visit_repository import Asked
from backend.identity.model import Viewer
from backend.identity.once_actions import with_key
from backend.kit import dates
from backend.kit.clock import business_now
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.retry import patiently
from backend.outbox.publish import publish, ring
from backend.practice.repository import load_practice
from backend.triage.repository import result_for

HOLD_FOR = timedelta(minutes=10)


class Booked(NamedTuple):
    """A visit that was just booked, and the given name of the person it is for."""

    appointment: Appointment
    given_name: str


async def keep_one(viewer: Viewer, wanted: Hold, asked: Asked) -> HeldSlot:
    """Keep a place for a visit that its caller has read and checked, for `actions.hold`.

    Who comes late sees it in what is kept of the agenda, and costs no trip.
    """
    visit, own = asked.visit, Own(account_id=viewer.account_id)

    async def take(_: Need, place: Place) -> HeldSlot:
        new = _new_hold(viewer, wanted.triage_id, visit.patient_id, place, asked.at)

        async def attempt() -> HeldByAnother | bool:
            return await with_key(
                partial(deed_repository.keep, viewer, new, place.uses(), asked.at), "hold_id"
            )

        kept = await patiently(attempt)
        if kept is True:
            return new
        raise LostRace if kept is False else await _held_by_other(viewer, *kept)

    look = partial(kept_repository.load_for, viewer, asked)
    return await place_actions.first_to_take(
        visit, wanted.practitioner_id, wanted.starts_at, own, take, look=look
    )


async def book_one(viewer: Viewer, hold_id: UUID) -> Booked:
    """Turn a hold into its appointment, for `actions.book`.

    Raises HoldExpired, BookTogether, CannotBook, NotFound.
    """
    new = new_id()

    async def attempt() -> tuple[Appointment, str] | None:
        return await with_key(partial(deed_repository.book, viewer, hold_id, new), "id")

    done = await patiently(attempt)
    if done is None:
        raise await _why_not(viewer, hold_id)
    await ring()
    return Booked(*done)


async def holding_turn(viewer: Viewer, patient_ids: Sequence[UUID]) -> tuple[list[HeldSlot], list[UUID]]:
    """One hold a household: wait for its other hands, then say what it holds and which resources those use.

    What the account held is replaced; what somebody else who acts for the same person holds is theirs
    until it expires (HeldByOther), so that two parents do not take each other's places away.
    """
    await hold_repository.lock_account(viewer.account_id)
    if held := await hold_repository.held_by_others(viewer.account_id, patient_ids):
        raise await _held_by_other(viewer, *held)
    before = await hold_repository.open_holds_of(viewer.account_id)
    uses = [use for held in before for use in await use_repository.uses_of_hold(held.id)]
    return before, [use.resource_id for use in uses]


async def let_go(before: Sequence[HeldSlot]) -> None:
    """Give back what was held; its resources must be locked."""
    for held in before:
        await use_repository.release_hold(held.id)
        await hold_repository.expire(held.id)


async def keep_place(
    viewer: Viewer,
    triage_id: UUID,
    patient_id: UUID,
    place: Place,
    now: datetime,
    group_id: UUID | None = None,
    hold_id: UUID | None = None,
) -> HeldSlot:
    """Store a hold of ten minutes and claim its place (LostRace), within the caller's transaction."""
    new = _new_hold(viewer, triage_id, patient_id, place, now, group_id, hold_id)
    await hold_repository.add(new, now)
    await claim(place, Owner(hold_id=new.id, expires_at=new.expires_at))
    await record(viewer.actor, "hold.make", ("hold", new.id), new.patient_id)
    return new


async def appointment_from(viewer: Viewer, held: HeldSlot, now: datetime) -> Appointment:
    """The appointment that a hold is to become, for somebody who may book for its patient."""
    await visit_repository.may_book(viewer, held.patient_id, now)
    run = await result_for(viewer, held.triage_id, now)
    return Appointment(
        id=new_id(),
        patient_id=held.patient_id,
        booked_by=viewer.account_id,
        practitioner_id=held.practitioner_id,
        chair_id=held.chair_id,
        site_id=(await load_practice()).resource(held.chair_id).site_id,
        care_key=run.care_key or "",
        triage_id=held.triage_id,
        urgency=run.urgency,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        duration=held.duration,
        status=Status.BOOKED,
        created_at=now,
        version=1,
        group_id=held.group_id,
    )


async def keep_for_good(
    viewer: Viewer, held: HeldSlot, new: Appointment, uses: Sequence[Use], deed_id: UUID | None = None
) -> None:
    """Turn a hold into its appointment within the caller's transaction; `uses` are locked. HoldExpired."""
    if not await appointment_repository.add(new, held.id):
        raise HoldExpired
    kept = await use_repository.keep_for_appointment(held.id, new.id)
    if not uses or kept != len(uses):
        raise HoldExpired
    await hold_repository.remove(held.id)
    await record(
        viewer.actor, "appointment.book", ("appointment", new.id), new.patient_id, version=new.version
    )
    await publish(AppointmentBooked(appointment_id=new.id, version=new.version, deed_id=deed_id))


def _new_hold(
    viewer: Viewer,
    triage_id: UUID,
    patient_id: UUID,
    place: Place,
    now: datetime,
    group_id: UUID | None = None,
    hold_id: UUID | None = None,
) -> HeldSlot:
    return HeldSlot(
        id=hold_id or new_id(),
        account_id=viewer.account_id,
        patient_id=patient_id,
        triage_id=triage_id,
        practitioner_id=place.slot.practitioner_id,
        chair_id=place.slot.chair_id,
        starts_at=place.slot.start,
        ends_at=place.slot.end,
        duration=place.duration,
        expires_at=now + HOLD_FOR,
        group_id=group_id,
    )


async def _held_by_other(viewer: Viewer, until: datetime, chair_id: UUID) -> Refusal:
    zone = (await load_practice()).site_of(chair_id).zone
    return changes.HeldByOther(hour=dates.hour(until, zone, viewer.locale))


async def _why_not(viewer: Viewer, hold_id: UUID) -> Refusal:
    """Why a hold did not become an appointment: raises it, or gives what remains."""
    held = await hold_repository.hold_for(viewer, hold_id)
    if held.group_id is not None:
        return changes.BookTogether()
    now = await business_now()
    await visit_repository.may_book(viewer, held.patient_id, now)
    await result_for(viewer, held.triage_id, now)
    return HoldExpired()
