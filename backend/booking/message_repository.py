"""What a message about an appointment may need beside its facts (`repository.message_facts`)."""

from uuid import UUID

from backend.kit import db


async def booker_of(appointment_id: UUID) -> UUID | None:
    """The account that booked it; None when the desk did without one."""
    found: UUID | None = await db.fetch_value(
        "select booked_by from appointment where id = $1", appointment_id
    )
    return found
