"""Taking back what the desk has just changed, before anybody is told.

The news of a move or of another length waits `UNDO_FOR` in the outbox. Undoing withdraws it and restores the
old place, all or nothing, so the family hears either of a change that stands or of none.
"""

from collections.abc import Sequence
from uuid import UUID

from backend.audit.model import Actor
from backend.audit.record import record
from backend.booking import appointment_repository, message_repository, undo_repository, use_repository
from backend.booking.events import DEED_VERSION, AppointmentMoved, DurationChanged
from backend.booking.model import Appointment
from backend.booking.rules import changes
from backend.booking.undo_repository import Before
from backend.booking.use_repository import Owner, Use
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotAllowed
from backend.kit.retry import patiently
from backend.messaging import repository as messaging
from backend.outbox.publish import publish, withdraw


async def tell_later(
    event: AppointmentMoved | DurationChanged, actor: Actor, was: Appointment, uses: Sequence[Use]
) -> None:
    """Publish the desk's change so that it can be undone until it is told.

    In the change's transaction, after the appointment was stored; `was` and `uses` are what stood before.
    """
    event_id = await publish(event, after=changes.UNDO_FOR)
    before = Before.of(was, uses)
    await undo_repository.remember(actor.account_id, event_id, before, event.appointment_id, event.version)


async def undo(viewer: Viewer, appointment_id: UUID, change_id: UUID) -> Appointment:
    """Put an appointment back where it was before that change. Any of the staff may.

    Raises TooLateToUndo (told, or changed again), OldPlaceTaken, NotAllowed, NotFound.
    """
    if not viewer.is_staff:
        raise NotAllowed
    return await patiently(lambda: _undo(viewer, appointment_id, change_id))


async def _undo(viewer: Viewer, appointment_id: UUID, change_id: UUID) -> Appointment:
    async with db.transaction():
        await use_repository.limit_waiting()
        current = await appointment_repository.lock_appointment(appointment_id)
        change = await undo_repository.find(change_id, appointment_id)
        if change is None or not await withdraw(change.event_id):
            raise changes.TooLateToUndo
        await _take_old_place(current, change.before)
        restored = change.before.restored(current)
        await appointment_repository.save_place(restored)
        # A reminder of the old time may have come to its hour meanwhile, and was dropped as "moved".
        await messaging.plan_again(restored.id, restored.version, "moved")
        for deed_id in await message_repository.deeds_of(restored.id, restored.version):
            await messaging.plan_again(deed_id, DEED_VERSION, "moved")
        await undo_repository.mark_undone(change.id)
        await record(
            viewer.actor,
            "appointment.undo",
            ("appointment", restored.id),
            restored.patient_id,
            version=restored.version,
            was=current.starts_at.isoformat(),
        )
    return restored


async def _take_old_place(current: Appointment, before: Before) -> None:
    used = await use_repository.uses_of_appointment(current.id)
    resources = {use.resource_id for use in (*used, *before.uses)}
    await use_repository.lock_resources(resources)
    await use_repository.drop_expired(resources)
    await use_repository.release_appointment(current.id)
    if not await use_repository.claim(before.uses, Owner(appointment_id=current.id)):
        raise changes.OldPlaceTaken
