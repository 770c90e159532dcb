"""Sending what is due: claim, ask whether it is still true, call the channel, write down the answer.

No transaction is open while a channel is called. Before the call the row says which channel is being asked:
a worker that dies then leaves a trace, and the next try is known to be, perhaps, a repeat.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import msgspec

from backend.kit import db
from backend.kit.calendar_file import calendar_file
from backend.kit.clock import business_now
from backend.kit.log import log
from backend.kit.waits import back_off
from backend.messaging import repository, rules
from backend.messaging.channels.email import EmailChannel
from backend.messaging.channels.push import PushChannel
from backend.messaging.model import (
    AddressBook,
    Addresses,
    Channel,
    Check,
    Delivery,
    Device,
    Drop,
    Letter,
    Outcome,
    PushMessage,
    Receipt,
    Result,
    Send,
    State,
    Verdict,
    Wait,
)
from backend.messaging.render import Catalogue, Filled

BATCH = 32
"""Small, because what a dead worker had claimed waits for the end of its lease."""

AT_ONCE = 16
SOON = 1.0
LONGEST_CALL = 15.0
"""Seconds; less than the lease, so that nobody takes up what is still being sent."""

KEPT_DAYS = 365
FORGOTTEN_AT_ONCE = 1000


class Attempt(msgspec.Struct, frozen=True):
    """A message on its way by one channel; `content` fits the channel."""

    delivery: Delivery
    choice: rules.Choice
    content: PushMessage | Letter
    reference: str


class Postman:
    """Everything that sending needs; made once by the worker."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        address_book: AddressBook,
        catalogue: Catalogue,
        push: PushChannel,
        email: EmailChannel,
        public_url: str,
    ) -> None:
        """`checks` has one check for every kind that is ever owed."""
        if unchecked := set(catalogue.kinds) - set(checks):
            raise ValueError(f"nobody checks {', '.join(sorted(unchecked))} before it is sent")
        self._checks, self._book, self._catalogue = checks, address_book, catalogue
        self._push, self._email, self._public_url = push, email, public_url
        self._room = asyncio.Semaphore(AT_ONCE)
        self._stopping = False

    async def send_due(self) -> int:
        """Send what is due now, one batch; the number of deliveries taken up, whatever became of them."""
        claimed = await repository.claim_due(await business_now(), BATCH)
        ends = await asyncio.gather(*map(self._deliver, claimed), return_exceptions=True)
        for error in ends:
            # Only once all have ended: a message on its way is not torn off for another's sake.
            if error is not None:
                raise error
        return len(claimed)

    def stop(self) -> None:
        """Finish what is on its way and give the rest of the batch back."""
        self._stopping = True

    async def _deliver(self, delivery: Delivery) -> None:
        async with self._room:
            if self._stopping:
                await repository.put_back(delivery, 0)
                return
            try:
                await self._try_channels(delivery)
            except Exception as error:
                log.error(
                    "delivery failed",
                    kind=delivery.kind,
                    delivery_id=str(delivery.id),
                    attempts=delivery.attempts,
                    exc=error,
                )
                await repository.put_back(delivery, back_off(delivery.attempts))

    async def _try_channels(self, delivery: Delivery) -> None:
        """Ask one channel after the other until one takes it, or asks to wait, or none is left."""
        if delivery.interrupted:
            lost = Outcome(result=Result.UNANSWERED, detail="worker died")
            reference = self._reference(delivery, delivery.interrupted)
            await repository.add_receipt(delivery.id, delivery.interrupted, reference, lost)
        while (attempt := await self._prepare(delivery)) is not None:
            outcome = await self._call(attempt)
            if not await self._conclude(attempt, outcome):
                return

    async def _prepare(self, delivery: Delivery) -> Attempt | None:
        """Decide what leaves and how, and mark it as leaving; None when nothing is to leave now."""
        async with db.transaction():
            await repository.lock_account(delivery.account_id)
            now = await business_now()
            if now >= delivery.useless_after:
                await repository.close(delivery, State.DROPPED, "too_late")
                return None
            addresses = await self._book.addresses(delivery.account_id)
            if addresses is None:
                await repository.close(delivery, State.DROPPED, "no_account")
                return None
            verdict = await self._ask(delivery, addresses.locale, now)
            if verdict is None:
                await repository.put_back(delivery, SOON)
                return None
            if isinstance(verdict, Wait):
                await repository.postpone(delivery, verdict.until)
                return None
            if isinstance(verdict, Drop):
                await repository.close(delivery, State.DROPPED, verdict.reason)
                return None
            return await self._address(delivery, addresses, verdict, now)

    async def _ask(self, delivery: Delivery, locale: str, now: datetime) -> Verdict | None:
        """The check's verdict, then what holds for every kind: quiet hours and the cap.

        None while that hangs on a message that is leaving for the same person at this moment.
        """
        verdict = await self._checks[delivery.kind](delivery, locale, now)
        kind = self._catalogue.kinds[delivery.kind]
        if not isinstance(verdict, Send):
            return verdict
        if kind.quiet and (morning := rules.quiet_until(now, verdict.zone)):
            return Wait(morning)
        if kind.yields:
            counted = [name for name, other in self._catalogue.kinds.items() if other.counts]
            since = now - rules.CAP_SPAN
            sent, leaving = await repository.reached_since(delivery.account_id, counted, since)
            if rules.over_cap(sent):
                return Drop("cap")
            if rules.over_cap(sent + leaving):
                return None
        return verdict

    async def _address(
        self, delivery: Delivery, addresses: Addresses, send: Send, now: datetime
    ) -> Attempt | None:
        tried = await repository.receipts(delivery.id)
        if rules.given_up(tried):
            await repository.close(delivery, State.UNKNOWN, "answers_lost")
            return None
        choice = rules.choose(self._catalogue.kinds[delivery.kind].channels, addresses, tried)
        if choice is None:
            await repository.close(delivery, State.UNREACHABLE, _why_unreachable(tried))
            return None
        attempt = self._write(delivery, addresses, send, choice, now)
        return attempt if await repository.begin(delivery, choice.channel) else None

    def _write(
        self, delivery: Delivery, addresses: Addresses, send: Send, choice: rules.Choice, now: datetime
    ) -> Attempt:
        """The message in the words and the form of its channel."""
        url = self._public_url + send.link
        filled = self._catalogue.fill(delivery.kind, addresses.locale, {**send.values, "link": url})
        if choice.channel is Channel.PUSH:
            seconds = int((delivery.useless_after - now).total_seconds())
            content: PushMessage | Letter = _push_of(delivery, addresses.locale, filled, url, seconds)
        else:
            assert addresses.email
            content = Letter(
                delivery_id=delivery.id,
                to=addresses.email,
                subject=filled["subject"],
                text=filled["email"],
                calendar=calendar_file(*send.entries) if send.entries else None,
            )
        return Attempt(delivery, choice, content, self._reference(delivery, choice.channel))

    def _reference(self, delivery: Delivery, channel: Channel) -> str:
        """What the supplier knows the message by; the same at every try."""
        if channel is Channel.PUSH:
            return rules.topic(delivery.id)
        return self._email.message_id(delivery.id)

    async def _call(self, attempt: Attempt) -> Outcome:
        assert not db.in_transaction(), "a channel is called with a transaction open"
        try:
            async with asyncio.timeout(LONGEST_CALL):
                if isinstance(attempt.content, Letter):
                    return await self._email.send(attempt.content)
                assert attempt.choice.device
                return await self._push.send(attempt.content, attempt.choice.device)
        except TimeoutError:
            return Outcome(result=Result.UNANSWERED, detail="too slow")

    async def _conclude(self, attempt: Attempt, outcome: Outcome) -> bool:
        """Write the answer down; True when another channel or device should be asked at once."""
        delivery, channel, device = attempt.delivery, attempt.choice.channel, attempt.choice.device
        async with db.transaction():
            await repository.add_receipt(delivery.id, channel, attempt.reference, outcome)
            if outcome.result is Result.SENT:
                await repository.mark_sent(delivery.id, channel, await business_now())
                return False
            if outcome.result is Result.NEVER:
                await self._never(delivery, channel, device, outcome)
                await repository.rest(delivery)
                return True
            wait = back_off(delivery.attempts)
            await repository.put_back(delivery, max(wait, outcome.retry_after or 0))
            return False

    async def _never(
        self, delivery: Delivery, channel: Channel, device: Device | None, outcome: Outcome
    ) -> None:
        if outcome.address_gone and device:
            await self._book.close_device(device.id)
        if not outcome.address_gone:
            # Neither the person nor their phone is at fault: our key, our payload, our settings.
            log.error(
                "channel refused us",
                channel=channel,
                status=outcome.detail,
                kind=delivery.kind,
                delivery_id=str(delivery.id),
            )


def _push_of(delivery: Delivery, locale: str, filled: Filled, url: str, seconds: int) -> PushMessage:
    return PushMessage(
        delivery_id=delivery.id,
        locale=locale,
        title=filled["title"],
        body=filled["body"],
        url=url,
        seconds=seconds,
    )


def _why_unreachable(tried: list[Receipt]) -> str:
    refused = any(receipt.outcome is Result.NEVER for receipt in tried)
    return "refused" if refused else "no_channel"


async def forget_messages() -> int:
    """That somebody was told is forgotten a year later; how many messages those were."""
    async with db.transaction():
        return await repository.forget(KEPT_DAYS, FORGOTTEN_AT_ONCE)
