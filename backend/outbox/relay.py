"""Handing each event to its handlers, so that their effect happens exactly once.

The handlers run in one transaction with the mark "done": both or neither. A worker that dies in between
leaves nothing behind, and its claim is free again when the lease ends. A handler may therefore run twice
but takes effect once, as long as it does nothing outside the database; what must leave the house is owed
as a delivery instead.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import msgspec

from backend.kit import db
from backend.kit.events import Event
from backend.kit.log import log
from backend.kit.waits import back_off
from backend.outbox import repository

E = TypeVar("E", bound=Event)
BATCH = 50


class Row(msgspec.Struct, frozen=True):
    """An event and those who listen to it, in order; made by `on`."""

    event: type[Event]
    handlers: tuple[Callable[[Any], Awaitable[None]], ...]


def on(event: type[E], *handlers: Callable[[E], Awaitable[None]]) -> Row:
    """A row of the worker's table. An event to which nobody listens yet is listed without handlers."""
    return Row(event, handlers)


class UnknownEvent(Exception):  # noqa: N818 - the outbox's word
    """A stored event whose name is in no row: it waits, and the desk sees it, until the code knows it."""


class _AnotherWasFaster(Exception):  # noqa: N818
    """Another worker finished this event while we did it again: take our effect back."""


class Relay:
    """Takes events from the outbox to the handlers of its rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, Row] = {}
        for row in rows:
            name = row.event.__name__
            if name in self._rows:
                raise ValueError(f"{name} is listed twice: one row an event, all its handlers in it")
            self._rows[name] = row

    async def sweep(self) -> int:
        """Hand on what is due, one batch; the number of events taken up, whatever became of them."""
        owed = await repository.claim(BATCH)
        for one in owed:
            await self._hand_on(one)
        return len(owed)

    async def _hand_on(self, owed: repository.Owed) -> None:
        try:
            async with db.transaction():
                await self._act(owed)
                if not await repository.finish(owed.id):
                    raise _AnotherWasFaster
        except _AnotherWasFaster:
            return
        except Exception as error:
            # Only the type is kept: a message may hold what somebody typed.
            log.error(
                "event failed", kind=owed.name, outbox_id=str(owed.id), attempts=owed.attempts, exc=error
            )
            await repository.put_back(owed.id, type(error).__name__, back_off(owed.attempts))

    async def _act(self, owed: repository.Owed) -> None:
        row = self._rows.get(owed.name)
        if row is None:
            raise UnknownEvent(owed.name)
        event = msgspec.json.decode(owed.payload, type=row.event)
        for handler in row.handlers:
            await handler(event)
