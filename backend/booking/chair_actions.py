"""What the staff tap on the day: here, in the chair, over; and what is put right by hand.

Real times are learnt from (`rules.learning`): a wrong tap can be taken back, and a forgotten one told later.
"""

from backend.audit.record import record
from backend.booking import appointment_repository, chair_repository
from backend.booking.model.stages import ChairTimes, CorrectTimes, Mark, stage_of
from backend.booking.rules import stages
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed


async def mark(viewer: Viewer, wanted: Mark) -> None:
    """Note how far a visit is, for the staff; tapping twice is tapping once.

    Raises ChangedMeanwhile, NoLongerBooked where there is no such step, NotAllowed, NotFound.
    """
    _check_staff(viewer)
    now = await business_now()
    async with db.transaction():
        current = await appointment_repository.lock_appointment(wanted.appointment_id)
        times = await chair_repository.times_of(current.id)
        stage = stage_of(current.status, times)
        if stage is wanted.stage and current.version == wanted.version:
            return
        stages.check_mark(wanted, current.version, stage)
        await chair_repository.save_stage(current.id, *stages.marked(wanted.stage, times, now))
        action, subject = f"appointment.{wanted.stage.value}", ("appointment", current.id)
        await record(viewer.actor, action, subject, current.patient_id, version=current.version)


async def correct_times(viewer: Viewer, wanted: CorrectTimes) -> None:
    """Put the times in the chair right, for the staff.

    Raises ChangedMeanwhile, NoLongerBooked, WrongOrder, NotYet, NotAllowed, NotFound.
    """
    _check_staff(viewer)
    now = await business_now()
    async with db.transaction():
        current = await appointment_repository.lock_appointment(wanted.appointment_id)
        times = await chair_repository.times_of(current.id)
        right = stages.corrected(wanted, current.version, current.status, times, now)
        if right == times:
            return
        await chair_repository.save_stage(current.id, current.status, right)
        await record(
            viewer.actor,
            "appointment.times",
            ("appointment", current.id),
            current.patient_id,
            version=current.version,
            were=_said(times),
            are=_said(right),
        )


def _said(times: ChairTimes) -> list[str | None]:
    return [at.isoformat() if at else None for at in (times.seated_at, times.finished_at)]


def _check_staff(viewer: Viewer) -> None:
    if not viewer.is_staff:
        raise NotAllowed
