"""How the peers were told to misbehave, recipient by recipient."""

from enum import StrEnum

import msgspec

from backend.demo.peers.messages import Channel

EVERYBODY = "*"


class Answer(StrEnum):
    """What a recipient's next messages get instead of being taken."""

    UNKNOWN = "404"
    GONE = "410"
    TOO_LARGE = "413"
    TOO_MANY = "429"
    BROKEN = "500"
    MAIL_LATER = "451"
    MAIL_NEVER = "550"
    HANG = "hang"
    """No answer, and the message is not taken."""
    LOST = "lost"
    """The message is taken, and the connection breaks before the answer."""


class Told(msgspec.Struct, forbid_unknown_fields=True):
    """One order: `times` None holds until the orders are cleared, `retry_after` is in seconds."""

    channel: Channel
    answer: Answer
    to: str = EVERYBODY
    retry_after: int | None = None
    times: int | None = None


class Behaviour:
    """The orders in force, oldest first."""

    def __init__(self) -> None:
        self._orders: list[Told] = []

    def tell(self, order: Told) -> None:
        """Add an order; those already in force come first."""
        self._orders.append(order)

    def clear(self) -> None:
        """Behave well again."""
        self._orders.clear()

    def next(self, channel: Channel, to: str, among: frozenset[Answer]) -> Told | None:
        """Use up the order for this recipient's message, if there is one whose answer is `among` those."""
        for order in self._orders:
            if order.channel == channel and order.to in (to, EVERYBODY) and order.answer in among:
                if order.times is not None:
                    order.times -= 1
                    if order.times == 0:
                        self._orders.remove(order)
                return order
        return None
