"""The worker as a process: it hears the bell, does without it, and ends when asked to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.demo.peers.behaviour import Answer
from backend.demo.peers.messages import Channel
from backend.demo.peers.server import Peers
from backend.kit import db
from backend.kit.settings import settings
from backend.outbox.bell import _arq
from tests.peers import running_peers
from tests.post import tomorrow_noon, until
from tests.visits import at, booked, plain_thursday
from tests.workers import WorkerProcess, worker_process

pytestmark = pytest.mark.slow

NO_VALKEY = "unix:///nowhere/valkey.sock?db=0"


@pytest.fixture
async def peers(tmp_path: Path, database: Any, clock: Any) -> AsyncIterator[Peers]:
    await clock.move_to(tomorrow_noon(await clock.now()))
    await db.execute("delete from push_subscription")
    async with running_peers(tmp_path) as running:
        yield running


async def book_and_wait(peers: Peers, clock: Any) -> None:
    """Both parents hear of a booking."""
    thursday = plain_thursday(await clock.now())
    await booked("daughter", at(thursday, "10:30"))
    await peers.messages.wait(lambda received: len(received) >= 2, within=60)


def was_cut_short(worker: WorkerProcess) -> bool:
    return any("ended before its work was done" in line for line in worker.said())


async def is_leaving() -> bool:
    return bool(await db.fetch_value("select exists (select from delivery where channel is not null)"))


async def test_it_works_and_ends_at_once_when_asked_to(peers: Peers, clock: Any) -> None:
    async with worker_process(peers, settings().redis_url) as worker:
        await worker.start()
        await book_and_wait(peers, clock)
        assert await worker.stop() == 0
        assert not was_cut_short(worker)


async def test_it_does_without_valkey(peers: Peers, clock: Any) -> None:
    async with worker_process(peers, NO_VALKEY) as worker:
        await worker.start()
        await book_and_wait(peers, clock)
        assert await worker.stop() == 0


async def test_it_hears_the_bell(peers: Peers) -> None:
    """A ring is taken out of the queue by the worker; it lies there until then."""
    # Not the web app's bell, which would rather lose a ring than wait for a busy machine.
    queue = _arq(settings().redis_url, timeout=60)

    async def is_empty() -> bool:
        return not await queue.exists("arq:queue")

    async with worker_process(peers, settings().redis_url) as worker:
        await queue.enqueue_job("ring")
        assert not await is_empty()
        await worker.start()
        await until(is_empty)
        assert await worker.stop() == 0
    await queue.aclose()


async def test_a_message_on_its_way_does_not_hold_up_the_end_for_long(peers: Peers, clock: Any) -> None:
    peers.misbehave(Channel.EMAIL, Answer.HANG, times=None)
    async with worker_process(peers, settings().redis_url) as worker:
        await booked("daughter", await clock.now() + timedelta(days=10))
        await worker.start()
        await until(is_leaving)
        assert await worker.stop() == 0
        assert was_cut_short(worker)
    states = await db.fetch("select distinct state from delivery")
    assert [row["state"] for row in states] == ["planned"]


async def test_two_workers_do_not_tread_on_each_other(peers: Peers, clock: Any) -> None:
    redis_url = settings().redis_url
    async with worker_process(peers, redis_url) as one, worker_process(peers, redis_url) as other:
        await one.start()
        await other.start()
        await book_and_wait(peers, clock)
        await _stop(one, other)
    ids = [message.message_id for message in peers.messages.all()]
    assert len(ids) == len(set(ids)) == 2


async def _stop(*workers: WorkerProcess) -> None:
    for worker in workers:
        assert await worker.stop() == 0
