"""The worker as its own process, for tests that kill it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from backend.demo.peers.server import Peers

ROOT = Path(__file__).parents[1]


class WorkerProcess:
    """`quenotte work`, on the test's database, with these peers and this Valkey."""

    def __init__(self, peers: Peers, redis_url: str) -> None:
        self._environment = {
            **os.environ,
            "QUENOTTE_SMTP_URL": peers.smtp_url,
            "QUENOTTE_DEMO_PEERS_URL": peers.url,
            "QUENOTTE_REDIS_URL": redis_url,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backend", "work"),
            cwd=ROOT,
            env=self._environment,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        """kill -9."""
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def stop(self, within: float = 30) -> int:
        """SIGTERM; its exit code."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(within):
            return await self._process.wait()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None


@asynccontextmanager
async def worker_process(peers: Peers, redis_url: str) -> AsyncIterator[WorkerProcess]:
    """A worker that is not started yet, and gone afterwards."""
    worker = WorkerProcess(peers, redis_url)
    try:
        yield worker
    finally:
        if worker.running:
            await worker.kill()
