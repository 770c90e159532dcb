"""What PostgreSQL tells its listeners, fanned out inside this process: one connection, however many listen.

A notice leaves right after the commit of what changed (`told`), so every process hears of changes, and of
none that was rolled back. Notices are hints: who hears one looks for itself.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import asyncpg

from backend.kit.log import log
from backend.kit.settings import settings
from backend.kit.waits import back_off

MISSED = ""
"""Told to everybody after the connection was lost: anything may have changed meanwhile."""

CHECK_SECONDS = 30.0
CONNECT_SECONDS = 5.0
LONGEST_WAIT = 10.0

Notices = asyncio.Queue[str | None]
"""What a listener hears, in order; None is the end."""


class Listener:
    """Listens to one channel for as long as somebody in this process wants to know."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._queues: set[Notices] = set()
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Notices]:
        """A queue of notices, from now on."""
        queue: Notices = asyncio.Queue()
        self._queues.add(queue)
        if self._task is None:
            self._task = asyncio.create_task(self._listen())
        try:
            await self._listening.wait()
            yield queue
        finally:
            self._queues.discard(queue)

    def end(self) -> None:
        """Let every subscriber end."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def close(self) -> None:
        """Hang up."""
        self.end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            self._listening.clear()

    async def _listen(self) -> None:
        attempts = 0
        while True:
            try:
                await self._listen_once(again=attempts > 0)
                attempts = 1
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                attempts += 1
                log.warning("notices lost", attempts=attempts, exc=error)
            self._listening.clear()
            await asyncio.sleep(min(LONGEST_WAIT, back_off(attempts)))

    async def _listen_once(self, *, again: bool) -> None:
        connection = await asyncpg.connect(settings().database_url, timeout=CONNECT_SECONDS)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, self._hear)
            self._listening.set()
            if again:
                self._tell(MISSED)
            while not await _happens(lost, CHECK_SECONDS):
                await connection.execute("select 1", timeout=CONNECT_SECONDS)
        finally:
            connection.terminate()

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        self._tell(str(payload))

    def _tell(self, notice: str) -> None:
        for queue in self._queues:
            queue.put_nowait(notice)


async def _happens(event: asyncio.Event, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True


def on_stop_signal(end: Callable[[], None]) -> None:
    """Call `end` as soon as this process is asked to stop, before the server waits for open answers.

    An answer that never ends by itself would else hold up every restart until the server's patience is over.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _also(number, lambda: loop.call_soon_threadsafe(end))


def _also(number: signal.Signals, call: Callable[[], object]) -> None:
    before = signal.getsignal(number)

    def stop(sign: int, frame: FrameType | None) -> None:
        call()
        if callable(before):
            before(sign, frame)

    signal.signal(number, stop)
