"""A listing and a booking ask the database a small number of times, whatever they list: no clock needed.

Counted are all statements of one request, with BEGIN and COMMIT. A number that grows is a slower app.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from backend.kit import db
from tests.flows.crowd import runners

LISTING, HOLD, BOOK = 1, 16, 17


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
