"""What a bench starts and stops: PostgreSQL with its data safe on the disk, and web servers on free ports."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from backend.local.postgres import LocalPostgres
from backend.local.valkey import LocalValkey

ROOT = Path(__file__).parents[2]
BENCH = ROOT / ".bench"
HOME = BENCH / "home"


def environment(postgres: LocalPostgres, database: str) -> dict[str, str]:
    """The settings of a demo's web app on this database; nothing listens behind its mail server."""
    return {
        "QUENOTTE_DEMO": "1",
        "QUENOTTE_PUBLIC_URL": "http://localhost:8000",
        "QUENOTTE_SECRET": "a secret for the bench alone, longer than 32 bytes",
        "QUENOTTE_DATABASE_URL": postgres.app_url(database),
        "QUENOTTE_OWNER_DATABASE_URL": postgres.owner_url(database),
        "QUENOTTE_REDIS_URL": LocalValkey(HOME).url(),
        "QUENOTTE_STORAGE_URL": BENCH.as_uri(),
        "QUENOTTE_SMTP_URL": "smtp://127.0.0.1:1",
        "QUENOTTE_MAIL_FROM": "Banc <banc@tilleuls.example>",
        "QUENOTTE_VAPID_PRIVATE_KEY": "nH-MUcHfuaqOkpYFqbn5REbOGvn43tOmNMp9rYrr7nU",
        "QUENOTTE_VAPID_SUBJECT": "mailto:rendez-vous@tilleuls.example",
        "QUENOTTE_DEMO_PEERS_URL": "http://127.0.0.1:1",
    }


def run(command: Sequence[str | Path], env: Mapping[str, str]) -> None:
    """Run a program to its end; CalledProcessError when it fails."""
    subprocess.run(command, check=True, env={**os.environ, **env}, cwd=ROOT)


@asynccontextmanager
async def served(app: str, env: Mapping[str, str], processes: int = 1) -> AsyncIterator[int]:
    """A Litestar app behind the server that the product uses; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--workers", str(processes), "--port", str(port)]
    async with started([*command, "--log-level", "error", "--no-access-log"], env, port):
        yield port


@asynccontextmanager
async def started(command: Sequence[str | Path], env: Mapping[str, str], port: int) -> AsyncIterator[None]:
    """A program that answers on `port`, ended afterwards."""
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **env}, cwd=ROOT)
    try:
        async with asyncio.timeout(60):
            while not await _listens(port):
                assert process.returncode is None, f"{command} ended"
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
