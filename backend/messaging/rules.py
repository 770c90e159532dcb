"""Which channel, when not, how often at most, and what to do with a channel's answer."""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.messaging.model import Addresses, Channel, Device, Receipt, Result

CAP = 2
CAP_SPAN = timedelta(hours=48)
"""Never a third message to a person within this time."""

MORNING, EVENING = time(9, 0), time(20, 0)
"""The hours in which a message may make a sound: one planned for 19 h 30 may be a little late."""

PUSH_PATIENCE = 3
"""Tries without an answer, or with "later", before the person's other channel is taken."""

MOST_UNANSWERED = 6
"""Tries without an answer, over all channels, before the message counts as unknown."""

GONE = ("404", "410")


class Choice(msgspec.Struct, frozen=True):
    """The channel to try now, and the device where it is a push."""

    channel: Channel
    device: Device | None = None


def choose(channels: Iterable[Channel], addresses: Addresses, tried: Sequence[Receipt]) -> Choice | None:
    """The first channel of a kind's `channels` that the person has and wants, and that has not failed.

    A push goes to the newest device; one whose subscription is gone is no longer among the addresses.
    None when nothing is left to try.
    """
    usable = [
        choice
        for channel in channels
        if (choice := _to(channel, addresses)) is not None and not _refused(channel, tried)
    ]
    patient = [choice for choice in usable if _troubles(choice.channel, tried) < PUSH_PATIENCE]
    return next(iter(patient or usable), None)


def _to(channel: Channel, addresses: Addresses) -> Choice | None:
    if channel is Channel.EMAIL:
        return Choice(channel) if addresses.email and addresses.wants_email else None
    if addresses.devices and addresses.wants_push:
        return Choice(channel, addresses.devices[0])
    return None


def _refused(channel: Channel, tried: Sequence[Receipt]) -> bool:
    """Whether the channel said "never" for this message, other than for one device that is gone."""
    return any(
        receipt.channel is channel
        and receipt.outcome is Result.NEVER
        and not (channel is Channel.PUSH and receipt.detail in GONE)
        for receipt in tried
    )


def _troubles(channel: Channel, tried: Sequence[Receipt]) -> int:
    open_ends = (Result.LATER, Result.UNANSWERED)
    return sum(receipt.channel is channel and receipt.outcome in open_ends for receipt in tried)


def given_up(tried: Sequence[Receipt]) -> bool:
    """Whether so many answers were lost that another try would more likely pester than inform."""
    return sum(receipt.outcome is Result.UNANSWERED for receipt in tried) >= MOST_UNANSWERED


def over_cap(sent: int) -> bool:
    """Whether one more message would be too many, `sent` being those of the last `CAP_SPAN`."""
    return sent >= CAP


def quiet_until(now: datetime, zone: str) -> datetime | None:
    """The moment from which a message may make a sound again; None when it may now."""
    there = now.astimezone(ZoneInfo(zone))
    if MORNING <= there.time() < EVENING:
        return None
    day = there.date() if there.time() < MORNING else there.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(zone))


def topic(delivery_id: UUID) -> str:
    """The push Topic (RFC 8030, at most 32 characters): the same at every try, so a repeat replaces."""
    return base64.urlsafe_b64encode(delivery_id.bytes).rstrip(b"=").decode()


def message_id(delivery_id: UUID, host: str) -> str:
    """The e-mail's Message-ID: the same at every try, so a repeat can be told from a second message."""
    return f"<{delivery_id}@{host}>"
