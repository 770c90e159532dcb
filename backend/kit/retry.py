"""Trying a transaction again where PostgreSQL says that this is the cure: it deadlocked, could not be
serialised, or waited too long for a lock."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from asyncpg.exceptions import DeadlockDetectedError, LockNotAvailableError, SerializationError

from backend.kit.errors import Unavailable

TRIES = 4
FIRST_WAIT_SECONDS = 0.02

T = TypeVar("T")


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work`, one whole transaction, at most `TRIES` times; then `Unavailable`.

    The waits grow and are random, so that those who collided do not meet again. What took too long as a
    whole (TimeoutError) has kept a person waiting already, and is not tried again.
    """
    for tried in range(TRIES):
        try:
            return await work()
        except TimeoutError:
            break
        except (DeadlockDetectedError, LockNotAvailableError, SerializationError):
            if tried + 1 < TRIES:
                await asyncio.sleep(FIRST_WAIT_SECONDS * 2**tried * (0.5 + random.random()))  # noqa: S311 - no secret
    raise Unavailable
