"""Loops that look for work until they are asked to stop, and that no failure ends.

A *sweep* looks again at once while it finds something, else when rung, else after a second. A *clock job*
runs every so many seconds. Both are logged and tried again when they fail.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from backend.kit.log import log
from backend.kit.waits import back_off

Sweep = Callable[[], Awaitable[int]]
"""Does what is there to do and gives the number of things it took up."""

SWEEP_SECONDS = 1.0
LONGEST_PAUSE = 30.0


class Loops:
    """The loops of one process. Add them, `run`, and `stop` from a signal."""

    def __init__(self, grace_seconds: float) -> None:
        """`grace_seconds`: how long what is on its way may take to end once we are asked to stop."""
        self._grace = grace_seconds
        self._stopping = asyncio.Event()
        self._sleepers: list[asyncio.Event] = []
        self._bodies: list[Callable[[], Awaitable[None]]] = []
        self._stop_calls: list[Callable[[], None]] = []

    def sweep(self, name: str, sweep: Sweep) -> None:
        """Add a sweep."""
        sleeper = asyncio.Event()
        self._sleepers.append(sleeper)
        self._bodies.append(lambda: self._sweep(name, sweep, sleeper))

    def every(self, seconds: float, job: Sweep) -> None:
        """Add a clock job; it runs for the first time at once."""
        self._bodies.append(lambda: self._by_clock(seconds, job))

    def on_stop(self, call: Callable[[], None]) -> None:
        """Call this as soon as we are asked to stop."""
        self._stop_calls.append(call)

    def ring(self) -> None:
        """Let every sweep look now."""
        for sleeper in self._sleepers:
            sleeper.set()

    def stop(self) -> None:
        """Finish what is on its way, begin nothing new."""
        self._stopping.set()
        for call in self._stop_calls:
            call()
        self.ring()

    async def run(self) -> None:
        """Loop until `stop`, then for the grace at most."""
        tasks = [asyncio.ensure_future(body()) for body in self._bodies]
        try:
            await self._stopping.wait()
            _, left = await asyncio.wait(tasks, timeout=self._grace)
            if left:
                log.warning("ended before its work was done", count=len(left))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _sweep(self, name: str, sweep: Sweep, sleeper: asyncio.Event) -> None:
        failures = 0
        while not self._stopping.is_set():
            sleeper.clear()
            try:
                done = await sweep()
            except Exception as error:
                failures += 1
                log.error("sweep failed", job=name, attempts=failures, exc=error)
                await _sleep(self._stopping, min(LONGEST_PAUSE, back_off(failures)))
                continue
            failures = 0
            if done:
                self.ring()  # one sweep's work may have made work for another
            else:
                await _sleep(sleeper, SWEEP_SECONDS)

    async def _by_clock(self, seconds: float, job: Sweep) -> None:
        while not self._stopping.is_set():
            try:
                await job()
            except Exception as error:
                log.error("clock job failed", job=getattr(job, "__name__", "job"), exc=error)
            await _sleep(self._stopping, seconds)


async def _sleep(until: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
