"""The steps of holding and booking that one place and several share, within their caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from backend.audit.record import record
from backend.booking import appointment_repository, hold_repository, use_repository, visit_repository
from backend.booking.events import AppointmentBooked
from backend.booking.model import Appointment, HeldSlot, Status
from backend.booking.place_actions import Place, claim
from backend.booking.rules import changes
from backend.booking.rules.changes import HoldExpired
from backend.booking.use_repository import Owner, Use
from backend.identity.model import Viewer
from backend.kit import dates
from backend.kit.ids import new_id
from backend.outbox.publish import publish
from backend.practice.repository import load_practice
from backend.triage.repository import result_for

HOLD_FOR = timedelta(minutes=10)


async def holding_turn(viewer: Viewer, patient_ids: Sequence[UUID]) -> tuple[list[HeldSlot], list[UUID]]:
    """One hold a household: wait for its other hands, then say what it holds and which resources those use.

    What the account held is replaced; what somebody else who acts for the same person holds is theirs
    until it expires (HeldByOther), so that two parents do not take each other's places away.
    """
    await hold_repository.lock_account(viewer.account_id)
    if held := await hold_repository.held_by_others(viewer.account_id, patient_ids):
        until, chair_id = held
        zone = (await load_practice()).site_of(chair_id).zone
        raise changes.HeldByOther(hour=dates.hour(until, zone, viewer.locale))
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
    new = HeldSlot(
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
