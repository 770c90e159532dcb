"""What a person can do with a place and an appointment: hold, book, move, cancel, confirm.

Each is one transaction that stores, records and tells. Whoever calls has shown, by reading it from
`repository`, that the appointment is theirs to change; the version says which state they were looking at.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.audit.model import Actor
from backend.audit.record import record
from backend.booking import (
    appointment_repository,
    hold_actions,
    hold_repository,
    undo_actions,
    undo_repository,
    use_repository,
    visit_repository,
)
from backend.booking.calendar_repository import Own
from backend.booking.events import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMoved,
)
from backend.booking.hold_actions import Booked
from backend.booking.model import (
    Appointment,
    Book,
    Cancel,
    Confirm,
    HeldSlot,
    Hold,
    Move,
    PlannedVisit,
    Status,
)
from backend.booking.place_actions import Place, claim, take_place
from backend.booking.repository import appointment_and_name
from backend.booking.rules import changes
from backend.booking.rules.changes import ChangedMeanwhile, HoldExpired
from backend.booking.use_repository import Owner
from backend.families.repository import patient_for
from backend.identity.model import Viewer
from backend.identity.once_actions import claim as claim_key
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.retry import patiently
from backend.outbox.publish import publish
from backend.practice.repository import load_practice


async def hold(viewer: Viewer, wanted: Hold) -> HeldSlot:
    """Keep a place for ten minutes of business time, instead of what the account held before.

    Raises SlotTaken, NotOffered, CallInstead, CannotBook, AlreadyBooked, NotFound.
    """
    asked = await visit_repository.asked_for(viewer, wanted.triage_id)
    visit = asked.visit
    changes.check_start(wanted.starts_at, changes.Window(visit.earliest, visit.latest))
    return await hold_actions.keep_one(viewer, wanted, asked)


async def read_hold(viewer: Viewer, hold_id: UUID) -> HeldSlot:
    """The viewer's own hold, for the page on which it is checked. Raises HoldExpired, NotFound."""
    now = await business_now()
    async with db.transaction():
        held = await hold_repository.hold_for(viewer, hold_id)
        await patient_for(viewer, held.patient_id, now)
        await record(viewer.actor, "hold.read", ("hold", held.id), held.patient_id)
    return held


async def booked_from(viewer: Viewer, hold_id: UUID) -> Appointment | None:
    """What the viewer's hold has become, if it was confirmed."""
    return await appointment_repository.booked_from(hold_id, viewer.account_id)


async def book(viewer: Viewer, wanted: Book) -> Appointment:
    """Turn a hold into an appointment; sent twice, it gives the same appointment twice.

    Raises HoldExpired, CannotBook, NotFound.
    """
    return (await book_and_name(viewer, wanted)).appointment


async def book_and_name(viewer: Viewer, wanted: Book) -> Booked:
    """The same with the patient's given name."""
    try:
        return await hold_actions.book_one(viewer, wanted.hold_id)
    except (HoldExpired, NotFound):
        # The first of two taps has already turned it into an appointment.
        if done := await booked_from(viewer, wanted.hold_id):
            return Booked(*await appointment_and_name(viewer, done.id))
        raise


async def move(viewer: Viewer, wanted: Move) -> Appointment:
    """Put an appointment at another time, also one that overlaps its own; the old place is then free.

    Asked for the place where it is already, it stays as it is. Raises SlotTaken, NotOffered,
    ChangedMeanwhile, NoLongerBooked, CannotBook, NotFound.
    """
    now = await business_now()
    visit = await visit_repository.visit_to_move(viewer, wanted.appointment_id, now)
    changes.check_start(wanted.starts_at, changes.Window(visit.earliest, visit.latest))
    return await move_to(viewer.actor, visit, wanted, now, by_desk=False)


async def move_to(
    actor: Actor, visit: PlannedVisit, wanted: Move, now: datetime, *, by_desk: bool
) -> Appointment:
    """Move a visit that the caller has read and checked: for `move` and for the desk's."""
    taker = MovedAppointment(actor, wanted, now, by_desk)
    try:
        current = await appointment_repository.load(wanted.appointment_id)
        changes.check_change(current, wanted.version, now, by_desk=by_desk)
        return await take_place(visit, wanted.practitioner_id, wanted.starts_at, taker, wanted.chair_id)
    except ChangedMeanwhile:
        # A double tap moves once, and its second answer is the same.
        there = await appointment_repository.load(wanted.appointment_id)
        if there.version > wanted.version and _is_at(there, wanted):
            return there
        raise


async def cancel(actor: Actor, wanted: Cancel, *, by_desk: bool = False) -> None:
    """Give the place back. Cancelling twice is cancelling once.

    The caller has shown that `actor` may. Raises ChangedMeanwhile, NoLongerBooked, NotFound.
    """
    now = await business_now()

    async def attempt() -> None:
        async with db.transaction():
            await use_repository.limit_waiting()
            await claim_key(wanted.appointment_id)
            await give_back(actor, wanted, now, by_desk=by_desk)

    await patiently(attempt)


async def give_back(
    actor: Actor, wanted: Cancel, now: datetime, *, by_desk: bool = False, deed_id: UUID | None = None
) -> None:
    """Cancel within the caller's transaction."""
    current = await appointment_repository.lock_appointment(wanted.appointment_id)
    if current.status is Status.CANCELLED and current.version == wanted.version:
        return
    changes.check_change(current, wanted.version, now, by_desk=by_desk)
    uses = await use_repository.uses_of_appointment(current.id)
    await use_repository.lock_resources([use.resource_id for use in uses])
    await use_repository.release_appointment(current.id)
    late = changes.is_late(current, now) and not by_desk
    await appointment_repository.save_status(current.id, Status.CANCELLED, cancelled_late=late)
    await _record(actor, "appointment.cancel", current, reason=wanted.reason, late=late)
    event = AppointmentCancelled(
        appointment_id=current.id, version=current.version, by_desk=by_desk, deed_id=deed_id
    )
    await publish(event)


async def confirm(actor: Actor, wanted: Confirm) -> None:
    """Note "I shall come". Confirming twice is confirming once.

    The caller has shown that `actor` may. Raises ChangedMeanwhile, NoLongerBooked, NotFound.
    """
    now = await business_now()
    async with db.transaction():
        await claim_key(wanted.appointment_id)
        await say_yes(actor, wanted, now)


async def say_yes(actor: Actor, wanted: Confirm, now: datetime) -> None:
    """Confirm within the caller's transaction."""
    current = await appointment_repository.lock_appointment(wanted.appointment_id)
    changes.check_change(current, wanted.version, now)
    if current.confirmed_at is not None:
        return
    await appointment_repository.save_confirmation(current.id, now)
    await _record(actor, "appointment.confirm", current)
    await publish(AppointmentConfirmed(appointment_id=current.id, version=current.version))


class MovedAppointment:
    """Takes a place for an appointment, and gives its old one back."""

    def __init__(
        self, actor: Actor, wanted: Move, now: datetime, by_desk: bool, deed_id: UUID | None = None
    ) -> None:
        self.actor, self.wanted, self.now, self.by_desk = actor, wanted, now, by_desk
        self.deed_id = deed_id
        self.own = Own(
            appointment_id=wanted.appointment_id, despite_external=by_desk and wanted.despite_external
        )

    async def take_turn(self) -> Sequence[UUID]:
        await claim_key(self.wanted.appointment_id)
        return await self.look()

    async def look(self) -> Sequence[UUID]:
        """Lock the visit as it stands, and name the resources that it occupies."""
        self.current = await appointment_repository.lock_appointment(self.wanted.appointment_id)
        changes.check_change(self.current, self.wanted.version, self.now, by_desk=self.by_desk)
        self.uses = await use_repository.uses_of_appointment(self.current.id)
        return [use.resource_id for use in self.uses]

    async def write(self, place: Place) -> Appointment:
        if _is_at(self.current, self.wanted):
            return self.current
        await use_repository.release_appointment(self.current.id)
        await claim(place, Owner(appointment_id=self.current.id))
        late = changes.is_late(self.current, self.now) and not self.by_desk
        moved = msgspec.structs.replace(
            self.current,
            practitioner_id=place.slot.practitioner_id,
            chair_id=place.slot.chair_id,
            site_id=(await load_practice()).resource(place.slot.chair_id).site_id,
            starts_at=place.slot.start,
            ends_at=place.slot.end,
            duration=place.duration,
            version=await undo_repository.next_version(self.current),
            confirmed_at=None,
            moved_late=self.current.moved_late or late,
        )
        await appointment_repository.save_place(moved)
        was = self.current.starts_at.isoformat()
        await _record(self.actor, "appointment.move", moved, was=was, late=late)
        event = AppointmentMoved(
            appointment_id=moved.id,
            version=moved.version,
            by_desk=self.by_desk,
            was_practitioner_id=self.current.practitioner_id,
            was_chair_id=self.current.chair_id,
            was_starts_at=self.current.starts_at,
            was_ends_at=self.current.ends_at,
            deed_id=self.deed_id,
        )
        if self.by_desk:
            await undo_actions.tell_later(event, self.actor, self.current, self.uses)
        else:
            await publish(event)
        return moved


async def _record(actor: Actor, action: str, appointment: Appointment, **details: object) -> None:
    await record(
        actor,
        action,
        ("appointment", appointment.id),
        appointment.patient_id,
        version=appointment.version,
        **details,
    )


def _is_at(appointment: Appointment, wanted: Move) -> bool:
    if wanted.chair_id not in (None, appointment.chair_id):
        return False
    return (appointment.starts_at, appointment.practitioner_id) == (wanted.starts_at, wanted.practitioner_id)
