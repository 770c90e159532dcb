"""What an account has asked for under a key of its own, and what came of it: an id, never a page."""

from uuid import UUID

import msgspec

from backend.identity.model import Asked
from backend.kit import db
from backend.kit.ids import new_id
from backend.kit.parts import Part


class Answered(msgspec.Struct, frozen=True):
    """An earlier request under the same key: what it asked for, as a digest, and what came of it."""

    content: bytes
    answer_id: UUID


LAW = "client_action_once"
"""The constraint by which a key is answered once."""


def beside(asked: Asked, answer: str) -> Part:
    """Store what comes of a request, for a deed's statement; its row has the id in the column `answer`."""
    sql = f"""
        insert into client_action (id, account_id, key, content, answer_id, asked_at)
        select $1::uuid, $2::uuid, $3::text, $4::bytea, done.{answer}, now()
        from done where done.patient_id is not null
        """
    return Part(sql, (new_id(), asked.account_id, asked.key, asked.content))


async def claim(asked: Asked, answer_id: UUID) -> bool:
    """Store in the caller's transaction what comes of a request; False when it was answered before.

    Waits while the same key is being answered in another transaction, and then tells how that one ended.
    """
    stored = await db.execute(
        """
        insert into client_action (id, account_id, key, content, answer_id, asked_at)
        values ($1, $2, $3, $4, $5, now()) on conflict (account_id, key) do nothing
        """,
        new_id(),
        asked.account_id,
        asked.key,
        asked.content,
        answer_id,
    )
    return stored == 1


async def answered(asked: Asked) -> Answered | None:
    """What came of the request that bore this key; None when none did."""
    row = await db.fetch_row(
        "select content, answer_id from client_action where account_id = $1 and key = $2",
        asked.account_id,
        asked.key,
    )
    return Answered(row["content"], row["answer_id"]) if row else None


async def forget(asked: Asked, answer_id: UUID) -> None:
    """Forget an answer that no longer stands, unless it was renewed in the meantime."""
    await db.execute(
        "delete from client_action where account_id = $1 and key = $2 and answer_id = $3",
        asked.account_id,
        asked.key,
        answer_id,
    )


async def forget_old(hours: int, limit: int) -> int:
    """Forget keys older than so many hours of machine time, the oldest first; how many those were."""
    return await db.execute(
        """
        delete from client_action where id in (
            select id from client_action where asked_at < now() - make_interval(hours => $1)
            order by asked_at limit $2 for update skip locked)
        """,
        hours,
        limit,
    )
