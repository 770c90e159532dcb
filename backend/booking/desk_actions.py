"""What the desk does with an appointment: lengthen or shorten it, move it, cancel it.

Every function takes the member of staff who does it; anybody else gets NotAllowed. The version is checked as
for patients, so that two colleagues do not undo each other's moves.
"""

from datetime import datetime, timedelta

import msgspec

from backend.audit.record import record
from backend.booking import (
    actions,
    appointment_repository,
    undo_actions,
    use_repository,
    visit_repository,
)
from backend.booking.events import DurationChanged
from backend.booking.model import Appointment, Cancel, ChangeDuration, Move
from backend.booking.rules import changes, durations
from backend.booking.use_repository import Owner, Use
from backend.calendars.repository import is_busy_elsewhere
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed
from backend.kit.retry import patiently


async def move(viewer: Viewer, wanted: Move) -> Appointment:
    """Put an appointment at another free time, without notice and beyond its urgency's window.

    Raises BusyElsewhere (an external agenda says so; asked for despite it, the visit is placed), SlotTaken,
    NotOffered (in the past, or after the horizon), ChangedMeanwhile, NoLongerBooked, NotFound.
    """
    _check_staff(viewer)
    now = await business_now()
    current = await appointment_repository.load(wanted.appointment_id)
    visit = await visit_repository.visit_for_desk(viewer, current, now)
    changes.check_start(wanted.starts_at, changes.Window(visit.earliest, visit.latest))
    try:
        return await actions.move_to(viewer.actor, visit, wanted, now, by_desk=True)
    except changes.SlotTaken:
        ends_at = wanted.starts_at + timedelta(minutes=current.minutes)
        asked = wanted.despite_external
        if not asked and await is_busy_elsewhere(wanted.practitioner_id, wanted.starts_at, ends_at):
            raise changes.BusyElsewhere from None
        raise


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
        longer_uses = _lengthened(uses, current.ends_at, longer)
        if not await use_repository.claim(longer_uses, Owner(appointment_id=current.id)):
            raise changes.NoRoom
        duration = durations.adjusted(current.duration, wanted.minutes)
        changed = msgspec.structs.replace(current, duration=duration, ends_at=current.ends_at + longer)
        await appointment_repository.save_duration(changed.id, duration, changed.ends_at)
        await _record(viewer, "appointment.duration", changed, was=current.minutes, minutes=wanted.minutes)
        event = DurationChanged(
            appointment_id=changed.id, version=changed.version, was_ends_at=current.ends_at
        )
        await undo_actions.tell_later(event, viewer.actor, current, uses)
    return changed


def _lengthened(uses: list[Use], was_end: datetime, longer: timedelta) -> list[Use]:
    """What lasts to the end goes on longer, or less long. Who comes back for the end comes back then."""
    changed = []
    for use in uses:
        starts_at, ends_at = use.starts_at, min(use.ends_at, was_end + longer)
        if use.ends_at >= was_end:
            before = [one.ends_at for one in uses if one.resource_id == use.resource_id and one != use]
            ends_at = use.ends_at + longer
            starts_at = max(starts_at + longer, *before) if before else starts_at
        if starts_at < ends_at:
            changed.append(msgspec.structs.replace(use, starts_at=starts_at, ends_at=ends_at))
    return changed


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
