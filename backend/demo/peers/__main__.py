"""The peers as a process: `python -m backend peers`, which the supervisor starts."""

import asyncio
import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

from backend.demo.peers import subscriptions
from backend.demo.peers.server import Peers


def main() -> None:
    """Run until SIGTERM, with the addresses and the folder that the environment names."""
    asyncio.run(_serve())


async def _serve() -> None:
    seed = subscriptions.seed_from(os.environ["QUENOTTE_SECRET"].encode())
    peers = Peers(Path(os.environ["QUENOTTE_DEMO_PEERS_FOLDER"]), seed)
    await peers.start(
        smtp_port=urlsplit(os.environ["QUENOTTE_SMTP_URL"]).port or 0,
        http_port=urlsplit(os.environ["QUENOTTE_DEMO_PEERS_URL"]).port or 0,
    )
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    await stopped.wait()
    await peers.stop()
