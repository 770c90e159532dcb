"""External agendas and their busy times in the database."""

from datetime import datetime
from uuid import UUID

from backend.kit import db


async def is_busy_elsewhere(practitioner_id: UUID, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether an external agenda says that the practitioner is busy at any moment of that span."""
    found: bool = await db.fetch_value(
        "select exists (select from external_busy where practitioner_id = $1 and ends_at > $2"
        " and starts_at < $3)",
        practitioner_id,
        starts_at,
        ends_at,
    )
    return found
