"""Passkeys and the challenges that they answer."""

from datetime import datetime
from uuid import UUID

from backend.identity.model import Credential, NewCredential, PasskeyLine
from backend.kit import db
from backend.kit.ids import new_id


async def forget_over(now: datetime) -> int:
    """Delete challenges that nobody answered in time; how many."""
    return await db.execute("delete from passkey_challenge where expires_at <= $1", now)


async def add_challenge(
    challenge: bytes, purpose: str, account_id: UUID | None, now: datetime, expires_at: datetime
) -> None:
    """Store a challenge, and drop those that nobody answered in time."""
    await forget_over(now)
    await db.execute(
        "insert into passkey_challenge (id, challenge, purpose, account_id, expires_at)"
        " values ($1, $2, $3, $4, $5)",
        new_id(),
        challenge,
        purpose,
        account_id,
        expires_at,
    )


async def take_challenge(challenge: bytes, purpose: str, account_id: UUID | None, now: datetime) -> bool:
    """Take a challenge away; True for one taker only, however many answer it at once.

    It must have been given for this purpose, and on registration to this account.
    """
    taken = await db.execute(
        "delete from passkey_challenge where challenge = $1 and purpose = $2 and expires_at > $4"
        " and account_id is not distinct from $3",
        challenge,
        purpose,
        account_id,
        now,
    )
    return taken == 1


async def credential_ids(account_id: UUID) -> list[bytes]:
    """The credential ids of an account, frozen ones too: a device makes no second key."""
    rows = await db.fetch("select credential_id from passkey where account_id = $1", account_id)
    return [bytes(row["credential_id"]) for row in rows]


async def add_passkey(
    passkey_id: UUID, account_id: UUID, made: NewCredential, name: str, now: datetime
) -> bool:
    """Store a passkey; False when that credential is known already."""
    added = await db.execute(
        """
        insert into passkey (id, account_id, credential_id, public_key, sign_count, backed_up, name,
                             created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (credential_id) do nothing
        """,
        passkey_id,
        account_id,
        made.credential_id,
        made.public_key,
        made.sign_count,
        made.backed_up,
        name,
        now,
    )
    return added == 1


async def lock_credential(credential_id: bytes) -> Credential | None:
    """The passkey of that credential id, held until the transaction ends, so that its count is exact."""
    row = await db.fetch_row(
        "select p.id, p.account_id, p.public_key, p.sign_count, p.frozen_at"
        " from passkey p join account a on a.id = p.account_id"
        " where p.credential_id = $1 and a.closed_at is null for no key update of p",
        credential_id,
    )
    return db.to_struct(Credential, row) if row else None


async def mark_used(passkey_id: UUID, sign_count: int, backed_up: bool, now: datetime) -> None:
    """Note a sign-in and its count."""
    await db.execute(
        "update passkey set sign_count = $2, backed_up = $3, last_used_at = $4 where id = $1",
        passkey_id,
        sign_count,
        backed_up,
        now,
    )


async def freeze(passkey_id: UUID, now: datetime) -> None:
    """This passkey opens nothing any more; the account's others do."""
    await db.execute("update passkey set frozen_at = $2 where id = $1 and frozen_at is null", passkey_id, now)


async def passkeys_of(account_id: UUID) -> list[PasskeyLine]:
    """An account's passkeys, the oldest first."""
    rows = await db.fetch(
        "select id, name, created_at, last_used_at, frozen_at from passkey where account_id = $1 order by id",
        account_id,
    )
    return db.to_structs(PasskeyLine, rows)


async def lock_passkeys(account_id: UUID) -> list[UUID]:
    """The passkeys of an account that still open it, held until the transaction ends."""
    rows = await db.fetch(
        "select id from passkey where account_id = $1 and frozen_at is null order by id for update",
        account_id,
    )
    return [row["id"] for row in rows]


async def rename(account_id: UUID, passkey_id: UUID, name: str) -> bool:
    """Give a passkey another name; False when the account has no such passkey."""
    changed = await db.execute(
        "update passkey set name = $3 where account_id = $1 and id = $2", account_id, passkey_id, name
    )
    return changed == 1


async def remove(account_id: UUID, passkey_id: UUID) -> bool:
    """Forget a passkey; False when the account has no such passkey."""
    removed = await db.execute(
        "delete from passkey where account_id = $1 and id = $2", account_id, passkey_id
    )
    return removed == 1
