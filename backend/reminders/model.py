"""The words of reminders: what a link opened."""

from enum import StrEnum

import msgspec

from backend.booking.model import MessageFacts
from backend.messaging.model import Delivery


class LinkState(StrEnum):
    """What became of the visit since the message left."""

    OPEN = "open"
    MOVED = "moved"
    CANCELLED = "cancelled"


class Opened(msgspec.Struct, frozen=True):
    """A link that holds. `visits` is empty unless it is open: an old link does not tell the new time."""

    delivery: Delivery
    state: LinkState
    visits: tuple[MessageFacts, ...] = ()
