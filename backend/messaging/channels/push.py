"""Web push (RFC 8030, 8291, 8292): the only file that knows pywebpush.

The payload has the declarative form, which Safari shows without a service worker and our service worker
reads everywhere else. `Topic` and `tag` are the same at every try, so a repeat replaces the first.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from time import monotonic
from urllib.parse import urlsplit

import aiohttp
import msgspec
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush_async

from backend.kit.clock import machine_now
from backend.messaging.endpoints import PublicResolver, is_push_service
from backend.messaging.model import Device, Outcome, PushMessage, Result
from backend.messaging.rules import GONE, topic

TIMEOUT = 10.0
LARGEST = 3000
"""Bytes of payload that every push service takes once encrypted, with room to spare."""

LONGEST_TTL = 28 * 24 * 3600
"""Seconds; the push services keep a message no longer."""


class Notification(msgspec.Struct, omit_defaults=True):
    """What `shared/push/payload.schema.json` describes; `navigate` is a whole address."""

    title: str
    lang: str
    dir: str
    body: str
    navigate: str
    tag: str


def payload(message: PushMessage) -> str:
    """The text that is encrypted and sent."""
    shown = Notification(
        title=message.title,
        lang=message.locale,
        dir="ltr",
        body=message.body,
        navigate=message.url,
        tag=topic(message.delivery_id),
    )
    text = msgspec.json.encode({"web_push": 8030, "notification": shown})
    if len(text) > LARGEST:
        raise ValueError(f"a push of {len(text)} bytes")
    return text.decode()


class PushChannel:
    """One HTTP session for all pushes; `open_push_channel` makes it."""

    def __init__(
        self, session: aiohttp.ClientSession, private_key: str, subject: str, demo_peer: str | None
    ) -> None:
        self._session = session
        self._vapid = Vapid02.from_string(private_key)
        self._subject = subject
        self._demo_peer = demo_peer
        self._paused_until: dict[str, float] = {}

    async def send(self, message: PushMessage, device: Device) -> Outcome:
        """Ask the device's push service to deliver `message`."""
        if not is_push_service(device.endpoint, self._demo_peer):
            return Outcome(result=Result.NEVER, detail="not a push service")
        host = urlsplit(device.endpoint).netloc
        pause = self._paused_until.get(host, 0.0) - monotonic()
        if pause > 0:
            return Outcome(result=Result.LATER, detail="paused", retry_after=pause)
        outcome = await self._post(message, device)
        if outcome.retry_after:
            # The service speaks for itself, not for this one person.
            self._paused_until[host] = monotonic() + outcome.retry_after
        return outcome

    async def _post(self, message: PushMessage, device: Device) -> Outcome:
        text = payload(message)
        try:
            answer = await webpush_async(
                {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
                data=text,
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._subject},  # pywebpush writes into it: a new one each time
                timeout=TIMEOUT,
                ttl=max(60, min(message.seconds, LONGEST_TTL)),
                headers={"Topic": topic(message.delivery_id), "Urgency": "high"},
                aiohttp_session=self._session,
            )
        except WebPushException as refused:
            return _refusal(refused)
        except ValueError:
            return Outcome(result=Result.NEVER, detail="unusable keys")
        except aiohttp.ClientConnectorError as error:
            return Outcome(result=Result.LATER, detail=type(error).__name__)
        except (TimeoutError, aiohttp.ClientError) as error:
            return Outcome(result=Result.UNANSWERED, detail=type(error).__name__)
        assert isinstance(answer, aiohttp.ClientResponse)
        return Outcome(result=Result.SENT, detail=str(answer.status))


def _refusal(refused: WebPushException) -> Outcome:
    """What a status above 202 means for this message and this subscription."""
    status = refused.status_code
    if status is None:
        return Outcome(result=Result.NEVER, detail="unusable keys")
    if str(status) in GONE:
        return Outcome(result=Result.NEVER, detail=str(status), address_gone=True)
    if status == 429 or status >= 500:
        return Outcome(
            result=Result.LATER, detail=str(status), retry_after=seconds_to_wait(refused.retry_after)
        )
    return Outcome(result=Result.NEVER, detail=str(status))


def seconds_to_wait(header: str | None) -> float | None:
    """A Retry-After header, in seconds or as a date; None where it says nothing that can be read.

    >>> seconds_to_wait("120"), seconds_to_wait("soon"), seconds_to_wait(None)
    (120.0, None, None)
    """
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment - machine_now()).total_seconds()) if moment.tzinfo else None


@asynccontextmanager
async def open_push_channel(
    private_key: str, subject: str, demo_peer: str | None = None
) -> AsyncIterator[PushChannel]:
    """The channel, with its HTTP session open. `private_key` and `subject` are VAPID's."""
    logging.getLogger("pywebpush").setLevel(logging.CRITICAL)
    connector = aiohttp.TCPConnector(limit=64, resolver=PublicResolver())
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session:
        yield PushChannel(session, private_key, subject, demo_peer)
    await asyncio.sleep(0)  # lets the transports close before the loop ends
