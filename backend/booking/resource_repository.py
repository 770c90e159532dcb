"""Which resources the agenda cannot do without, asked before the practice's set-up changes."""

from collections.abc import Collection
from uuid import UUID

from backend.kit import db


async def needed(resource_ids: Collection[UUID]) -> set[UUID]:
    """Those of these resources that a visit or a hold uses which is not over."""
    rows = await db.fetch(
        """
        select distinct resource_id from resource_use where resource_id = any($1) and ends_at > business_now()
          and (expires_at is null or expires_at > business_now())
        """,
        list(resource_ids),
    )
    return {row["resource_id"] for row in rows}
