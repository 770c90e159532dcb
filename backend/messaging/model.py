"""The words of messaging: a delivery that is owed, what its check says, and what a channel answers."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from backend.kit.calendar_file import Entry


class Channel(StrEnum):
    """How a message leaves the house."""

    PUSH = "push"
    EMAIL = "email"


class State(StrEnum):
    """What became of a delivery."""

    PLANNED = "planned"
    SENT = "sent"
    DROPPED = "dropped"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose turn it is. `attempts` counts this one and tells our claim from a later one's.

    `interrupted` is the channel that was being asked when the worker before us died, so that nobody knows
    whether the message left.
    """

    id: UUID
    kind: str
    occasion: str
    account_id: UUID
    subject_id: UUID
    subject_version: int
    due_at: datetime
    useless_after: datetime
    attempts: int
    interrupted: Channel | None = None


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Another delivery to the same person, for whoever puts several into one message."""

    id: UUID
    subject_id: UUID
    subject_version: int
    due_at: datetime
    state: State


class Send(msgspec.Struct, frozen=True, kw_only=True):
    """Still true: send it. `values` fill the template; `link` is the page it opens, from the root.

    `zone` (IANA) is where the quiet hours are counted, for the kinds that keep them.
    """

    values: dict[str, str]
    link: str = "/"
    zone: str = "UTC"
    entries: tuple[Entry, ...] = ()


class Drop(msgspec.Struct, frozen=True):
    """No longer true, or not wanted; `reason` is a short code: "moved", "confirmed"."""

    reason: str


class Wait(msgspec.Struct, frozen=True):
    """Not now; ask again at that business time."""

    until: datetime


Verdict = Send | Drop | Wait


class Device(msgspec.Struct, frozen=True):
    """A browser that receives pushes (RFC 8030), with its keys (RFC 8291)."""

    id: UUID
    endpoint: str
    p256dh: str
    auth: str


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person can be reached, and by which channels they want to be; the newest device first."""

    locale: str
    email: str | None
    wants_email: bool
    devices: tuple[Device, ...]
    wants_push: bool


class AddressBook(Protocol):
    """What the roof lends us of the accounts."""

    async def addresses(self, account_id: UUID) -> Addresses | None:
        """A person's addresses; None when the account is closed."""

    async def close_device(self, device_id: UUID) -> None:
        """Its push service says that this subscription is gone for good."""


Check = Callable[[Delivery, str, datetime], Awaitable[Verdict]]
"""Whether a delivery is still true and what it says, in a locale, at a business time."""


class Result(StrEnum):
    """What came of one try."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    UNANSWERED = "unanswered"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's answer. `detail` is the supplier's code; `retry_after` (seconds) only with LATER.

    `address_gone`: this address will never work again, as opposed to a fault of ours.
    """

    result: Result
    detail: str
    retry_after: float | None = None
    address_gone: bool = False


class Receipt(msgspec.Struct, frozen=True):
    """An earlier try of the same delivery."""

    channel: Channel
    outcome: Result
    detail: str


class PushMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A push as the phone shows it; `url` is whole, `seconds` is how long it is of use."""

    delivery_id: UUID
    locale: str
    title: str
    body: str
    url: str
    seconds: int


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail; `calendar` is the text of an attached .ics file."""

    delivery_id: UUID
    to: str
    subject: str
    text: str
    calendar: bytes | None = None
