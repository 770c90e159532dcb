"""What a message about an appointment may need beside its facts (`repository.message_facts`)."""

from uuid import UUID

from backend.kit import db


async def booker_of(appointment_id: UUID) -> UUID | None:
    """The account that booked it; None when the desk did without one."""
    found: UUID | None = await db.fetch_value(
        "select booked_by from appointment where id = $1", appointment_id
    )
    return found


async def told_together(deed_id: UUID) -> list[tuple[UUID, int]]:
    """The visits that one deed changed together, with the versions that it gave them, by start."""
    rows = await db.fetch(
        "select t.appointment_id, t.version from told_together t "
        "join appointment a on a.id = t.appointment_id where t.deed_id = $1 order by a.starts_at, a.id",
        deed_id,
    )
    return [(row["appointment_id"], row["version"]) for row in rows]


async def deeds_of(appointment_id: UUID, version: int) -> list[UUID]:
    """The deeds that left a visit in this version, together with others."""
    rows = await db.fetch(
        "select deed_id from told_together where appointment_id = $1 and version = $2",
        appointment_id,
        version,
    )
    return [row["deed_id"] for row in rows]
