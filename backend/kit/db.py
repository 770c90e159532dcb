"""One pool (Piccolo's), transactions that give their connection back, and plain SQL where it reads better.

Piccolo's own transaction leaks its connection when COMMIT raises, and a nested one is no savepoint:
`transaction()` here cures the first and refuses the second by joining the outer one knowingly.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import ExitStack, asynccontextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

import msgspec
from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from backend.kit.told import heard_on, pass_on

S = TypeVar("S")

_after_commit: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar(
    "after_commit", default=None
)


class _Transaction(PostgresTransaction):
    """Piccolo's transaction, with the connection released whatever COMMIT or BEGIN does; what its changes
    say to listeners is sent once it has committed."""

    async def __aenter__(self) -> "PostgresTransaction":
        if self._parent is not None:
            return self._parent
        self.connection = await self.get_connection()  # type: ignore[no-untyped-call]
        self._listening = ExitStack()
        self._words = self._listening.enter_context(heard_on(self.connection))
        try:
            self.transaction = self.connection.transaction()
            await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._release()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        try:
            if exception is not None:
                if not self._rolled_back and not self.connection.is_closed():
                    await self.rollback()  # type: ignore[no-untyped-call]
            elif not self._committed and not self._rolled_back:
                await self.commit()  # type: ignore[no-untyped-call]
                await pass_on(self.connection, self._words)
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._release()
        return False

    async def _release(self) -> None:
        self._listening.close()
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


@cache
def engine() -> PostgresEngine:
    """The one engine that Piccolo's tables use."""
    found = engine_finder()
    assert isinstance(found, PostgresEngine)
    return found


async def _keep_session(connection: Any) -> None:
    """No state is ever set on a session, so the reset that asyncpg sends on release is a wasted trip."""


async def open_pool(size: int = 10) -> None:
    """Open the pool; call once per process, inside its event loop."""
    await engine().start_connection_pool(
        min_size=1,
        max_size=size,
        reset=_keep_session,
        # Kept open: opening one costs more than it does to lie idle, and so does a timer at each use.
        max_inactive_connection_lifetime=0,
    )


async def close_pool() -> None:
    """Close the pool; waits for connections in use."""
    await engine().close_connection_pool()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All or nothing. Inside another transaction it joins the outer one.

    What `after_commit` registered runs once the outermost transaction has committed, and is dropped
    if it rolls back.
    """
    if engine().current_transaction.get() is not None:
        yield
        return
    waiting: list[Callable[[], Awaitable[None]]] = []
    mark = _after_commit.set(waiting)
    try:
        async with _Transaction(engine()):
            yield
    finally:
        _after_commit.reset(mark)
    for call in waiting:
        await call()


def after_commit(call: Callable[[], Awaitable[None]]) -> None:
    """Run `call` once the current transaction has committed. It must not raise: nothing is left to undo."""
    waiting = _after_commit.get()
    assert waiting is not None, "after_commit outside a transaction"
    waiting.append(call)


def in_transaction() -> bool:
    """Whether the current task holds an open transaction."""
    return engine().current_transaction.get() is not None


@asynccontextmanager
async def _connection() -> AsyncIterator[Any]:
    current = engine().current_transaction.get()
    if current is not None:
        yield current.connection
        return
    pool = engine().pool
    assert pool is not None, "open_pool() was not called"
    async with pool.acquire() as connection:
        with heard_on(connection) as words:
            yield connection
        await pass_on(connection, words)


async def fetch(sql: str, *values: object) -> list[Any]:
    """All rows of a statement with asyncpg's `$1` places, on the current transaction if there is one."""
    async with _connection() as connection:
        return list(await connection.fetch(sql, *values))


async def fetch_row(sql: str, *values: object, patience: float | None = None) -> Any | None:
    """The first row, or None; TimeoutError when that takes more than `patience` seconds."""
    async with _connection() as connection:
        return await connection.fetchrow(sql, *values, timeout=patience)


async def look(sql: str, *values: object) -> Any | None:
    """The first row of a statement that changes nothing which anybody listens to: no trigger is heard."""
    current = engine().current_transaction.get()
    if current is not None:
        return await current.connection.fetchrow(sql, *values)
    pool = engine().pool
    assert pool is not None, "open_pool() was not called"
    return await pool.fetchrow(sql, *values)


async def fetch_value(sql: str, *values: object) -> Any:
    """The first column of the first row, or None."""
    async with _connection() as connection:
        return await connection.fetchval(sql, *values)


async def execute(sql: str, *values: object) -> int:
    """Run a statement; the number of rows it touched (0 where the server names none)."""
    async with _connection() as connection:
        tag: str = await connection.execute(sql, *values)
    last = tag.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


async def execute_many(sql: str, rows: Iterable[tuple[object, ...]]) -> None:
    """One statement for many rows of values."""
    async with _connection() as connection:
        await connection.executemany(sql, list(rows))


async def copy_rows(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Many rows at once by COPY, for seeding."""
    async with _connection() as connection:
        await connection.copy_records_to_table(table, records=list(rows), columns=columns)


def to_struct(kind: type[S], row: Any) -> S:
    """A row as a struct whose fields bear the columns' names (strict: no silent conversion)."""
    return msgspec.convert(dict(row), kind)


def to_structs(kind: type[S], rows: Iterable[Any]) -> list[S]:
    """The same for many rows."""
    return [msgspec.convert(dict(row), kind) for row in rows]


def json_text(value: object) -> str:
    """A value as JSON text, for a `$n::jsonb` place."""
    return msgspec.json.encode(value).decode()
