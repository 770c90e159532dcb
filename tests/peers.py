"""The outside world for tests: the demo's own mail server and push service, inside the test's process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from backend.demo.peers.server import Peers

SEED = b"the tests' own seed"


@asynccontextmanager
async def running_peers(folder: Path) -> AsyncIterator[Peers]:
    """Peers on free ports that keep what they receive in `folder`."""
    peers = Peers(folder, SEED)
    await peers.start()
    try:
        yield peers
    finally:
        await peers.stop()
