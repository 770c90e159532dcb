"""The bell: heard at once, missed without harm, never in anybody's way."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.local.valkey import LocalValkey
from backend.outbox import bell as outbox_bell
from backend.outbox.bell import Bell, listen


@pytest.fixture
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalValkey]:
    """A Valkey of this test's own, which it may stop."""
    own = LocalValkey(Path(tmp_path_factory.mktemp("valkey")))
    own.start()
    yield own
    if own.running:
        own.stop()


async def heard(event: asyncio.Event, bell: Bell, within: float = 60) -> None:
    """Ring until it is heard: a bell that has sulked, or a listener that comes back, may miss one."""
    event.clear()
    async with asyncio.timeout(within):
        while not event.is_set():
            bell._silent_until = 0.0
            await bell.ring()
            try:
                async with asyncio.timeout(0.3):
                    await event.wait()
            except TimeoutError:
                continue


async def test_it_is_heard_again_after_valkey_was_away(valkey: LocalValkey) -> None:
    rung = asyncio.Event()
    listening = asyncio.create_task(listen(valkey.url(), rung.set))
    try:
        await heard(rung, Bell(valkey.url()))
        valkey.stop()
        bell = Bell(valkey.url())
        await bell.ring()
        assert not listening.done()
        valkey.start()
        await heard(rung, bell)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


class Mute:
    """Listens where Valkey should, and never answers; `asked` counts who came."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        await reader.read()
        writer.close()


async def test_without_valkey_it_gives_up_and_then_sulks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_bell, "SULK", 3600.0)
    path, mute = tmp_path / "v.sock", Mute()
    bell = Bell(f"unix://{path}?db=0")
    await bell.ring()
    async with await asyncio.start_unix_server(mute, path):
        for _ in range(100):
            await bell.ring()
        assert mute.asked == 0
        bell._silent_until = 0.0
        await bell.ring()
    assert mute.asked > 0


async def test_a_valkey_that_hangs_costs_no_more_than_its_patience(tmp_path: Path) -> None:
    """It gives up by itself, whoever waits for the answer."""
    path, mute = tmp_path / "v.sock", Mute()
    async with await asyncio.start_unix_server(mute, path), asyncio.timeout(60):
        bell = Bell(f"unix://{path}?db=0")
        await bell.ring()
    assert mute.asked > 0
    assert bell._silent_until > 0


async def test_what_it_stores_is_no_pickle(valkey: LocalValkey) -> None:
    from redis.asyncio import Redis

    await Bell(valkey.url()).ring()
    client = Redis.from_url(valkey.url())
    (key,) = await client.keys("arq:job:*")
    stored = await client.get(key)
    await client.aclose()
    assert b"ring" in stored
    assert not stored.startswith(b"\x80")
    assert b"\x94" not in stored[:4]
