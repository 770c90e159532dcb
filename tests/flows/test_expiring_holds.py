"""Holds that expire while their confirmation is on its way: booked or released, never both, never neither.

Each confirmation lands within 50 ms of the expiry, and somebody else wants the place at the same moment.
Without the statement that decides, some places are promised to both.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from backend.booking import hold_repository, use_repository
from backend.booking.use_repository import Use
from backend.kit import db
from tests.flows.crowd import Runner, apart, runners

HOLDS, SEED = 100, 20261122
SPREAD = timedelta(milliseconds=50)

pytestmark = pytest.mark.slow


@pytest.fixture
async def client(app: Any, database: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    """The app, for whoever shows a cookie."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as found:
        yield found


async def race(owner: asyncpg.Connection, client: httpx.AsyncClient) -> Counter[tuple[bool, bool]]:
    """How often (the holder has the place, the rival has it), once everybody has had their answer."""
    chance = random.Random(SEED)
    holders, rivals = await runners(owner, HOLDS), await runners(owner, HOLDS)
    places = apart(await holders[0].places(client, 120))[:HOLDS]
    assert len(places) == HOLDS
    asked = zip(holders, places, strict=True)
    holds = [(await holder.hold(client, place)).json()["id"] for holder, place in asked]
    began = datetime.now(UTC) + timedelta(seconds=1)
    ends = [began + timedelta(milliseconds=40 * number) for number in range(HOLDS)]
    for table, column in (("hold", "id"), ("resource_use", "hold_id")):
        await owner.executemany(
            f"update {table} set expires_at = $2 where {column} = $1",
            [(UUID(held), end) for held, end in zip(holds, ends, strict=True)],
        )

    async def one(holder: Runner, rival: Runner, held: str, place: dict[str, Any], end: datetime) -> Any:
        confirmed, wanted = await asyncio.gather(
            _at(end + chance.uniform(-1, 1) * SPREAD, holder.book(client, held)),
            _at(end + chance.uniform(0, 1) * SPREAD, rival.hold(client, place)),
        )
        assert confirmed.status_code in (201, 409), confirmed.text
        if wanted.status_code != 201:
            wanted = await rival.hold(client, place)
        return confirmed.status_code == 201, wanted.status_code == 201

    found = zip(holders, rivals, holds, places, ends, strict=True)
    return Counter(await asyncio.gather(*(one(*each) for each in found)))


async def _at(moment: datetime, request: Any) -> Any:
    await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())
    return await request


async def test_each_place_is_booked_or_released(database: asyncpg.Connection, client: Any) -> None:
    outcomes = await race(database, client)
    assert set(outcomes) == {(True, False), (False, True)}, outcomes
    booked = await database.fetchval("select count(*) from appointment where status = 'booked'")
    whole = await database.fetchval(
        "select count(*) from (select appointment_id from resource_use where appointment_id is not null "
        "group by 1 having count(*) = 2) as each"
    )
    assert booked == whole == outcomes[True, False]


async def test_without_the_statement_that_decides_some_are_promised_twice(
    database: asyncpg.Connection, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_holds: dict[UUID, int] = {}
    uses_of_hold = use_repository.uses_of_hold

    async def counted(hold_id: UUID) -> list[Use]:
        found = await uses_of_hold(hold_id)
        of_holds[hold_id] = len(found)
        return found

    async def undecided(hold_id: UUID, appointment_id: UUID) -> int:
        await db.execute(
            "update resource_use set appointment_id = $2, hold_id = null, expires_at = null "
            "where hold_id = $1",
            hold_id,
            appointment_id,
        )
        return of_holds[hold_id]

    async def any_age(viewer: Any, hold_id: UUID) -> Any:
        row = await db.fetch_row(f"select {hold_repository._COLUMNS} from hold h where h.id = $1", hold_id)
        return hold_repository._hold(row)

    monkeypatch.setattr(use_repository, "uses_of_hold", counted)
    monkeypatch.setattr(use_repository, "keep_for_appointment", undecided)
    monkeypatch.setattr(hold_repository, "hold_for", any_age)
    assert (await race(database, client))[True, True] > 0
