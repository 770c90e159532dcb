"""Lila comes of age at midnight where the practice is, while her parents' sessions are open.

Everything of hers that the table of routes knows is tried by both parents a minute before and at that
midnight: her visits and what was held, chosen, asked and offered for her, as page, JSON, calendar file and
message link.
"""

import html
import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from backend.families import repository as families
from backend.practice.repository import forget_practice
from tests.conftest import Clock, Snapshot
from tests.flows.scene import Scene, build
from tests.flows.table import TABLE, Outcome, Row
from tests.flows.walk import fill, knock, met, tokens

PARENTS = ("mother", "mother_by_code", "father")
HERS = (
    *("patient", "result", "open_run", "ready_run", "hold", "appointment", "past"),
    *("link", "offer_link", "feed_token"),
)
"""The names in a row that lead to something of Lila's alone."""

HER_NAMES = re.compile("{(" + "|".join(HERS) + ")}")
ZONES = ("Europe/Paris", "America/Martinique", "Indian/Reunion")


class Midnight:
    """The scene on the evening before her birthday, and sessions that were opened then."""

    def __init__(self, at: datetime, scene: Scene, keys: dict[str, str], clock: Clock) -> None:
        self.at, self.scene, self.keys, self.clock = at, scene, keys, clock


@pytest.fixture(params=ZONES)
async def midnight(
    request: Any, cast: Any, viewer_of: Any, clock: Clock, database: asyncpg.Connection
) -> Midnight:
    zone = ZoneInfo(request.param)
    await database.execute("update site set zone = $1", zone.key)
    forget_practice()
    tomorrow = (await clock.now()).astimezone(zone).date() + timedelta(days=2)
    at = datetime.combine(tomorrow, time(0), zone)
    await clock.move_to(at - timedelta(minutes=3))
    scene = await build(cast, viewer_of, database)
    born = tomorrow.replace(year=tomorrow.year - 18)
    await database.execute("update patient set birth_date = $2 where id = $1", scene.patient, born)
    await clock.move_to(at - timedelta(minutes=1))
    return Midnight(at, scene, await tokens(cast), clock)


def hers(rows: Iterable[Row]) -> list[Row]:
    """The rows that lead to something of hers alone, with whatever they send."""
    return [row for row in rows if HER_NAMES.search(f"{row.path}{row.query}{row.form}{row.json}")]


async def outcomes(
    browser: httpx.AsyncClient, midnight: Midnight, database: asyncpg.Connection, rows: Iterable[Row]
) -> list[tuple[Row, str, str]]:
    before, found = Snapshot(database), []
    await before.take()
    for row in rows:
        for parent in PARENTS:
            answer = await knock(browser, row, midnight.scene, midnight.keys[parent])
            found.append((row, parent, met(answer, row)))
            if row.method != "GET" and answer.status_code < 400:
                await before.put_back()
    return found


def said(found: Iterable[tuple[Row, str, str]], outcome: str) -> list[str]:
    """Who met that outcome where they had not before."""
    return [f"{row.method} {row.path}{row.query} {parent}" for row, parent, met in found if met == outcome]


async def test_at_midnight_everything_of_hers_is_closed_to_both_parents(
    anonymous: httpx.AsyncClient, midnight: Midnight, database: asyncpg.Connection
) -> None:
    theirs = [row for row in hers(TABLE) if not row.route.startswith("/bureau")]
    before = await outcomes(anonymous, midnight, database, theirs)
    assert len(said(before, Outcome.IN)) > 100
    await midnight.clock.move_to(midnight.at)
    after = await outcomes(anonymous, midnight, database, theirs)
    assert said(after, Outcome.IN) == []


async def test_what_is_shown_of_the_family_no_longer_names_her(
    anonymous: httpx.AsyncClient, midnight: Midnight
) -> None:
    async def naming() -> list[str]:
        found = []
        for row in TABLE:
            if row.method == "GET" and not row.route.startswith(("/bureau", "/demo", "/static")):
                for parent in PARENTS:
                    answer = await knock(anonymous, row, midnight.scene, midnight.keys[parent])
                    told = html.unescape(answer.text)
                    where = fill(row.path + row.query, midnight.scene)
                    ids = [str(getattr(midnight.scene, name)) for name in HERS]
                    if "Lila" in told or any(one in told and one not in where for one in ids):
                        found.append(f"{row.path}{row.query} {parent}")
        return found

    assert len(await naming()) > 20
    await midnight.clock.move_to(midnight.at)
    assert await naming() == []


@pytest.mark.parametrize("midnight", ["Europe/Paris"], indirect=True)
async def test_control_counted_in_utc_she_would_be_a_child_for_another_hour(
    anonymous: httpx.AsyncClient,
    midnight: Midnight,
    database: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zone = "(select zone from site order by id limit 1)"
    assert zone in families._RELATIVES
    monkeypatch.setattr(families, "_RELATIVES", families._RELATIVES.replace(zone, "'UTC'"))
    await midnight.clock.move_to(midnight.at)
    after = await outcomes(anonymous, midnight, database, hers(TABLE))
    assert len(said(after, Outcome.IN)) > 20
