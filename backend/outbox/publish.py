"""Telling the rest of the house, in the transaction of the change itself."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from backend.kit import db
from backend.kit.events import Event
from backend.kit.parts import Part
from backend.outbox import repository

Bell = Callable[[], Awaitable[None]]
_bells: list[Bell] = []


def set_bell(bell: Bell) -> None:
    """Called once by the roof: how to wake the worker. A bell must swallow its own failures."""
    _bells[:] = [bell]


AT_ONCE = timedelta(0)


async def publish(event: Event, *, after: timedelta = AT_ONCE) -> UUID:
    """Store `event` for the worker; it exists if, and only if, the transaction commits. Gives its id.

    No worker takes it up before `after` has passed, so that it can still be withdrawn.
    """
    assert db.in_transaction(), f"{type(event).__name__} is published outside a transaction"
    event_id = await repository.add(event, after)
    if after == AT_ONCE:
        await ring()
    return event_id


def beside(event: Event) -> Part:
    """The same for a deed that is one statement (`kit.deeds`): a part of that statement. Then `ring`."""
    return repository.beside(event)


async def ring() -> None:
    """Wake the worker for an event that was stored: at once, or once the current transaction commits."""
    for bell in _bells:
        if db.in_transaction():
            db.after_commit(bell)
        else:
            await bell()


async def withdraw(event_id: UUID) -> bool:
    """Take back, in this transaction, an event that waits for its time; False when that time has come."""
    assert db.in_transaction(), "an event is withdrawn outside a transaction"
    return await repository.take_back(event_id)
