"""Every route, as everybody: what each person meets is what `table.py` says."""

import html
from collections.abc import Collection
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from backend.booking import repository as appointments
from backend.booking import visit_repository as visits
from backend.families import repository as families
from backend.triage import repository as triage
from tests.conftest import Snapshot
from tests.flows.scene import NOTE, REASON, Scene, build
from tests.flows.table import FAMILY, FAMILY_CARE, PERSONAS, TABLE, Outcome, Row
from tests.flows.walk import knock, met, routes, tokens


@pytest.fixture
async def scene(cast: Any, viewer_of: Any, database: asyncpg.Connection) -> Scene:
    return await build(cast, viewer_of, database)


def test_every_route_has_a_row(app: Litestar) -> None:
    assert set(routes(app)) == {(row.method, row.route) for row in TABLE}


async def walk(
    browser: httpx.AsyncClient,
    scene: Scene,
    cast: Any,
    database: asyncpg.Connection,
    rows: Collection[Row] = TABLE,
    personas: Collection[str] = PERSONAS,
) -> tuple[int, list[str]]:
    """How many cells were walked, and those in which somebody met another outcome than the table's."""
    keys = await tokens(cast)
    before = Snapshot(database)
    await before.take()
    cells, wrong = 0, []
    for row in rows:
        for persona in personas:
            answer = await knock(browser, row, scene, keys.get(persona))
            outcome = met(answer, row)
            if outcome != row.rule[persona]:
                wrong.append(f"{row.method} {row.path}{row.query} as {persona}: {outcome}")
            if row.method != "GET" and answer.status_code < 400:
                await before.put_back()
            cells += 1
    return cells, wrong


async def test_everybody_meets_what_the_table_says(
    anonymous: httpx.AsyncClient, scene: Scene, cast: Any, database: asyncpg.Connection
) -> None:
    cells, wrong = await walk(anonymous, scene, cast, database)
    print(f"{cells} cells: {len(TABLE)} rows x {len(PERSONAS)} people")
    assert wrong == []
    assert cells > 1300


async def test_control_without_the_families_rule_an_outsider_gets_in(
    anonymous: httpx.AsyncClient,
    scene: Scene,
    cast: Any,
    database: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, statement, rule in (
        (families, "_RELATIVES", "g.account_id = $2"),
        (triage, "READABLE_RESULT", "g.account_id = $5"),
        (visits, "_VISIT", "g.account_id = $5"),
        (visits, "_VISIT_BY_WHO", "g.account_id = who.account_id"),
        (appointments, "_ONE", "g.account_id = $3"),
    ):
        kept = getattr(module, statement)
        assert rule in kept
        value = rule.split(" = ")[1]
        monkeypatch.setattr(module, statement, kept.replace(rule, f"({value}::uuid is not null)"))
    rows = [row for row in TABLE if row.rule in (FAMILY, FAMILY_CARE)]
    _, wrong = await walk(anonymous, scene, cast, database, rows, ["outsider"])
    assert len(wrong) == len(rows)


async def told(
    browser: httpx.AsyncClient, scene: Scene, cast: Any, person: str, words: Collection[str]
) -> list[str]:
    """The pages that a person may open and that hold one of these words."""
    keys, found = await tokens(cast), []
    for row in TABLE:
        if row.method == "GET" and row.rule[person] == Outcome.IN:
            answer = await knock(browser, row, scene, keys[person])
            body = html.unescape(answer.text)
            found += [f"{row.path}{row.query}: {word}" for word in words if word in body]
    return found


async def test_a_code_is_told_neither_care_nor_answers(
    anonymous: httpx.AsyncClient, scene: Scene, cast: Any
) -> None:
    words = ("M’T dents", "EBD_6_12", "Sans urgence", "l’examen", NOTE, REASON)
    assert await told(anonymous, scene, cast, "mother_by_code", words) == []
    assert len(await told(anonymous, scene, cast, "mother", words)) > 10


@pytest.mark.parametrize("person", ["receptionist", "owner"])
async def test_answers_are_told_to_those_who_give_care_alone(
    anonymous: httpx.AsyncClient, scene: Scene, cast: Any, person: str
) -> None:
    assert await told(anonymous, scene, cast, person, (NOTE, "Un contrôle")) == []
    assert len(await told(anonymous, scene, cast, "dentist", (NOTE, "Un contrôle"))) == 2
