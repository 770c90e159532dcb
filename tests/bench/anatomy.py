"""Where a listing's time goes: its statements on a bare connection, and the app around them."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import asyncpg

from backend.audit.repository import _LINE_OF_WHO, _noted_by, _of_line
from backend.booking.visit_repository import _VISIT, reading_of
from backend.identity.repository import _asking
from backend.kit.parts import Part, texts_of, values_of
from backend.local.postgres import LocalPostgres
from tests.bench import product, servers, shares
from tests.bench.data import Size
from tests.bench.product import Person

ROUNDS, TIMES = 7, 100
Statement = tuple[str, Callable[[], tuple[object, ...]]]


async def run(postgres: LocalPostgres, size: Size, first: date) -> dict[str, Any]:
    """Milliseconds of each statement alone, in turns (the medians of the rounds), and whose code takes how
    much of an answer."""
    database = f"bench_{size.name}"
    owner = await asyncpg.connect(postgres.owner_url(database))
    person = (await product.people(owner, 1))[0]
    await owner.close()
    env, listing = servers.environment(postgres, database), person.listing(first, size.days)
    return {
        "statements": await _timed(postgres.app_url(database), _statements(person)),
        "floor": shares.run("tests.bench.floor:app", env, "/", person.token),
        "ours": shares.run("backend.app:app", env, listing, person.token),
    }


async def _timed(url: str, statements: Mapping[str, Statement]) -> dict[str, float]:
    connection = await asyncpg.connect(url)
    took: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(ROUNDS):
        for name, statement in statements.items():
            took[name].append(await _milliseconds(connection, statement))
    await connection.close()
    return {name: median(times) for name, times in took.items()}


def _statements(person: Person) -> dict[str, Statement]:
    id = person.id

    def asking() -> Part:
        return _asking(person.token, datetime.now(UTC))

    def both() -> tuple[Part, ...]:
        reading = reading_of(id, "slots.list")
        return asking(), reading.part, Part(_LINE_OF_WHO, _of_line(reading))

    def values() -> tuple[object, ...]:
        return tuple(values_of(both()))

    texts = texts_of(both())
    return {
        "`select 1`": ("select 1", lambda: ()),
        "who asks": (asking().sql, lambda: asking().values),
        "the visit": (_VISIT, lambda: (None, id, id, True, id)),
        "both, with the journal's line": (_noted_by(texts, alone=True), values),
        "the same, waiting for the disk": (_noted_by(texts, alone=False), values),
    }


async def _milliseconds(connection: asyncpg.Connection, statement: Statement) -> float:
    sql, values = statement
    await connection.fetchrow(sql, *values())
    began = time.perf_counter()
    for _ in range(TIMES):
        await connection.fetchrow(sql, *values())
    return (time.perf_counter() - began) * 1000 / TIMES
