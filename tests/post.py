"""A post office for tests: the worker's own postman, and the peers as the outside world."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from py_vapid import Vapid02

from backend.demo.peers.messages import Message
from backend.demo.peers.server import Peers
from backend.identity import device_repository
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.settings import settings
from backend.messaging import actions
from backend.messaging.channels.email import EmailChannel
from backend.messaging.channels.push import open_push_channel
from backend.messaging.jobs import Postman
from backend.messaging.model import Check
from backend.messaging.render import catalogue
from tests.peers import running_peers


def vapid_point() -> bytes:
    """The public half of the tests' VAPID key, as browsers take it."""
    numbers = Vapid02.from_string(settings().vapid_private_key).public_key.public_numbers()
    return b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


class Post:
    """`await post.send_due()` sends; `post.peers` receives."""

    def __init__(self, peers: Peers, postman: Postman, owner: Any) -> None:
        self.peers, self.postman, self._owner = peers, postman, owner

    async def subscribe(self, name: str, account_id: UUID) -> UUID:
        """A new device of an account, with the peer's subscription of that name; the newest so far."""
        subscription = self.peers.subscription(name, vapid_point())
        device_id: UUID = await self._owner.fetchval(
            "insert into push_subscription (id, account_id, endpoint, p256dh, auth, device, created_at) "
            "values ($1, $2, $3, $4, $5, 'Test', now()) returning id",
            UUID(int=1 + await self._owner.fetchval("select count(*) from push_subscription")),
            account_id,
            *(subscription.endpoint, subscription.p256dh, subscription.auth),
        )
        return device_id

    async def send_due(self) -> list[Message]:
        """Send until nothing is due; everything that the peers have received."""
        while await self.postman.send_due() or await self._is_soon():
            pass
        return self.peers.messages.all()

    async def _is_soon(self) -> bool:
        """Whether something waits for another message to have left; it need wait no longer."""
        hastened = await self._owner.execute(
            "update delivery set available_at = null "
            "where state = 'planned' and available_at < now() + interval '1 second' "
            "and not exists (select from delivery_receipt r where r.delivery_id = delivery.id)"
        )
        return str(hastened) != "UPDATE 0"


@asynccontextmanager
async def open_post(folder: Path, checks: Mapping[str, Check], owner: Any) -> AsyncIterator[Post]:
    """Peers, and a postman with these checks that reaches them. `owner` is the database's owner."""
    ours = settings()
    async with (
        running_peers(folder) as peers,
        open_push_channel(ours.vapid_private_key, ours.vapid_subject, peers.url) as push,
    ):
        email = EmailChannel(peers.smtp_url, ours.mail_from, ours.host)
        postman = Postman(checks, device_repository, catalogue(), push, email, ours.public_url)
        await owner.execute("delete from push_subscription")
        yield Post(peers, postman, owner)


async def owe(account_id: UUID, kind: str = "appointment_reminder", **more: Any) -> UUID:
    """A delivery that is due now; its id."""
    now = await business_now()
    values: dict[str, Any] = {
        "occasion": "J-2",
        "subject_id": uuid4(),
        "subject_version": 1,
        "due_at": now,
        "useless_after": now + timedelta(days=2),
        **more,
    }
    async with db.transaction():
        await actions.owe(kind=kind, account_id=account_id, **values)
    found: UUID = await db.fetch_value("select id from delivery where subject_id = $1", values["subject_id"])
    return found


async def lines(delivery_id: UUID) -> list[tuple[str, str, str]]:
    """The receipts of a delivery: channel, outcome, detail."""
    rows = await db.fetch(
        "select channel, outcome, detail from delivery_receipt where delivery_id = $1 order by id",
        delivery_id,
    )
    return [(row["channel"], row["outcome"], row["detail"]) for row in rows]


async def state(delivery_id: UUID) -> tuple[str, str | None]:
    """What became of a delivery, and why."""
    row = await db.fetch_row("select state, reason from delivery where id = $1", delivery_id)
    assert row is not None
    return row["state"], row["reason"]


async def hasten() -> None:
    """Let every wait of machine time be over: back-off, Retry-After, leases."""
    await db.execute("update delivery set available_at = null, lease_until = null where state = 'planned'")


async def until(is_so: Callable[[], Awaitable[bool]], within: float = 60) -> None:
    """Wait for what another process writes into the database; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not await is_so():
            await asyncio.sleep(0.05)


def tomorrow_noon(now: datetime) -> datetime:
    """An hour at which a message may make a sound, in any zone of ours."""
    return (now + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)
