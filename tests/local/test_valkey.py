"""Valkey from a wheel: what it keeps, and who reaches it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from arq.connections import RedisSettings
from redis.asyncio import Redis

from backend.local.processes import LocalTrouble, until
from backend.local.programs import KeptAlive
from backend.local.valkey import LocalValkey
from tests.local.conftest import alive


@pytest.fixture
def valkey(home: Path) -> Iterator[LocalValkey]:
    server = LocalValkey(home)
    server.start()
    yield server
    server.stop()


async def ask(valkey: LocalValkey, *command: str, database: int = 0) -> object:
    client = Redis.from_url(valkey.url(database), decode_responses=True)
    try:
        return await client.execute_command(*command)
    finally:
        await client.aclose()


async def test_it_keeps_what_it_is_told(valkey: LocalValkey) -> None:
    await ask(valkey, "SET", "kept", "7")
    assert await ask(valkey, "GET", "kept", database=1) is None
    valkey.stop()
    valkey.start()
    assert await ask(valkey, "GET", "kept") == "7"


async def test_it_listens_on_its_socket_alone_and_evicts_nothing(valkey: LocalValkey) -> None:
    assert await ask(valkey, "CONFIG", "GET", "port") == ["port", "0"]
    assert await ask(valkey, "CONFIG", "GET", "maxmemory-policy") == ["maxmemory-policy", "noeviction"]
    path = RedisSettings.from_dsn(valkey.url(3)).unix_socket_path
    assert path is not None
    assert Path(path).parent.stat().st_mode & 0o777 == 0o700
    assert RedisSettings.from_dsn(valkey.url(3)).database == 3


def test_two_starts_on_the_same_data_are_refused(home: Path, valkey: LocalValkey) -> None:
    with pytest.raises(LocalTrouble, match="still uses"):
        LocalValkey(home).start(within=0.1)


def test_what_ends_is_started_again(home: Path) -> None:
    server = LocalValkey(home)
    kept = KeptAlive("Valkey", server)
    kept.start()
    first = server.pid
    os.kill(first, 9)

    def back() -> bool:
        kept.look()
        return kept.service.running and server.pid != first

    until(back, within=60)
    kept.stop()
    assert kept.failures == 1
    assert not alive(server.pid if server.running else first)
