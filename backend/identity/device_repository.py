"""Where a person can be reached: e-mail, and the browsers that receive pushes.

This module is the address book that the worker lends to `messaging` (see its `AddressBook`).
"""

from datetime import datetime
from uuid import UUID

from backend.identity import code_repository
from backend.identity.model import PushDevice, SubscribePush
from backend.kit import db
from backend.kit.ids import new_id
from backend.messaging.model import Addresses, Device


async def addresses(account_id: UUID) -> Addresses | None:
    """A person's addresses; None when the account is closed.

    A one-time code is addressed to itself (its delivery carries the code's id): it goes where it was asked
    for, which may be an address that no account has yet.
    """
    row = await db.fetch_row(
        "select locale, email, wants_email, wants_push from account where id = $1 and closed_at is null",
        account_id,
    )
    if row is None:
        return await _address_of_code(account_id)
    devices = await db.fetch(
        "select id, endpoint, p256dh, auth from push_subscription"
        " where account_id = $1 and closed_at is null order by id desc",
        account_id,
    )
    return Addresses(
        locale=row["locale"],
        email=row["email"],
        wants_email=row["wants_email"],
        devices=tuple(db.to_structs(Device, devices)),
        wants_push=row["wants_push"],
    )


async def close_device(device_id: UUID) -> None:
    """Its push service says that this subscription is gone for good."""
    await db.execute(
        "update push_subscription set closed_at = now() where id = $1 and closed_at is null", device_id
    )


async def _address_of_code(code_id: UUID) -> Addresses | None:
    found = await code_repository.address_of(code_id)
    if found is None:
        return None
    email, locale = found
    return Addresses(locale=locale, email=email, wants_email=True, devices=(), wants_push=False)


async def add(account_id: UUID, session_id: UUID, wanted: SubscribePush, device: str, now: datetime) -> UUID:
    """Store a subscription. One that is known changes hands: the browser is now this person's."""
    device_id: UUID = await db.fetch_value(
        """
        insert into push_subscription (id, account_id, session_id, endpoint, p256dh, auth, device, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (endpoint) do update set account_id = excluded.account_id,
          session_id = excluded.session_id, p256dh = excluded.p256dh, auth = excluded.auth,
          device = excluded.device, closed_at = null
        returning id
        """,
        new_id(),
        account_id,
        session_id,
        wanted.endpoint,
        wanted.p256dh,
        wanted.auth,
        device,
        now,
    )
    return device_id


async def hand_over(old_session_id: UUID, session_id: UUID) -> None:
    """The same browser has a new session: its subscription stays open under that one."""
    await db.execute(
        "update push_subscription set session_id = $2 where session_id = $1 and closed_at is null",
        old_session_id,
        session_id,
    )


async def close_by_endpoint(account_id: UUID, endpoint: str, now: datetime) -> UUID | None:
    """Close the viewer's own subscription of that endpoint; its id, or None where there is none open."""
    found: UUID | None = await db.fetch_value(
        "update push_subscription set closed_at = $3"
        " where account_id = $1 and endpoint = $2 and closed_at is null returning id",
        account_id,
        endpoint,
        now,
    )
    return found


async def close(account_id: UUID, device_id: UUID, now: datetime) -> bool:
    """Close one of the viewer's own subscriptions; False where there is none open of that id."""
    closed = await db.execute(
        "update push_subscription set closed_at = $3 where account_id = $1 and id = $2 and closed_at is null",
        account_id,
        device_id,
        now,
    )
    return closed == 1


async def devices_of(account_id: UUID) -> list[PushDevice]:
    """The browsers that receive an account's pushes, the newest first."""
    rows = await db.fetch(
        "select id, device, created_at from push_subscription"
        " where account_id = $1 and closed_at is null order by created_at desc",
        account_id,
    )
    return db.to_structs(PushDevice, rows)


async def forget_closed(closed_before: datetime) -> int:
    """Delete subscriptions that were closed before that moment; how many."""
    return await db.execute("delete from push_subscription where closed_at < $1", closed_before)
