"""Telling the rest of the house, in the transaction of the change itself."""

from collections.abc import Awaitable, Callable

from backend.kit import db
from backend.kit.events import Event
from backend.outbox import repository

Bell = Callable[[], Awaitable[None]]
_bells: list[Bell] = []


def set_bell(bell: Bell) -> None:
    """Called once by the roof: how to wake the worker. A bell must swallow its own failures."""
    _bells[:] = [bell]


async def publish(event: Event) -> None:
    """Store `event` for the worker; it exists if, and only if, the transaction commits."""
    assert db.in_transaction(), f"{type(event).__name__} is published outside a transaction"
    await repository.add(event)
    for bell in _bells:
        db.after_commit(bell)
