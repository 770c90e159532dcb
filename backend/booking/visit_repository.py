"""The visit that is to be placed, put together from what lower floors know: the triage result, the
patient, the care type. Read for somebody who may book for that patient."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from backend.audit.model import Reading
from backend.audit.record import read_noted
from backend.booking import appointment_repository
from backend.booking.model import Appointment, PlannedVisit
from backend.booking.rules import changes, planning
from backend.booking.stamp_repository import STAMPS, unpacked
from backend.families.model import Relative
from backend.families.repository import patient_for, patient_for_desk
from backend.identity.model import Viewer
from backend.kit.errors import NotFound
from backend.kit.parts import Part
from backend.practice.model import Modifier
from backend.practice.repository import load_practice
from backend.triage.repository import READABLE_BY_WHO, READABLE_RESULT, reader_of


def _visit(readable: str, account: str) -> str:
    # Everything about the visit in one trip, and what says whether kept calendars are still good: a listing
    # is asked for more often than anything else.
    return f"""
select r.id as triage_id, r.patient_id, r.decided_at, r.urgency, r.care_key, r.modifiers, g.may_book,
  p.given_name as patient_name, p.birth_date, p.declared, p.usual_practitioner_id, c.now,
  (select a.id from appointment a where a.patient_id = p.id and a.triage_id = r.id
     and a.status = 'booked' and a.starts_at > c.now limit 1) as booked,
  exists (select from appointment a where a.patient_id = p.id and a.status = 'done') as seen,
  exists (select from hold h where h.account_id = {account} and h.expires_at > c.now) as holds,
  {STAMPS} as stamps
{readable} limit 1
"""


_VISIT = _visit(READABLE_RESULT, "$5")
_VISIT_BY_WHO = _visit(READABLE_BY_WHO, "who.account_id")


class Asked(NamedTuple):
    """A visit that a triage result asks for, as it stood `at` that moment of business time.

    `stamps` are those of the resources then (`resource_stamp`). `holds`: the account keeps a place somewhere.
    """

    visit: PlannedVisit
    at: datetime
    stamps: Mapping[UUID, UUID]
    holds: bool


async def visit_for_triage(viewer: Viewer, triage_id: UUID, now: datetime) -> PlannedVisit:
    """The visit alone; as `asked_for`."""
    return (await asked_for(viewer, triage_id, now)).visit


async def asked_for(
    viewer: Viewer, triage_id: UUID, now: datetime | None = None, action: str = "triage.read_result"
) -> Asked:
    """The visit that a triage result asks for, at `now` or the present moment.

    `action` is what the journal says is done with the result. Raises NotFound, CannotBook, CallInstead
    (U0 and U1), NotOnline (the practice books it), AlreadyBooked (the result has its visit).
    """
    visit = Part(_VISIT, reader_of(viewer, triage_id, now))
    return await asked_in(await read_noted(viewer.actor, Reading(visit, action, ("triage_run", triage_id))))


def reading_of(triage_id: UUID, action: str) -> Reading:
    """The same at present as a reading in one trip with the question who asks; its row is for `asked_in`."""
    return Reading(Part(_VISIT_BY_WHO, (None, triage_id)), action, ("triage_run", triage_id))


async def asked_in(row: Any | None) -> Asked:
    """The visit in the row of such a reading; raises as `asked_for`."""
    if row is None or row["triage_id"] is None:
        raise NotFound
    limits = changes.window(row["urgency"], row["decided_at"], row["now"])
    if not row["may_book"]:
        raise changes.CannotBook
    if row["booked"]:
        raise changes.AlreadyBooked(row["booked"])
    visit = await _planned(row, limits, row["now"])
    changes.check_online(visit.care, visit.birth_date, limits.earliest.date(), visit.first_visit)
    return Asked(visit, row["now"], unpacked(row["stamps"]), row["holds"])


async def _planned(row: Any, limits: changes.Window, now: datetime) -> PlannedVisit:
    assert row["care_key"] is not None, "an outcome that books names its care"
    practice = await load_practice()
    return PlannedVisit(
        patient_id=row["patient_id"],
        given_name=row["patient_name"],
        birth_date=row["birth_date"],
        care=practice.care_type(row["care_key"]),
        urgency=row["urgency"],
        declared=tuple({Modifier(each) for each in (*row["modifiers"], *row["declared"])}),
        first_visit=not row["seen"],
        earliest=limits.earliest,
        latest=limits.latest,
        usual_practitioner_id=row["usual_practitioner_id"],
        asked_at=now,
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
    return msgspec.structs.replace(visit, asked_at=now, lengthenings=practice.lengthenings)


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
