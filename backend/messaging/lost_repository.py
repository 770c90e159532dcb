"""What was owed about a thing and reached nobody."""

from uuid import UUID

from backend.kit import db


async def unheard(kind: str, limit: int) -> list[UUID]:
    """Things of which no message of that kind left, or ever will: all were dropped or found no channel.

    Only those that were due within the last day; the newest first.
    """
    rows = await db.fetch(
        """
        select subject_id from delivery
        where kind = $1 and due_at > business_now() - interval '1 day'
        group by subject_id
        having bool_and(state in ('dropped', 'unreachable', 'unknown'))
        order by max(due_at) desc limit $2
        """,
        kind,
        limit,
    )
    return [row["subject_id"] for row in rows]
