"""Fifty people want the same place at the same moment, over HTTP, against two server processes.

One gets it, 49 are told so with three other places, nothing deadlocks. Without the lock, the second look and
the constraint, the same race gives the place away several times: the protection is what decides it.
"""

import asyncio
import os
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from backend.kit.ids import digest, new_id, new_token
from tests import servers
from tests.laws import UNPROTECTED
from tests.listings import places_of

RUNNERS = 50
ROOT = Path(__file__).parents[2]
API = "/api/v1"

pytestmark = pytest.mark.slow

PERSON = """
with person as (
  insert into account (id, given_name, family_name, created_at) values ($1, 'Coureur', 'Test', now())),
patient as (
  insert into patient (id, given_name, family_name, birth_date, created_at)
  values ($1, 'Coureur', 'Test', '1990-05-05', now())),
guardian as (
  insert into guardian (id, account_id, patient_id, relation, since) values ($1, $1, $1, 'self', now())),
session as (
  insert into session (id, token_digest, account_id, strong, device, created_at, last_seen_at, expires_at)
  values ($1, $2, $1, true, 'Test', now(), now(), now() + interval '1 hour'))
insert into triage_run (id, patient_id, account_id, questionnaire_version, answers, created_at, decided_at,
  urgency, outcome, care_key, advice)
values ($1, $1, $1, 'test', '{}', now(), now(), 'U4', 'T22', 'CTRL', 'T22')
"""


async def enter_runners(owner: asyncpg.Connection) -> dict[str, str]:
    """`RUNNERS` adults who are signed in and have answered the questions: token -> triage id."""
    runners = {new_token(): new_id() for _ in range(RUNNERS)}
    for token, one in runners.items():
        await owner.execute(PERSON, one, digest(token))
    return {token: str(one) for token, one in runners.items()}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def served(app: str, database: str) -> AsyncIterator[str]:
    """The app on two processes, on this database."""
    postgres, port = servers.servers().postgres, free_port()
    environment = {**os.environ, "QUENOTTE_DATABASE_URL": postgres.app_url(database)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", app, "--workers", "2", "--port", str(port)),
        *("--log-level", "warning"),
        cwd=ROOT,
        env=environment,
    )
    try:
        url = f"http://localhost:{port}"
        await answers(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def answers(url: str) -> None:
    """Wait until the app answers."""
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{url}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


async def race(url: str, runners: dict[str, str]) -> list[httpx.Response]:
    """Everybody looks at the list over a connection of their own, then all ask for its first place."""
    together = asyncio.Barrier(len(runners))
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=RUNNERS)) as client:

        async def run(token: str, triage_id: str) -> httpx.Response:
            cookie = {"Cookie": f"quenotte={token}"}
            listing = await client.get(f"{url}{API}/slots", params={"triage": triage_id}, headers=cookie)
            slot = places_of(listing.json())[0]
            place = {"start": slot["start"], "practitioner_id": slot["practitioner"]}
            await together.wait()
            body = {"triage_id": triage_id, **place}
            return await client.post(f"{url}{API}/holds", json=body, headers=cookie)

        return await asyncio.gather(*(run(token, triage_id) for token, triage_id in runners.items()))


@asynccontextmanager
async def scratch(name: str) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A database of its own with the cast in it, and its owner's connection."""
    postgres = servers.servers().postgres
    postgres.create_database(name, template="quenotte_template")
    owner = await asyncpg.connect(postgres.owner_url(name))
    try:
        yield name, owner
    finally:
        await owner.close()


def deadlocks(database: str) -> int:
    """How many deadlocks PostgreSQL's log tells of in this database."""
    lines = servers.servers().postgres.log.read_text().splitlines()
    return sum(f"] {database} ERROR:  deadlock detected" in line for line in lines)


async def double_bookings(owner: asyncpg.Connection) -> int:
    found: int = await owner.fetchval(
        """
        select count(*) from resource_use a join resource_use b
          on a.resource_id = b.resource_id and a.id < b.id
          and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
        """
    )
    return found


def others_of(refused: httpx.Response) -> list[Any]:
    return [other["start"] for other in refused.json()["other_starts"]]


async def test_one_of_fifty_gets_the_place() -> None:
    async with scratch("race") as (database, owner):
        runners = await enter_runners(owner)
        async with served("backend.app:app", database) as url:
            outcomes = await race(url, runners)
        assert Counter(answer.status_code for answer in outcomes) == {201: 1, 409: RUNNERS - 1}
        refused = [answer for answer in outcomes if answer.status_code == 409]
        assert {answer.json()["key"] for answer in refused} == {"booking.slot_taken"}
        assert {len(set(others_of(answer))) for answer in refused} == {3}
        assert await owner.fetchval("select count(*) from hold") == 1
        assert await double_bookings(owner) == 0
    assert deadlocks(database) == 0


async def test_without_its_protection_the_place_is_given_away_several_times() -> None:
    async with scratch("race_unprotected") as (database, owner):
        runners = await enter_runners(owner)
        await owner.execute(UNPROTECTED)
        async with served("tests.flows.unprotected:app", database) as url:
            outcomes = await race(url, runners)
        assert Counter(answer.status_code for answer in outcomes)[201] > 1
        assert await double_bookings(owner) > 0
