"""Transactions: all or nothing, joined knowingly, and the connection comes back whatever COMMIT does."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from piccolo.engine.postgres import PostgresTransaction

from backend.kit import db

ROUNDS = 25


@pytest.fixture
async def promises(database: asyncpg.Connection) -> AsyncIterator[None]:
    """A table whose constraint is looked at only when the transaction ends, so that COMMIT itself fails."""
    await database.execute(
        "create table kit_promise (id int primary key, kept int references kit_promise deferrable"
        " initially deferred)"
    )
    await database.execute("grant all on kit_promise to quenotte_app")
    yield
    await database.execute("drop table kit_promise")


def in_use() -> int:
    pool = db.engine().pool
    assert pool is not None
    return int(pool.get_size() - pool.get_idle_size())


async def _break_a_promise(number: int) -> None:
    await db.execute("insert into kit_promise values ($1, $2)", number, -1)


async def test_what_commits_is_there_and_what_fails_is_not(promises: None) -> None:
    async with db.transaction():
        await db.execute("insert into kit_promise values (1, null)")
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await db.execute("insert into kit_promise values (2, null)")
            raise ZeroDivisionError
    assert [row["id"] for row in await db.fetch("select id from kit_promise")] == [1]


async def test_a_failing_commit_gives_its_connection_back(promises: None) -> None:
    before = in_use()
    for number in range(ROUNDS):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with db.transaction():
                await _break_a_promise(number)
    assert in_use() == before
    assert not db.in_transaction()


async def test_control_the_librarys_own_transaction_keeps_it(promises: None) -> None:
    before = in_use()
    lost = PostgresTransaction(db.engine())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with lost:
            await _break_a_promise(1)
    assert in_use() == before + 1
    # What it forgot is done here, so that the next test finds a whole pool.
    db.engine().current_transaction.reset(lost.context)
    assert db.engine().pool is not None
    await db.engine().pool.release(lost.connection)


async def test_a_transaction_inside_joins_the_outer_one(promises: None) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            async with db.transaction():
                await db.execute("insert into kit_promise values (1, null)")
            assert db.in_transaction()
            raise ZeroDivisionError
    assert await db.fetch_value("select count(*) from kit_promise") == 0


async def test_what_waits_for_the_commit_runs_after_it_and_never_after_a_rollback(promises: None) -> None:
    seen: list[int] = []

    async def look() -> None:
        assert not db.in_transaction()
        seen.append(await db.fetch_value("select count(*) from kit_promise"))

    async with db.transaction():
        async with db.transaction():
            db.after_commit(look)
            await db.execute("insert into kit_promise values (1, null)")
        assert seen == []
    assert seen == [1]
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with db.transaction():
            db.after_commit(look)
            await _break_a_promise(2)
    assert seen == [1]


async def test_a_cancelled_task_gives_its_connection_back(promises: None) -> None:
    before, begun = in_use(), asyncio.Event()

    async def wait_for_ever() -> None:
        async with db.transaction():
            await db.execute("insert into kit_promise values (1, null)")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait_for_ever())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert in_use() == before
    assert await db.fetch_value("select count(*) from kit_promise") == 0
