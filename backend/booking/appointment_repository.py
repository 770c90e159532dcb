"""Writing appointments. Reading them is `repository`, where it is decided who may."""

from datetime import datetime
from uuid import UUID

from backend.booking.model import Appointment, Duration, Status
from backend.booking.repository import COLUMNS, appointment_of
from backend.kit import db
from backend.kit.errors import NotFound


async def lock_appointment(appointment_id: UUID) -> Appointment:
    """The appointment as it stands, held against other changes until the transaction ends."""
    row = await db.fetch_row(
        f"select {COLUMNS} from appointment a where a.id = $1 for no key update", appointment_id
    )
    if row is None:
        raise NotFound
    return appointment_of(row)


async def load(appointment_id: UUID) -> Appointment:
    """The whole appointment, for the feature's own use: who may see it was decided before."""
    row = await db.fetch_row(f"select {COLUMNS} from appointment a where a.id = $1", appointment_id)
    if row is None:
        raise NotFound
    return appointment_of(row)


async def booked_from(hold_id: UUID, account_id: UUID) -> Appointment | None:
    """The appointment that the account made of this hold, if it did."""
    row = await db.fetch_row(
        f"select {COLUMNS} from appointment a where a.hold_id = $1 and a.booked_by = $2", hold_id, account_id
    )
    return appointment_of(row) if row else None


async def add(appointment: Appointment, hold_id: UUID | None) -> bool:
    """Store an appointment; False when that hold has already become one."""
    stored = await db.execute(
        """
        insert into appointment (id, patient_id, booked_by, hold_id, triage_id, practitioner_id, chair_id,
          site_id, care_key, urgency, starts_at, ends_at, duration, status, version, created_at, changed_at,
          group_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16, $16, $17)
        on conflict (hold_id) do nothing
        """,
        appointment.id,
        appointment.patient_id,
        appointment.booked_by,
        hold_id,
        appointment.triage_id,
        appointment.practitioner_id,
        appointment.chair_id,
        appointment.site_id,
        appointment.care_key,
        appointment.urgency,
        appointment.starts_at,
        appointment.ends_at,
        db.json_text(appointment.duration),
        appointment.status,
        appointment.version,
        appointment.created_at,
        appointment.group_id,
    )
    return stored == 1


async def save_place(appointment: Appointment) -> None:
    """Store where and when it is, for how long, and its version; a new time must be confirmed anew."""
    await db.execute(
        """
        update appointment set practitioner_id = $2, chair_id = $3, site_id = $4, starts_at = $5,
          ends_at = $6, duration = $7::jsonb, version = $8, confirmed_at = $9, moved_late = $10,
          changed_at = business_now()
        where id = $1
        """,
        appointment.id,
        appointment.practitioner_id,
        appointment.chair_id,
        appointment.site_id,
        appointment.starts_at,
        appointment.ends_at,
        db.json_text(appointment.duration),
        appointment.version,
        appointment.confirmed_at,
        appointment.moved_late,
    )


async def save_confirmation(appointment_id: UUID, now: datetime) -> None:
    """Store that somebody said "I shall come"."""
    await db.execute(
        "update appointment set confirmed_at = $2, changed_at = $2 where id = $1", appointment_id, now
    )


async def save_status(appointment_id: UUID, status: Status, *, cancelled_late: bool = False) -> None:
    """Store where it stands."""
    await db.execute(
        """
        update appointment set status = $2, cancelled_late = $3, changed_at = business_now() where id = $1
        """,
        appointment_id,
        status,
        cancelled_late,
    )


async def save_duration(appointment_id: UUID, duration: Duration, ends_at: datetime) -> None:
    """Store another length at the same start."""
    await db.execute(
        """
        update appointment set duration = $2::jsonb, ends_at = $3, changed_at = business_now() where id = $1
        """,
        appointment_id,
        db.json_text(duration),
        ends_at,
    )
