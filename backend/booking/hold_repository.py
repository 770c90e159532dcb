"""Holds: places kept for ten minutes of business time while somebody decides."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.booking.model import Duration, HeldSlot
from backend.booking.rules.changes import HoldExpired
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotFound

_COLUMNS = """
h.id, h.account_id, h.patient_id, h.triage_id, h.practitioner_id, h.chair_id, h.starts_at, h.ends_at,
h.duration, h.expires_at, h.group_id
"""


async def hold_for(viewer: Viewer, hold_id: UUID) -> HeldSlot:
    """The viewer's own hold; HoldExpired when it has, NotFound for any other, known or unknown."""
    row = await db.fetch_row(
        f"select {_COLUMNS}, h.expires_at > business_now() as lasts from hold h "
        "where h.id = $1 and h.account_id = $2",
        hold_id,
        viewer.account_id,
    )
    if row is None:
        raise NotFound
    if not row["lasts"]:
        raise HoldExpired
    return _hold(row)


async def triage_of(viewer: Viewer, hold_id: UUID) -> UUID:
    """The triage result for which the viewer held a place, also when that has expired; NotFound."""
    found: UUID | None = await db.fetch_value(
        "select triage_id from hold where id = $1 and account_id = $2", hold_id, viewer.account_id
    )
    if found is None:
        raise NotFound
    return found


async def lock_account(account_id: UUID) -> None:
    """One hold an account: whoever holds for it waits for the one before, until the transaction ends."""
    await db.execute("select 1 from account where id = $1 for no key update", account_id)


async def open_holds_of(account_id: UUID) -> list[HeldSlot]:
    """What the account holds now; more than one only until the next is made."""
    rows = await db.fetch(
        f"select {_COLUMNS} from hold h where h.account_id = $1 and h.expires_at > business_now() "
        "order by h.created_at",
        account_id,
    )
    return [_hold(row) for row in rows]


async def add(hold: HeldSlot, now: datetime) -> None:
    """Store a hold; its spans are claimed beside it."""
    await db.execute(
        """
        insert into hold (id, account_id, patient_id, triage_id, practitioner_id, chair_id, starts_at,
          ends_at, duration, expires_at, created_at, group_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12)
        """,
        hold.id,
        hold.account_id,
        hold.patient_id,
        hold.triage_id,
        hold.practitioner_id,
        hold.chair_id,
        hold.starts_at,
        hold.ends_at,
        db.json_text(hold.duration),
        hold.expires_at,
        now,
        hold.group_id,
    )


async def held_by_others(account_id: UUID, patient_ids: Collection[UUID]) -> tuple[datetime, UUID] | None:
    """Until when another account holds a place for one of these people, and its chair; None when none does.

    Locks the people until the transaction ends: whoever holds for one of them waits for the one before.
    """
    await db.execute(
        "select 1 from patient where id = any($1) order by id for no key update", list(patient_ids)
    )
    row = await db.fetch_row(
        "select expires_at, chair_id from hold where patient_id = any($2) and account_id <> $1 "
        "and expires_at > business_now() order by expires_at desc limit 1",
        account_id,
        list(patient_ids),
    )
    return (row["expires_at"], row["chair_id"]) if row else None


async def holds_of_group(account_id: UUID, group_id: UUID) -> list[HeldSlot]:
    """What the account holds for a group now, by start."""
    rows = await db.fetch(
        f"select {_COLUMNS} from hold h where h.group_id = $2 and h.account_id = $1 "
        "and h.expires_at > business_now() order by h.starts_at, h.id",
        account_id,
        group_id,
    )
    return [_hold(row) for row in rows]


async def expire(hold_id: UUID) -> None:
    """End a hold early, because another place was chosen. The row stays, so that its page can say so."""
    await db.execute("update hold set expires_at = least(expires_at, business_now()) where id = $1", hold_id)


async def remove(hold_id: UUID) -> None:
    """Forget a hold whose spans are gone or have become an appointment's."""
    await db.execute("delete from hold where id = $1", hold_id)


async def expired_holds(limit: int) -> list[UUID]:
    """Holds that expired over an hour ago and that nobody's booking has swept away, oldest first."""
    rows = await db.fetch(
        "select id from hold where expires_at < business_now() - interval '1 hour' "
        "order by expires_at limit $1",
        limit,
    )
    return [row["id"] for row in rows]


def _hold(row: Any) -> HeldSlot:
    duration = msgspec.json.decode(row["duration"], type=Duration)
    return msgspec.convert({**row, "duration": duration}, HeldSlot)
