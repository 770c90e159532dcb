"""The visit that is to be placed, put together from what lower floors know: the triage result, the
patient, the care type. Read for somebody who may book for that patient."""

from datetime import datetime
from uuid import UUID

from backend.booking import appointment_repository
from backend.booking.model import Appointment, PlannedVisit
from backend.booking.repository import has_been_seen
from backend.booking.rules import changes, planning
from backend.families.model import Relative
from backend.families.repository import patient_for, patient_for_desk
from backend.identity.model import Viewer
from backend.practice.model import Modifier
from backend.practice.repository import load_practice
from backend.triage.repository import result_for


async def visit_for_triage(viewer: Viewer, triage_id: UUID, now: datetime) -> PlannedVisit:
    """The visit that a triage result asks for.

    Raises NotFound, CannotBook, CallInstead (U0 and U1), AlreadyBooked (the result has its visit).
    """
    run = await result_for(viewer, triage_id, now)
    limits = changes.window(run.urgency, run.decided_at, now)
    patient = await may_book(viewer, run.patient_id, now)
    if booked := await appointment_repository.booked_for_triage(triage_id, now):
        raise changes.AlreadyBooked(booked)
    assert run.care_key is not None, "an outcome that books names its care"
    return PlannedVisit(
        patient_id=patient.id,
        given_name=patient.given_name,
        birth_date=patient.birth_date,
        care=(await load_practice()).care_type(run.care_key),
        urgency=run.urgency,
        declared=tuple({*run.modifiers, *map(Modifier, patient.declared)}),
        first_visit=not await has_been_seen(patient.id),
        earliest=limits.earliest,
        latest=limits.latest,
        usual_practitioner_id=patient.usual_practitioner_id,
    )


async def visit_to_move(viewer: Viewer, appointment_id: UUID, now: datetime) -> PlannedVisit:
    """The visit of an appointment that the viewer may move, within the time that its urgency allows."""
    appointment = await appointment_repository.load(appointment_id)
    patient = await may_book(viewer, appointment.patient_id, now)
    care = (await load_practice()).care_type(appointment.care_key)
    limits = changes.window(appointment.urgency, appointment.created_at, now)
    return planning.visit_to_move(appointment, patient, care, limits)


async def visit_for_desk(viewer: Viewer, appointment: Appointment, now: datetime) -> PlannedVisit:
    """The same for the desk, which needs no notice and decides itself how soon is soon enough."""
    patient = await patient_for_desk(viewer, appointment.patient_id)
    care = (await load_practice()).care_type(appointment.care_key)
    return planning.visit_to_move(appointment, patient, care, changes.desk_window(now))


async def may_book(viewer: Viewer, patient_id: UUID, now: datetime) -> Relative:
    """The patient, for somebody who may book, move and cancel for them; NotFound or CannotBook."""
    patient = await patient_for(viewer, patient_id, now)
    if not patient.may_book:
        raise changes.CannotBook
    return patient
