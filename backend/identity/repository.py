"""Accounts and sessions: who is behind a token, what an account looks like to its owner."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit.model import Reading
from backend.audit.record import read_noted_by
from backend.identity import rules
from backend.identity.model import Account, Channels, Details, Role, SessionLine, Viewer
from backend.kit import db
from backend.kit.ids import digest
from backend.kit.parts import Part

_ACCOUNT = """
select id, given_name, family_name, email, phone, locale, wants_push, wants_email from account"""


_VIEWER = """
select s.account_id, s.id as session_id, s.strong, a.given_name, a.locale, m.role, m.practitioner_id,
       s.created_at, s.last_seen_at
from session s
join account a on a.id = s.account_id and a.closed_at is null
left join staff_member m on m.account_id = a.id and (m.until is null or m.until > $2)
where s.token_digest = $1 and s.ended_at is null and s.expires_at > $2
  and s.created_at > case when m.role is null then $3::timestamptz else $5 end
  and s.last_seen_at > case when m.role is null then $4::timestamptz else $6 end
"""


async def viewer_by_token(token: str, now: datetime) -> Viewer | None:
    """Who holds this token, `now` being machine time; None where the session is over or never was."""
    asking = _asking(token, now)
    row = await db.look(asking.sql, *asking.values)
    return await _seen(row, now) if row else None


async def viewer_beside(token: str, now: datetime, reading: Reading) -> tuple[Viewer | None, Any]:
    """The same, and in the same trip what they may read of something, noted as read by them.

    `reading` finds its row beside a row `who` with `account_id`, `session_id` and `strong`. Where it finds
    none, the columns of the row are null; without a session there is no row.
    """
    row = await read_noted_by(_asking(token, now), reading)
    return (await _seen(row, now), row) if row else (None, None)


def _asking(token: str, now: datetime) -> Part:
    return Part(_VIEWER, (digest(token), now, *rules.counting(now)))


async def _seen(row: Any, now: datetime) -> Viewer:
    if now - row["last_seen_at"] > rules.SEEN_EVERY:
        await db.execute("update session set last_seen_at = $2 where id = $1", row["session_id"], now)
    return Viewer(
        account_id=row["account_id"],
        session_id=row["session_id"],
        strong=row["strong"],
        given_name=row["given_name"],
        locale=row["locale"],
        role=Role(row["role"]) if row["role"] else None,
        practitioner_id=row["practitioner_id"],
        signed_in_at=row["created_at"],
    )


async def is_still_staff(session_id: UUID, now: datetime) -> bool:
    """Whether a session is open and its person works here. Looking does not keep the session alive."""
    row = await db.fetch_row(
        """
        select m.role, s.created_at, s.last_seen_at from session s
        join account a on a.id = s.account_id and a.closed_at is null
        join staff_member m on m.account_id = a.id and (m.until is null or m.until > $2)
        where s.id = $1 and s.strong and s.ended_at is null and s.expires_at > $2
        """,
        session_id,
        now,
    )
    if row is None:
        return False
    return rules.is_open(Role(row["role"]), row["created_at"], row["last_seen_at"], now)


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
    return db.to_struct(Account, await db.fetch_row(f"{_ACCOUNT} where id = $1", account_id))


async def account_by_email(email: str) -> Account | None:
    """The open account of an address (lower case)."""
    row = await db.fetch_row(f"{_ACCOUNT} where email = $1 and closed_at is null", email)
    return db.to_struct(Account, row) if row else None


async def add_account(account: Account, channels: Channels | None, now: datetime, *, confirmed: bool) -> bool:
    """Store an account; False when its address has one already. `confirmed`: the address was proven."""
    added = await db.execute(
        """
        insert into account (id, given_name, family_name, email, email_confirmed_at, phone, locale,
                             wants_push, wants_email, contact_text_version, contact_chosen_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (email) do nothing
        """,
        account.id,
        account.given_name,
        account.family_name,
        account.email,
        now if confirmed else None,
        account.phone,
        account.locale,
        account.wants_push,
        account.wants_email,
        channels.text_version if channels else None,
        now if channels else None,
        now,
    )
    return added == 1


async def lock_account(account_id: UUID) -> None:
    """Hold off other changes of the account until the transaction ends."""
    await db.execute("select 1 from account where id = $1 for no key update", account_id)


async def confirm_email(account_id: UUID, now: datetime) -> None:
    """The address was proven by a code."""
    await db.execute(
        "update account set email_confirmed_at = $2 where id = $1 and email_confirmed_at is null",
        account_id,
        now,
    )


async def change_email(account_id: UUID, email: str, now: datetime) -> bool:
    """Give an account a proven address; False when another account has it."""
    changed = await db.execute(
        "update account set email = $2, email_confirmed_at = $3 where id = $1"
        " and not exists (select 1 from account other where other.email = $2 and other.id <> $1)",
        account_id,
        email,
        now,
    )
    return changed == 1


async def change_details(account_id: UUID, details: Details) -> None:
    """Store name and phone."""
    await db.execute(
        "update account set given_name = $2, family_name = $3, phone = $4 where id = $1",
        account_id,
        details.given_name,
        details.family_name,
        details.phone,
    )


async def change_channels(account_id: UUID, channels: Channels, now: datetime) -> None:
    """Store the choice of channels, with the text that it answered."""
    await db.execute(
        "update account set wants_push = $2, wants_email = $3, contact_text_version = $4,"
        " contact_chosen_at = $5 where id = $1",
        account_id,
        channels.wants_push,
        channels.wants_email,
        channels.text_version,
        now,
    )


async def add_staff_member(account_id: UUID, role: Role, now: datetime) -> None:
    """Give an account a role at the practice."""
    await db.execute(
        "insert into staff_member (account_id, role, since) values ($1, $2, $3)", account_id, role, now
    )


async def add_invitation(
    invitation_id: UUID, token: str, role: Role, now: datetime, expires_at: datetime
) -> None:
    """Store an invitation by the digest of its token."""
    await db.execute(
        "insert into invitation (id, token_digest, role, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        invitation_id,
        digest(token),
        role,
        now,
        expires_at,
    )


async def invitation_role(token: str, now: datetime) -> Role | None:
    """The role that a token would give; reading it changes nothing, since mail programs open links."""
    role = await db.fetch_value(
        "select role from invitation where token_digest = $1 and used_at is null and expires_at > $2",
        digest(token),
        now,
    )
    return Role(role) if role else None


async def use_invitation(token: str, now: datetime) -> Role | None:
    """Use a token up; this one UPDATE decides who of two was first."""
    role = await db.fetch_value(
        "update invitation set used_at = $2"
        " where token_digest = $1 and used_at is null and expires_at > $2 returning role",
        digest(token),
        now,
    )
    return Role(role) if role else None


async def forget_sessions(ended_before: datetime) -> int:
    """Delete sessions that ended, or ran out, before that moment; how many."""
    return await db.execute("delete from session where coalesce(ended_at, expires_at) < $1", ended_before)
