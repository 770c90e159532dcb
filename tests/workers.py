"""The worker as its own process, for tests that kill it or ask it to end."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from backend.demo.peers.server import Peers
from backend.kit import db
from backend.worker import name_of
from tests.post import until

ROOT = Path(__file__).parents[1]


class WorkerProcess:
    """`quenotte work`, on the test's database, with these peers and this Valkey."""

    def __init__(self, peers: Peers, redis_url: str, log: Path) -> None:
        self._environment = {
            **os.environ,
            "QUENOTTE_SMTP_URL": peers.smtp_url,
            "QUENOTTE_DEMO_PEERS_URL": peers.url,
            "QUENOTTE_REDIS_URL": redis_url,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._log = log

    async def start(self) -> None:
        """Start it and wait until this very process works: a signal that comes sooner just ends it."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "backend", "work"), cwd=ROOT, env=self._environment, stderr=log
            )
        await until(self._works)

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

    def said(self) -> list[str]:
        """The lines that it wrote into its log so far."""
        return self._log.read_text().splitlines()

    async def _works(self) -> bool:
        assert self._process
        assert self.running, "\n".join(self.said())
        beat = "select exists (select from worker_beat where worker = $1)"
        return bool(await db.fetch_value(beat, name_of(self._process.pid)))

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None


@asynccontextmanager
async def worker_process(peers: Peers, redis_url: str) -> AsyncIterator[WorkerProcess]:
    """A worker that is not started yet, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="quenotte-worker-") as folder:
        worker = WorkerProcess(peers, redis_url, Path(folder) / "log")
        try:
            yield worker
        finally:
            if worker.running:
                await worker.kill()
