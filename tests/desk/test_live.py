"""Two web processes, one PostgreSQL: who looks at a day in one hears of a change made through the other."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from backend.desk import live
from backend.desk.live import Days
from backend.identity import actions as identity
from backend.kit import db

ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")
SOON = 60
"""Seconds; only what never comes takes so long."""

LISTENING = """
select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """One web process on the test's database; its address. It must end at once, streams or not."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "backend.app:app", "--port", str(port), "--log-level", "warning"),
        cwd=ROOT,
        env=dict(os.environ),
    )
    url = f"http://localhost:{port}"
    try:
        async with asyncio.timeout(40), httpx.AsyncClient() as client:
            while not await _answers(client, url):
                await asyncio.sleep(0.05)
        yield url
    finally:
        process.terminate()
        async with asyncio.timeout(SOON):
            await process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        await client.get(f"{url}/healthz")
    except httpx.TransportError:
        return False
    return True


class Ear:
    """What a stream says, event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str, str]:
        """The next event and its data; ("", "") when the stream is over."""
        name = ""
        async with asyncio.timeout(SOON):
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    return name, line[6:]
        return "", ""


@asynccontextmanager
async def listening(url: str, token: str, day: Any) -> AsyncIterator[Ear]:
    headers = {"Cookie": f"quenotte={token}", "Accept-Encoding": "gzip"}
    async with (
        httpx.AsyncClient(timeout=None) as client,
        client.stream("GET", f"{url}/bureau/direct?jour={day}", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Ear(answer)


async def session_of(cast: Any, person: str) -> str:
    return await identity.open_session(cast[person].account_id, strong=True, device="Test")


async def move(url: str, token: str, visit: Any, version: int, days: int) -> None:
    to = visit.starts_at.astimezone(PARIS) + timedelta(days=days)
    form = {"version": str(version), "praticien": str(visit.practitioner_id)}
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{url}/bureau/rendez-vous/{visit.id}/deplacer",
            data={**form, "jour": f"{to:%Y-%m-%d}", "heure": f"{to:%H:%M}"},
            headers={"Cookie": f"quenotte={token}"},
        )
        assert answer.status_code == 303, answer.text


async def test_a_change_through_one_process_is_heard_through_the_other(
    steps: Any, cast: Any, database: Any
) -> None:
    booked = await steps.booked()
    sam, nadia = await session_of(cast, "receptionist"), await session_of(cast, "assistant")
    day = booked.starts_at.astimezone(PARIS).date()
    new, other = day + timedelta(days=7), day + timedelta(days=14)
    async with (
        served() as first,
        served() as second,
        listening(first, sam, day) as old_day,
        listening(first, nadia, new) as new_day,
        listening(second, sam, other) as other_day,
    ):
        before = [await one.next() for one in (old_day, new_day, other_day)]
        assert [name for name, _ in before] == ["change"] * 3  # the stamp of what there is
        await move(second, nadia, booked, 1, 7)
        assert (await old_day.next())[0] == "change"
        name, stamp = await new_day.next()
        assert (name, stamp != before[1][1]) == ("change", True)
        assert await database.fetchval(LISTENING) <= 2
        # What concerns another day is not told there: the next that this stream hears is its own.
        await move(first, sam, booked, 2, 14)
        assert (await other_day.next())[0] == "change"
        assert (await new_day.next())[0] == "change"
        # The role ends; at the next change so does the stream, which tells nothing more.
        await database.execute(
            "update staff_member set until = now() where account_id = $1", cast["assistant"].account_id
        )
        await move(first, sam, booked, 3, 7)
        assert (await new_day.next())[0] == "end"
        assert await new_day.next() == ("", "")


async def test_an_open_stream_does_not_hold_up_a_restart(steps: Any, cast: Any) -> None:
    booked = await steps.booked()
    sam, day = await session_of(cast, "receptionist"), booked.starts_at.astimezone(PARIS).date()
    async with AsyncExitStack() as ears:
        async with served() as url:
            ear = await ears.enter_async_context(listening(url, sam, day))
            await ear.next()
        # `served` has ended the process while we were listening.
        assert await ear.next() == ("", "")


async def heard_of(stream: Any, within: float = SOON) -> str:
    async with asyncio.timeout(within):
        text: str = await anext(stream)
        return text


@pytest.fixture
async def stream(viewer_of: Any, steps: Any) -> AsyncIterator[Any]:
    """(the stream of a receptionist on the day of a visit, the visit, the viewer)"""
    booked, viewer = await steps.booked(), await viewer_of("receptionist")
    opened = live.changes(viewer, Days(booked.starts_at.astimezone(PARIS).date()))
    yield opened, booked, viewer
    await opened.aclose()  # type: ignore[attr-defined]
    await live.listener.close()


async def test_a_heartbeat_and_the_end_with_the_session(
    stream: Any, monkeypatch: pytest.MonkeyPatch, database: Any
) -> None:
    opened, _, viewer = stream
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    assert "event: change" in await heard_of(opened)
    assert await heard_of(opened) == ":\n\n"
    await database.execute("update session set ended_at = now() where id = $1", viewer.session_id)
    heard = await heard_of(opened)
    while heard == ":\n\n":
        heard = await heard_of(opened)
    assert heard.startswith("event: end")
    with pytest.raises(StopAsyncIteration):
        await heard_of(opened)


async def test_what_is_rolled_back_is_not_told_and_a_request_is(stream: Any) -> None:
    opened, booked, _ = stream
    first = await heard_of(opened)
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await db.execute("update appointment set changed_at = now() where id = $1", booked.id)
            raise RuntimeError
    await db.execute(
        """
        insert into desk_request (id, kind, reason, phone, preferred_time, deadline, state, created_at,
          changed_at) values (gen_random_uuid(), 'question', '', '', '', now(), 'open', now(), now())
        """
    )
    told = await heard_of(opened)
    assert told.startswith("event: change")
    assert first.endswith(told) is False  # another stamp: the request, and nothing of the visit


async def test_a_change_that_nobody_told_is_seen_at_the_next_look(
    stream: Any, monkeypatch: pytest.MonkeyPatch, database: Any
) -> None:
    """As after a crash between a commit and its notice: here the writer is no process of ours."""
    opened, booked, _ = stream
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    first = await heard_of(opened)
    assert await heard_of(opened) == ":\n\n"
    await database.execute("update appointment set changed_at = now() where id = $1", booked.id)
    heard = await heard_of(opened)
    while heard == ":\n\n":
        heard = await heard_of(opened)
    assert heard.startswith("event: change")
    assert first.endswith(heard) is False
    assert await heard_of(opened) == ":\n\n"  # told once


async def test_what_cannot_be_told_spoils_nothing(
    stream: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, booked, _ = stream
    monkeypatch.setattr("backend.kit.told.PATIENCE", 0.0)
    async with db.transaction():
        await db.execute("update appointment set confirmed_at = now() where id = $1", booked.id)
    assert "change not told" in "".join(capsys.readouterr())
    assert await db.fetch_value("select confirmed_at is not null from appointment where id = $1", booked.id)


async def test_after_the_connection_is_lost_everybody_looks_again(stream: Any, database: Any) -> None:
    opened, _, _ = stream
    await heard_of(opened)
    assert await database.fetchval(LISTENING.replace("count(*)", "count(pg_terminate_backend(pid))")) == 1
    assert (await heard_of(opened)).startswith("event: change")


async def test_the_process_that_stops_ends_its_streams(stream: Any) -> None:
    opened, _, _ = stream
    await heard_of(opened)
    live.listener.end()
    with pytest.raises(StopAsyncIteration):
        await heard_of(opened)
