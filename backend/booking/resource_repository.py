"""Which resources the agenda cannot do without, asked before the practice's set-up changes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

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


class ComingUse(msgspec.Struct, frozen=True):
    """A stretch in which a visit that is not over uses a resource."""

    appointment_id: UUID
    visit_starts_at: datetime
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime


async def coming_uses(resource_ids: Collection[UUID]) -> list[ComingUse]:
    """What booked visits that are not over use of these resources."""
    rows = await db.fetch(
        """
        select u.appointment_id, a.starts_at as visit_starts_at, u.resource_id, u.starts_at, u.ends_at
        from resource_use u join appointment a on a.id = u.appointment_id
        where u.resource_id = any($1) and u.ends_at > business_now() order by u.starts_at
        """,
        list(resource_ids),
    )
    return db.to_structs(ComingUse, rows)
