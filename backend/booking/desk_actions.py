"""What the desk does with an appointment: mark it, lengthen or shorten it, move it, cancel it.

Every function takes the member of staff who does it; anybody else gets NotAllowed. The version is checked as
for patients, so that two colleagues do not undo each other's moves.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from backend.audit.record import record
from backend.booking import actions, appointment_repository, use_repository, visit_repository
from backend.booking.events import DurationChanged
from backend.booking.model import Appointment, Cancel, ChangeDuration, Move, Status
from backend.booking.rules import changes, durations
from backend.booking.use_repository import Owner, Use
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed
from backend.kit.retry import patiently
from backend.outbox.publish import publish


async def mark(viewer: Viewer, appointment_id: UUID, status: Status) -> None:
    """Note that the patient arrived, was seen (done) or did not come (missed); BOOKED takes it back.

    Marking twice is marking once. Raises NoLongerBooked where the step is not possible, NotFound.
    """
    _check_staff(viewer)
    async with db.transaction():
        current = await appointment_repository.lock_appointment(appointment_id)
        if current.status is status:
            return
        changes.check_step(current.status, status)
        await appointment_repository.save_status(current.id, status)
        await _record(viewer, f"appointment.{status.value}", current)


async def move(viewer: Viewer, wanted: Move) -> Appointment:
    """Put an appointment at another free time, without notice and beyond its urgency's window.

    Raises SlotTaken, NotOffered (in the past, or after the horizon), ChangedMeanwhile, NoLongerBooked,
    NotFound.
    """
    _check_staff(viewer)
    now = await business_now()
    current = await appointment_repository.load(wanted.appointment_id)
    visit = await visit_repository.visit_for_desk(viewer, current, now)
    changes.check_start(wanted.starts_at, changes.Window(visit.earliest, visit.latest))
    return await actions.move_to(viewer.actor, visit, wanted, now, by_desk=True)


async def cancel(viewer: Viewer, wanted: Cancel) -> None:
    """Cancel for the practice. Raises ChangedMeanwhile, NoLongerBooked, NotFound."""
    _check_staff(viewer)
    await actions.cancel(viewer.actor, wanted, by_desk=True)


async def change_duration(viewer: Viewer, wanted: ChangeDuration) -> Appointment:
    """Give the visit another length at the same start, in the same chair, also past closing time.

    The version stays: messages name the start, and that holds. Raises NoRoom when the next visit stands
    in the way, BadLength, ChangedMeanwhile, NoLongerBooked, NotFound.
    """
    _check_staff(viewer)
    changes.check_length(wanted.minutes)
    return await patiently(lambda: _change_duration(viewer, wanted))


async def _change_duration(viewer: Viewer, wanted: ChangeDuration) -> Appointment:
    async with db.transaction():
        await use_repository.limit_waiting()
        current = await appointment_repository.lock_appointment(wanted.appointment_id)
        changes.check_length_change(current, wanted.version)
        if current.minutes == wanted.minutes:
            return current
        uses = await use_repository.uses_of_appointment(current.id)
        await use_repository.lock_resources([use.resource_id for use in uses])
        await use_repository.drop_expired([use.resource_id for use in uses])
        await use_repository.release_appointment(current.id)
        longer = timedelta(minutes=wanted.minutes - current.minutes)
        if not await use_repository.claim(_lengthened(uses, longer), Owner(appointment_id=current.id)):
            raise changes.NoRoom
        duration = durations.adjusted(current.duration, wanted.minutes)
        changed = msgspec.structs.replace(current, duration=duration, ends_at=current.ends_at + longer)
        await appointment_repository.save_duration(changed.id, duration, changed.ends_at)
        await _record(viewer, "appointment.duration", changed, was=current.minutes, minutes=wanted.minutes)
        await publish(DurationChanged(appointment_id=changed.id, version=changed.version))
    return changed


def _lengthened(uses: list[Use], longer: timedelta) -> list[Use]:
    return [msgspec.structs.replace(use, ends_at=use.ends_at + longer) for use in uses]


def _check_staff(viewer: Viewer) -> None:
    if not viewer.is_staff:
        raise NotAllowed


async def _record(viewer: Viewer, action: str, appointment: Appointment, **details: object) -> None:
    await record(
        viewer.actor,
        action,
        ("appointment", appointment.id),
        appointment.patient_id,
        version=appointment.version,
        **details,
    )
