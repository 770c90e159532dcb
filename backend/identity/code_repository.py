"""One-time codes. Limits are counted here, over the codes themselves, so they need no other server: they
hold when Valkey is away, and they cannot disagree with what was really sent."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.identity.model import Code
from backend.kit import db

_CODE = "id, email, purpose, locale, account_id, sign_up, tries"


async def lock_asker(client_digest: bytes, email: str) -> None:
    """One asking at a time for a network address and for an e-mail address, so that the limits are exact.

    Always in this order, so that two askers never wait for each other.
    """
    await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 1))", client_digest.hex())
    await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 2))", email)


async def asked_since(client_digest: bytes, email: str, since: datetime) -> tuple[int, int]:
    """How many codes were asked for since then: from this network address, for this e-mail address."""
    row = await db.fetch_row(
        "select (select count(*) from sign_in_code where client_digest = $1 and created_at > $3) as client,"
        " (select count(*) from sign_in_code where email = $2 and created_at > $3) as address",
        client_digest,
        email,
        since,
    )
    assert row is not None
    return row["client"], row["address"]


async def forget_old(now: datetime) -> int:
    """Delete requests for a code that are a day old; how many."""
    return await db.execute(
        "delete from sign_in_code where created_at < $1::timestamptz - interval '1 day'", now
    )


async def add(code: Code, client_digest: bytes, now: datetime, expires_at: datetime) -> None:
    """Store a request for a code, and drop those that are a day old."""
    await forget_old(now)
    await db.execute(
        "insert into sign_in_code (id, email, purpose, locale, account_id, sign_up, client_digest, tries,"
        " created_at, expires_at) values ($1, $2, $3, $4, $5, $6::jsonb, $7, 0, $8, $9)",
        code.id,
        code.email,
        code.purpose,
        code.locale,
        code.account_id,
        db.json_text(code.sign_up) if code.sign_up else None,
        client_digest,
        now,
        expires_at,
    )


async def open_code(code_id: UUID, now: datetime) -> Code | None:
    """A code that could still be entered."""
    row = await db.fetch_row(
        f"select {_CODE} from sign_in_code where id = $1 and used_at is null and expires_at > $2",
        code_id,
        now,
    )
    return _code(row)


async def count_try(code_id: UUID, now: datetime, most: int) -> Code | None:
    """Spend one try and give the code; None where no try is left. `tries` counts this one."""
    row = await db.fetch_row(
        "update sign_in_code set tries = tries + 1"
        " where id = $1 and used_at is null and expires_at > $2 and tries < $3"
        f" returning {_CODE}",
        code_id,
        now,
        most,
    )
    return _code(row)


async def use(code_id: UUID, now: datetime) -> bool:
    """Use a code up, and forget what was typed with it; True for one taker only."""
    used = await db.execute(
        "update sign_in_code set used_at = $2, sign_up = null where id = $1 and used_at is null", code_id, now
    )
    return used == 1


async def address_of(code_id: UUID) -> tuple[str, str] | None:
    """Where a code goes, and in which language."""
    row = await db.fetch_row("select email, locale from sign_in_code where id = $1", code_id)
    return (row["email"], row["locale"]) if row else None


def _code(row: object) -> Code | None:
    if row is None:
        return None
    values = dict(row)  # type: ignore[call-overload]
    if values["sign_up"] is not None:
        values["sign_up"] = msgspec.json.decode(values["sign_up"])
    return db.to_struct(Code, values)
