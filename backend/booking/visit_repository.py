"""The visit that is to be placed, put together from what lower floors know: the triage result, the
patient, the care type. Read for somebody who may book for that patient."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.audit.record import record_readings
from backend.booking import appointment_repository
from backend.booking.model import Appointment, PlannedVisit
from backend.booking.rules import changes, planning
from backend.families.model import Relative
from backend.families.repository import patient_for, patient_for_desk
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotFound
from backend.practice.model import Modifier
from backend.practice.repository import load_practice
from backend.triage.repository import READABLE_RESULT, reader_of

# Everything about the visit in one trip: a listing is asked for more often than anything else.
_VISIT = f"""
select r.patient_id, r.decided_at, r.urgency, r.care_key, r.modifiers, g.may_book,
  p.given_name, p.birth_date, p.declared, p.usual_practitioner_id,
  (select a.id from appointment a
   where a.triage_id = r.id and a.status = 'booked' and a.starts_at > $1 limit 1) as booked,
  exists (select from appointment a where a.patient_id = p.id and a.status = 'done') as seen
{READABLE_RESULT}
"""


async def visit_for_triage(viewer: Viewer, triage_id: UUID, now: datetime, *also_noted: str) -> PlannedVisit:
    """The visit that a triage result asks for. `also_noted` are readings beside that of the result.

    Raises NotFound, CannotBook, CallInstead (U0 and U1), NotOnline (the practice books it), AlreadyBooked
    (the result has its visit).
    """
    async with db.transaction():
        row = await db.fetch_row(_VISIT, *reader_of(viewer, triage_id, now))
        if row is None:
            raise NotFound
        readings, subject = ("triage.read_result", *also_noted), ("triage_run", triage_id)
        await record_readings(viewer.actor, readings, subject, row["patient_id"])
    limits = changes.window(row["urgency"], row["decided_at"], now)
    if not row["may_book"]:
        raise changes.CannotBook
    if row["booked"]:
        raise changes.AlreadyBooked(row["booked"])
    visit = await _planned(row, limits, now)
    changes.check_online(visit.care, visit.birth_date, limits.earliest.date(), visit.first_visit)
    return visit


async def _planned(row: Any, limits: changes.Window, now: datetime) -> PlannedVisit:
    assert row["care_key"] is not None, "an outcome that books names its care"
    practice = await load_practice()
    return PlannedVisit(
        patient_id=row["patient_id"],
        given_name=row["given_name"],
        birth_date=row["birth_date"],
        care=practice.care_type(row["care_key"]),
        urgency=row["urgency"],
        declared=tuple({Modifier(each) for each in (*row["modifiers"], *row["declared"])}),
        first_visit=not row["seen"],
        earliest=limits.earliest,
        latest=limits.latest,
        usual_practitioner_id=row["usual_practitioner_id"],
        held_until=changes.held_until(row["urgency"], now, practice.sites[0].timezone),
        lengthenings=practice.lengthenings,
    )


async def visit_to_move(viewer: Viewer, appointment_id: UUID, now: datetime) -> PlannedVisit:
    """The visit of an appointment that the viewer may move, within the time that its urgency allows."""
    appointment = await appointment_repository.load(appointment_id)
    patient = await may_book(viewer, appointment.patient_id, now)
    practice = await load_practice()
    care = practice.care_type(appointment.care_key)
    limits = changes.window(appointment.urgency, appointment.created_at, now)
    visit = planning.visit_to_move(appointment, patient, care, limits)
    held_until = changes.held_until(appointment.urgency, now, practice.sites[0].timezone)
    return msgspec.structs.replace(visit, held_until=held_until, lengthenings=practice.lengthenings)


async def visit_for_desk(viewer: Viewer, appointment: Appointment, now: datetime) -> PlannedVisit:
    """The same for the desk, which needs no notice and decides itself how soon is soon enough."""
    patient = await patient_for_desk(viewer, appointment.patient_id)
    practice = await load_practice()
    care = practice.care_type(appointment.care_key)
    visit = planning.visit_to_move(appointment, patient, care, changes.desk_window(now))
    return msgspec.structs.replace(visit, lengthenings=practice.lengthenings)


async def may_book(viewer: Viewer, patient_id: UUID, now: datetime) -> Relative:
    """The patient, for somebody who may book, move and cancel for them; NotFound or CannotBook."""
    patient = await patient_for(viewer, patient_id, now)
    if not patient.may_book:
        raise changes.CannotBook
    return patient
