"""The bell between the web app and the worker: arq over Valkey, both ends.

It only says "look now"; what is to be done stands in PostgreSQL. The web app's end never fails and never
makes a request wait; the worker's end comes back by itself. Without Valkey the worker looks every second.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from time import monotonic
from typing import Any

import msgspec
from arq import ArqRedis, Worker, func
from redis.asyncio import ConnectionPool

from backend.kit.log import log
from backend.kit.settings import settings
from backend.kit.waits import back_off

PATIENCE = 0.2
"""Seconds that a request may lose to ringing."""

SULK = 5.0
"""Seconds without ringing after a failure."""

STALE_AFTER = 10
"""Seconds after which an unheard ring is worth nothing: the worker has looked by itself."""

LISTENING_TIMEOUT = 2.0
LONGEST_WAIT = 10.0


def _arq(redis_url: str, timeout: float) -> ArqRedis:
    pool = ConnectionPool.from_url(redis_url, socket_timeout=timeout, socket_connect_timeout=timeout)
    # arq's own serialiser is pickle: whoever could write to Valkey could run code in the worker.
    return ArqRedis(pool, job_serializer=msgspec.msgpack.encode, job_deserializer=msgspec.msgpack.decode)


class Bell:
    """The web app's end."""

    def __init__(self, redis_url: str) -> None:
        self._arq = _arq(redis_url, PATIENCE)
        self._silent_until = 0.0

    async def ring(self) -> None:
        """Wake a worker if that takes no time; otherwise say nothing and let it look by itself."""
        if monotonic() < self._silent_until:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._arq.enqueue_job("ring", _expires=STALE_AFTER)
        except Exception as error:
            self._silent_until = monotonic() + SULK
            log.warning("bell not rung", exc=error)


@cache
def _bell(redis_url: str) -> Bell:
    return Bell(redis_url)


async def ring() -> None:
    """Ring this process's bell."""
    await _bell(settings().redis_url).ring()


async def listen(redis_url: str, heard: Callable[[], None]) -> None:
    """The worker's end: call `heard` at every ring, for ever, through every absence of Valkey."""
    attempts = 0
    while True:
        began = monotonic()
        try:
            await _listen_once(redis_url, heard)
        except Exception as error:
            attempts = 1 if monotonic() - began > LONGEST_WAIT else attempts + 1
            log.warning("bell lost", attempts=attempts, exc=error)
        await asyncio.sleep(min(LONGEST_WAIT, back_off(attempts)))


async def _listen_once(redis_url: str, heard: Callable[[], None]) -> None:
    async def ring(_: dict[Any, Any]) -> None:
        heard()

    connection = _arq(redis_url, LISTENING_TIMEOUT)
    worker = Worker(
        functions=[func(_as_coroutine(ring), name="ring", keep_result=0, max_tries=1, timeout=1)],
        redis_pool=connection,
        handle_signals=False,
        keep_result=0,
        max_tries=1,
        job_timeout=1,
        poll_delay=0.1,
        log_results=False,
        job_serializer=msgspec.msgpack.encode,
        job_deserializer=msgspec.msgpack.decode,
    )
    try:
        await worker.async_run()
    finally:
        await connection.aclose(close_connection_pool=True)


def _as_coroutine(function: Callable[[dict[Any, Any]], Awaitable[None]]) -> Any:
    # arq types its functions as taking any arguments, which a checked one does not.
    return function
