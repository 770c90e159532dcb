"""What a change says to whoever listens, sent right after its commit by the process that wrote it.

NOTIFY within the transaction would make every commit wait for the one before, disk included. So a trigger
only tells its own session (`raise notice` with the code `TOLD`), which costs no trip, and this file sends
that on once the change is there. Notices are hints: what a crash keeps from being sent is seen by looking.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import asyncpg

from backend.kit.log import log

TOLD = "QT001"
"""The SQLSTATE of a trigger's notice that is for listeners: message is the word, detail its channel."""

PATIENCE = 2.0
"""Seconds that an answer may wait for its notice to leave."""


class Word(NamedTuple):
    """A word for those who listen to a channel."""

    channel: str
    word: str


@contextmanager
def heard_on(connection: Any) -> Iterator[set[Word]]:
    """What triggers say on a connection meanwhile, each word once."""
    words: set[Word] = set()

    def hear(_connection: Any, message: Any) -> None:
        if message.sqlstate == TOLD:
            words.add(Word(message.detail, message.message))

    connection.add_log_listener(hear)
    try:
        yield words
    finally:
        connection.remove_log_listener(hear)


async def pass_on(connection: Any, words: set[Word]) -> None:
    """Send words to every listener of every process, in a transaction of their own that writes nothing."""
    if not words:
        return
    channels, told = zip(*sorted(words), strict=True)
    try:
        await connection.execute(
            "select pg_notify(channel, word) from unnest($1::text[], $2::text[]) as t(channel, word)",
            channels,
            told,
            timeout=PATIENCE,
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("change not told", exc=error)
