"""Reading appointments. Who may read what is decided here, and every reading of a person's leaves a line
in the journal, in the same transaction.

A session opened with a one-time code sees coming visits only: their time, place and practitioner.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.audit import record
from backend.audit.model import Actor, Reading
from backend.booking.model import Appointment, Duration, MessageFacts
from backend.families.repository import patients_of, right_holds
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import NOW_OR_GIVEN
from backend.kit.errors import NotFound
from backend.kit.parts import Part

COLUMNS = """
a.id, a.patient_id, a.booked_by, a.practitioner_id, a.chair_id, a.site_id, a.care_key, a.triage_id,
a.urgency, a.starts_at, a.ends_at, a.duration, a.status, a.created_at, a.version, a.confirmed_at,
a.moved_late, a.cancelled_late, a.group_id
"""
_FACTS = """
select a.id as appointment_id, a.patient_id, a.starts_at, a.ends_at, s.zone,
  (extract(epoch from a.ends_at - a.starts_at) / 60)::int as minutes, p.short_name as practitioner_name,
  s.name as site_name, s.address as site_address, s.phone as site_phone, s.country, s.subdivision,
  a.version, a.status, a.confirmed_at, a.created_at, a.changed_at, c.is_surgery,
  c.instructions_fr is not null as has_instructions
from appointment a
join practitioner p on p.id = a.practitioner_id
join site s on s.id = a.site_id
join care_type c on c.key = a.care_key
"""


# Whose it is, is asked in the statement itself; a session without passkey sees coming visits.
_ONE = f"""
select {COLUMNS}, p.given_name
from {NOW_OR_GIVEN}
cross join appointment a join patient p on p.id = a.patient_id join guardian g on g.patient_id = p.id
where a.id = $2 and g.account_id = $3 and ($4 or a.starts_at >= c.now) and {right_holds("c.now")}
limit 1
"""


async def appointments_of(viewer: Viewer, now: datetime) -> list[Appointment]:
    """The visits, cancelled ones too, of everybody for whom the viewer may act, by start."""
    async with db.transaction():
        patients = [patient.id for patient in await patients_of(viewer, now)]
        rows = await db.fetch(
            f"select {COLUMNS} from appointment a "
            "where a.patient_id = any($1) and ($2 or a.starts_at >= $3) order by a.starts_at, a.id",
            patients,
            viewer.strong,
            now,
        )
        found = [seen_by(viewer, appointment_of(row)) for row in rows]
        # That somebody has no visit is read as well.
        await record.record_reading_of_many(viewer.actor, "appointment.list", patients)
    return found


async def appointment_for(viewer: Viewer, appointment_id: UUID, now: datetime) -> Appointment:
    """One visit of somebody for whom the viewer may act; NotFound for any other, known or unknown."""
    return (await appointment_and_name(viewer, appointment_id, now))[0]


async def appointment_and_name(
    viewer: Viewer, appointment_id: UUID, now: datetime | None = None
) -> tuple[Appointment, str]:
    """The same with the patient's given name; without `now` at the present moment."""
    one = Part(_ONE, (now, appointment_id, viewer.account_id, viewer.strong))
    reading = Reading(one, "appointment.read", ("appointment", appointment_id))
    row = await record.read_noted(viewer.actor, reading)
    if row is None:
        raise NotFound
    return seen_by(viewer, appointment_of(row)), row["given_name"]


async def appointment_by_link(actor: Actor, appointment_id: UUID) -> Appointment:
    """The visit that a message's link names, without its care. The caller has checked the link."""
    async with db.transaction():
        found = await _find(appointment_id)
        await _record_reading(actor, found)
    return without_care(found)


async def message_facts(appointment_id: UUID) -> MessageFacts | None:
    """What a message about this visit may need; None when there is no such visit. No care in it."""
    row = await db.fetch_row(f"{_FACTS} where a.id = $1", appointment_id)
    return db.to_struct(MessageFacts, row) if row else None


async def message_facts_between(
    patient_ids: Collection[UUID], first: datetime, after: datetime
) -> list[MessageFacts]:
    """The booked visits of these people that start from `first` to before `after`, by start.

    For what a household hears in one message: give the household and the limits of its day.
    """
    rows = await db.fetch(
        f"{_FACTS} where a.patient_id = any($1) and a.starts_at >= $2 and a.starts_at < $3 "
        "and a.status = 'booked' order by a.starts_at, a.id",
        list(patient_ids),
        first,
        after,
    )
    return db.to_structs(MessageFacts, rows)


def appointment_of(row: Any) -> Appointment:
    """A row of `COLUMNS` as an appointment."""
    duration = msgspec.json.decode(row["duration"], type=Duration)
    return msgspec.convert({**row, "duration": duration}, Appointment)


def seen_by(viewer: Viewer, appointment: Appointment) -> Appointment:
    """The appointment as far as this session may see it."""
    return appointment if viewer.strong else without_care(appointment)


def without_care(appointment: Appointment) -> Appointment:
    """The same without what it is for: no care, no urgency, no reason for its length."""
    plain = Duration(minutes=appointment.minutes, lines=())
    return msgspec.structs.replace(appointment, care_key="", urgency="", triage_id=None, duration=plain)


async def _find(appointment_id: UUID) -> Appointment:
    row = await db.fetch_row(f"select {COLUMNS} from appointment a where a.id = $1", appointment_id)
    if row is None:
        raise NotFound
    return appointment_of(row)


async def _record_reading(actor: Actor, appointment: Appointment) -> None:
    subject = ("appointment", appointment.id)
    await record.record(actor, "appointment.read", subject, appointment.patient_id)
