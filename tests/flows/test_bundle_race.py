"""Twelve families after places for two, and twenty-four people after one of the same, over HTTP at once.

Two server processes. A family holds both places or none; no resource is held twice; nothing deadlocks.
Without lock, second look and constraint places are given away twice; locked in any order, the database finds
deadlocks.
"""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import httpx
import pytest

from backend.kit.ids import new_id
from tests.flows.crowd import Runner, runners, sized
from tests.flows.test_race import API, deadlocks, double_bookings, scratch, served
from tests.laws import IN_ANY_ORDER, UNPROTECTED

FAMILIES, SINGLES, ROUNDS = 12, 24, sized(2, 40)
# Who is first is chance: so many rounds may pass until each outcome was seen.
MOST = 10 * ROUNDS

pytestmark = pytest.mark.slow

CHILD = """
with patient as (
  insert into patient (id, given_name, family_name, birth_date, created_at)
  values ($1, 'Coureuse', 'Test', '2018-05-05', now())),
guardian as (
  insert into guardian (id, account_id, patient_id, relation, since) values ($1, $2, $1, 'parent', now()))
insert into triage_run (id, patient_id, account_id, questionnaire_version, answers, created_at, decided_at,
  urgency, outcome, care_key, advice)
values ($1, $1, $2, 'test', '{}', now(), now(), 'U4', 'T22', 'CTRL', 'T22')
"""
# Of those who hold for a group, how many places each holds.
HELD = "select count(*) as places from hold where group_id is not null group by group_id"


class Rush:
    """The families with their groups, the others, and what they are after."""

    def __init__(self, owner: asyncpg.Connection, client: httpx.AsyncClient) -> None:
        self.owner, self.client = owner, client

    async def begin(self) -> None:
        """Everybody is there; of a day with enough of them, six bundles that get in each other's way."""
        self.singles = await runners(self.owner, SINGLES)
        self.families = [await self._family(one) for one in await runners(self.owner, FAMILIES)]
        parent, group = self.families[0]
        answer = await self.client.get(f"{API}/groups/{group}/slots", headers=parent.cookie)
        days: dict[str, list[Any]] = {}
        for bundle in answer.json()["bundles"]:
            days.setdefault(bundle["start"][:10], []).append(bundle)
        self.wanted = next(found for found in list(days.values())[1:] if len(found) >= 6)[:6]

    async def _family(self, parent: Runner) -> tuple[Runner, str]:
        child = new_id()
        await self.owner.execute(CHILD, child, parent.id)
        both = {"triage_ids": [str(parent.result), str(child)]}
        answer = await self.client.post(f"{API}/groups", json=both, headers=parent.cookie)
        return parent, answer.json()["id"]

    async def round(self, number: int) -> tuple[list[httpx.Response], list[httpx.Response]]:
        """All ask at once, in an agenda in which nothing is held: answers to families, and to the others."""
        await self.owner.execute("delete from resource_use")
        await self.owner.execute("delete from hold")
        together = asyncio.Barrier(FAMILIES + SINGLES)

        async def bundle(nth: int, parent: Runner, group: str) -> httpx.Response:
            chosen = self.wanted[(nth + number) % len(self.wanted)]
            body = {"start": chosen["start"], "arrangement": chosen["arrangement"]}
            await together.wait()
            return await self.client.post(f"{API}/groups/{group}/holds", json=body, headers=parent.cookie)

        async def single(nth: int, one: Runner) -> httpx.Response:
            # They are faster, and leave some to the families.
            places = self.wanted[(nth + number) % 2]["places"]
            await together.wait()
            return await one.hold(self.client, places[nth % 2])

        asked = [bundle(nth, *family) for nth, family in enumerate(self.families)]
        asked += [single(nth, one) for nth, one in enumerate(self.singles)]
        answers = await asyncio.gather(*asked)
        return answers[:FAMILIES], answers[FAMILIES:]


class Seen:
    """What the rounds of a race came to: answers by status, spans held twice, families with half a bundle."""

    def __init__(self) -> None:
        self.families, self.others = Counter[int](), Counter[int]()
        self.doubles, self.deadlocks = 0, 0
        self.partial: list[str] = []

    @property
    def is_broken(self) -> bool:
        """Whether something went wrong that the protection keeps from happening."""
        return bool(self.doubles or self.deadlocks or self.partial)

    @property
    def is_mixed(self) -> bool:
        """Whether some were given a place and some refused, among the families and among the others."""
        return len(self.families) > 1 and len(self.others) > 1


async def race(app: str, name: str, *, before: str = "select 1", until_broken: bool = False) -> Seen:
    """`ROUNDS` rounds and more until both outcomes were seen; a control ends with the first that went wrong.

    `before` is run in the database first.
    """
    seen = Seen()
    limits = httpx.Limits(max_connections=FAMILIES + SINGLES)
    async with scratch(name) as (database, owner):
        await owner.execute(before)
        async with (
            served(app, database) as url,
            httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client,
        ):
            rush = Rush(owner, client)
            await rush.begin()
            for number in range(MOST):
                families, others = await rush.round(number)
                seen.families.update(answer.status_code for answer in families)
                seen.others.update(answer.status_code for answer in others)
                seen.doubles += await double_bookings(owner)
                seen.deadlocks = deadlocks(database)
                held = [row["places"] for row in await owner.fetch(HELD)]
                won = sum(answer.status_code == 201 for answer in families)
                if held != [2] * won:
                    seen.partial.append(f"{won} families hold {held}")
                if seen.is_broken if until_broken else seen.is_mixed and number + 1 >= ROUNDS:
                    break
    return seen


async def test_a_family_gets_both_places_or_none() -> None:
    seen = await race("backend.app:app", "bundle_race")
    assert set(seen.families) == set(seen.others) == {201, 409}
    assert (seen.partial, seen.doubles, seen.deadlocks) == ([], 0, 0)


async def test_without_lock_and_second_look_places_are_given_away_twice() -> None:
    app = "tests.flows.unprotected:app"
    seen = await race(app, "bundle_race_unprotected", before=UNPROTECTED, until_broken=True)
    assert seen.doubles > 0


async def test_locked_in_any_order_the_database_finds_deadlocks() -> None:
    name = "bundle_race_unsorted"
    # Usually PostgreSQL waits for a second before it looks, and as often as somebody stands in the way.
    soon = f"alter database {name} set deadlock_timeout = '20ms';" + IN_ANY_ORDER
    seen = await race("backend.app:app", name, before=soon, until_broken=True)
    assert seen.deadlocks > 0
