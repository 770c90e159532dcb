"""About whom an account receives messages."""

from datetime import datetime
from uuid import UUID

from backend.families.repository import RIGHT_HOLDS
from backend.kit import db


async def patients_told_to(account_id: UUID, now: datetime) -> list[UUID]:
    """The patients about whom this account gets messages at `now`: its household."""
    rows = await db.fetch(
        "select g.patient_id from guardian g join patient p on p.id = g.patient_id"
        f" where g.account_id = $2 and g.gets_messages and {RIGHT_HOLDS} order by g.patient_id",
        now,
        account_id,
    )
    return [row["patient_id"] for row in rows]
