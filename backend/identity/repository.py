"""Accounts and sessions: who is behind a token, what an account looks like to its owner."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.identity import rules
from backend.identity.model import Account, Role, SessionLine, Viewer
from backend.kit import db
from backend.kit.ids import digest


class _Found(msgspec.Struct, frozen=True):
    account_id: UUID
    session_id: UUID
    strong: bool
    given_name: str
    locale: str
    role: Role | None
    practitioner_id: UUID | None
    created_at: datetime
    last_seen_at: datetime


_VIEWER = """
select s.account_id, s.id as session_id, s.strong, a.given_name, a.locale, m.role, m.practitioner_id,
       s.created_at, s.last_seen_at
from session s
join account a on a.id = s.account_id and a.closed_at is null
left join staff_member m on m.account_id = a.id and (m.until is null or m.until > $2)
where s.token_digest = $1 and s.ended_at is null and s.expires_at > $2
"""


async def viewer_by_token(token: str, now: datetime) -> Viewer | None:
    """Who holds this token, `now` being machine time; None where the session is over or never was."""
    row = await db.fetch_row(_VIEWER, digest(token), now)
    if row is None:
        return None
    found = db.to_struct(_Found, row)
    if not rules.is_open(found.role, found.created_at, found.last_seen_at, now):
        return None
    if now - found.last_seen_at > rules.SEEN_EVERY:
        await db.execute("update session set last_seen_at = $2 where id = $1", found.session_id, now)
    return Viewer(
        account_id=found.account_id,
        session_id=found.session_id,
        strong=found.strong,
        given_name=found.given_name,
        locale=found.locale,
        role=found.role,
        practitioner_id=found.practitioner_id,
        signed_in_at=found.created_at,
    )


async def role_of(account_id: UUID, now: datetime) -> Role | None:
    """The role that an account has at the practice at this moment."""
    role = await db.fetch_value(
        "select role from staff_member where account_id = $1 and (until is null or until > $2)",
        account_id,
        now,
    )
    return Role(role) if role else None


async def add_session(
    session_id: UUID,
    token: str,
    account_id: UUID,
    *,
    strong: bool,
    device: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Store a session."""
    await db.execute(
        "insert into session (id, token_digest, account_id, strong, device, created_at, last_seen_at,"
        " expires_at) values ($1, $2, $3, $4, $5, $6, $6, $7)",
        session_id,
        digest(token),
        account_id,
        strong,
        device,
        now,
        expires_at,
    )


async def end_session(account_id: UUID, session_id: UUID, now: datetime) -> bool:
    """End one session of an account and close what it receives; False where it was over already."""
    ended = await db.execute(
        "update session set ended_at = $3 where account_id = $1 and id = $2 and ended_at is null",
        account_id,
        session_id,
        now,
    )
    await db.execute(
        "update push_subscription set closed_at = $3"
        " where account_id = $1 and session_id = $2 and closed_at is null",
        account_id,
        session_id,
        now,
    )
    return ended == 1


async def open_sessions(account_id: UUID, now: datetime) -> list[SessionLine]:
    """The browsers where an account is signed in, the latest first."""
    rows = await db.fetch(
        "select id, device, strong, created_at, last_seen_at from session"
        " where account_id = $1 and ended_at is null and expires_at > $2 order by last_seen_at desc",
        account_id,
        now,
    )
    role = await role_of(account_id, now)
    lines = db.to_structs(SessionLine, rows)
    return [line for line in lines if rules.is_open(role, line.created_at, line.last_seen_at, now)]


async def account(account_id: UUID) -> Account:
    """An account as its owner sees it."""
    row = await db.fetch_row(
        "select id, given_name, family_name, email, phone, locale, wants_push, wants_email"
        " from account where id = $1",
        account_id,
    )
    return db.to_struct(Account, row)
