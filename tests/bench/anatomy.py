"""Where a listing's time goes: its statements on a bare connection, and the app around them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

import asyncpg

from backend.audit.repository import _noted
from backend.booking.visit_repository import _VISIT
from backend.identity.repository import _VIEWER
from backend.kit.ids import digest, new_id
from backend.local.postgres import LocalPostgres
from tests.bench import product
from tests.bench.product import Person

ROUNDS, TIMES = 7, 100
Statement = tuple[str, Callable[[], tuple[object, ...]]]


async def run(postgres: LocalPostgres, database: str) -> dict[str, float]:
    """Milliseconds of each statement alone, in turns: the medians of the rounds."""
    owner = await asyncpg.connect(postgres.owner_url(database))
    person = (await product.people(owner, 1))[0]
    await owner.close()
    connection = await asyncpg.connect(postgres.app_url(database))
    statements = _statements(person)
    took: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(ROUNDS):
        for name, statement in statements.items():
            took[name].append(await _milliseconds(connection, statement))
    await connection.close()
    return {name: median(times) for name, times in took.items()}


def _statements(person: Person) -> dict[str, Statement]:
    id = person.id
    visit = (None, id, id, True, id)

    def lines() -> tuple[object, ...]:
        return (
            *visit,
            [new_id(), new_id()],
            ["triage.read_result", "slots.list"],
            "account",
            id,
            id,
            "run",
            id,
        )

    return {
        "`select 1`": ("select 1", lambda: ()),
        "who asks": (_VIEWER, lambda: (digest(person.token), datetime.now(UTC))),
        "the visit": (_VISIT, lambda: visit),
        "the visit with its journal lines": (_noted(_VISIT, len(visit), alone=True), lines),
        "the same, waiting for the disk": (_noted(_VISIT, len(visit), alone=False), lines),
    }


async def _milliseconds(connection: asyncpg.Connection, statement: Statement) -> float:
    sql, values = statement
    await connection.fetchrow(sql, *values())
    began = time.perf_counter()
    for _ in range(TIMES):
        await connection.fetchrow(sql, *values())
    return (time.perf_counter() - began) * 1000 / TIMES
