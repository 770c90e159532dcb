"""Who sat in which chair when, as the staff tapped it."""

from uuid import UUID

from backend.booking.model import Status
from backend.booking.model.stages import ChairTimes
from backend.kit import db


async def times_of(appointment_id: UUID) -> ChairTimes:
    """The times of an appointment that exists."""
    row = await db.fetch_row("select seated_at, finished_at from appointment where id = $1", appointment_id)
    return db.to_struct(ChairTimes, row)


async def save_stage(appointment_id: UUID, status: Status, times: ChairTimes) -> None:
    """Store how far a visit is."""
    await db.execute(
        """
        update appointment set status = $2, seated_at = $3, finished_at = $4, changed_at = business_now()
        where id = $1
        """,
        appointment_id,
        status,
        times.seated_at,
        times.finished_at,
    )
