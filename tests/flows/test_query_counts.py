"""A listing and a booking ask the database a small number of times, whatever they list: no clock needed.

Counted are all statements of one request, each of them a trip, with BEGIN and COMMIT where there are any. A
number that grows is a slower app.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from backend.kit import db
from tests.flows.crowd import runners

LISTING, HOLD, BOOK = 1, 4, 3
# The first who comes too late reads what has changed, the days around it too; for the next it is kept.
FIRST_REFUSED, REFUSED = 4, 2


@pytest.fixture
async def client(app: Any, database: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    """The app, for whoever shows a cookie."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as found:
        yield found


@asynccontextmanager
async def counted() -> AsyncIterator[list[str]]:
    """The statements that this process sends meanwhile, over any connection of its pool."""
    asked: list[str] = []

    def note(record: Any) -> None:
        # asyncpg asks for a type's form once a connection, when it first meets it, and sets jit for that.
        if "pg_catalog" not in record.query and "'jit'" not in record.query:
            asked.append(record.query)

    pool = db.engine().pool
    held = [await pool.acquire() for _ in range(pool.get_size())]
    for connection in held:
        connection.add_query_logger(note)
    for connection in held:
        await pool.release(connection)
    yield asked
    for connection in held:
        connection._con and connection.remove_query_logger(note)


@pytest.mark.parametrize("days", [7, 170])
async def test_a_listing_asks_as_often_for_a_week_as_for_half_a_year(
    database: asyncpg.Connection, client: httpx.AsyncClient, days: int
) -> None:
    (someone,) = await runners(database, 1)
    await someone.places(client, days)
    async with counted() as asked:
        assert await someone.places(client, days)
    assert len(asked) == LISTING, asked


async def test_after_a_change_a_listing_asks_once_more(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    someone, other = await runners(database, 2)
    place = (await someone.places(client))[0]
    assert (await other.hold(client, place)).status_code == 201
    async with counted() as asked:
        assert place not in await someone.places(client)
    assert len(asked) == LISTING + 1, asked


async def test_a_booking_asks_so_often_and_no_more(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    (someone,) = await runners(database, 1)
    place = (await someone.places(client))[0]
    async with counted() as asked:
        held = await someone.hold(client, place)
    assert held.status_code == 201
    assert len(asked) <= HOLD, asked
    async with counted() as asked:
        booked = await someone.book(client, held.json()["id"])
    assert booked.status_code == 201
    assert len(asked) <= BOOK, asked


async def test_whoever_comes_too_late_locks_nothing_and_asks_for_little(
    database: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    winner, *losers = await runners(database, 4)
    place = (await winner.places(client))[0]
    assert (await winner.hold(client, place)).status_code == 201
    for loser, most in zip(losers, (FIRST_REFUSED, REFUSED, REFUSED), strict=True):
        async with counted() as asked:
            refused = await loser.hold(client, place)
        assert (refused.status_code, len(refused.json()["other_starts"])) == (409, 3)
        assert len(asked) <= most, asked
        assert not any("keep_place" in statement for statement in asked)
