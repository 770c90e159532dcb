"""R1: two hundred people after one place, over HTTP, against two server processes.

The same place; places of 30 and 45 minutes that all overlap; and one chair asked for with two practitioners.
One of two hundred gets it, the others are refused in words and shown three other places. In the controls,
without lock, second look and constraint, each of the three is given away several times.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from statistics import quantiles
from typing import Any, NamedTuple

import asyncpg
import httpx
import pytest

from tests.flows.crowd import FULL, Runner, apart, counted, later, runners, sized
from tests.flows.test_race import deadlocks, double_bookings, others_of, scratch, served
from tests.laws import UNPROTECTED
from tests.visits import FIRST_CHAIR

# Seconds; the server closes what is idle for five, perhaps just when it is used again.
CLOSED_BEFORE = 2.0
CROWD, ROUNDS, ROUNDS_OF_OTHERS = 200, sized(1, 50), sized(1, 10)
# By luck a round without protection may have one winner; not so many in a row.
MOST_ALONE = 5
FIRST_VISIT_CONTROL, FIRST_CONSULTATION = "CTRL", "CONS1"  # 30 and 45 minutes

pytestmark = pytest.mark.slow

Choose = Callable[[int], dict[str, Any]]
Answer = tuple[httpx.Response, float]


class Rush:
    """Two hundred people, half of whom need 30 minutes and half 45, and the place they are after."""

    def __init__(self, owner: asyncpg.Connection, client: httpx.AsyncClient) -> None:
        self.owner, self.client = owner, client

    async def begin(self) -> None:
        """Everybody is there, and a place is chosen that leaves room for an hour on either side."""
        self.short = await runners(self.owner, CROWD, FIRST_VISIT_CONTROL)
        long = await runners(self.owner, CROWD // 2, FIRST_CONSULTATION)
        self.mixed = [*self.short[: CROWD // 2], *long]
        practitioners = await self.owner.fetch("select id from practitioner where 'OMNI' = any(skills)")
        self.practitioners = [str(row["id"]) for row in practitioners]
        self.place = apart(await self.short[0].places(self.client), 120)[1]

    def same(self, _: int) -> dict[str, Any]:
        """Everybody wants the same."""
        return self.place

    def overlapping(self, number: int) -> dict[str, Any]:
        """Starts five minutes apart, all of which still have the 25th minute of the place in them."""
        return later(self.place, 5 * (number % 6))

    def one_chair(self, number: int) -> dict[str, Any]:
        """The same minutes, each with another practitioner; they share a chair."""
        return {**self.place, "practitioner": self.practitioners[number % len(self.practitioners)]}

    async def round(self, crowd: list[Runner], choose: Choose) -> list[Answer]:
        """Everybody asks at once, in an agenda in which nothing is held; answers and seconds."""
        await self.owner.execute("delete from resource_use")
        await self.owner.execute("delete from hold")
        together = asyncio.Barrier(len(crowd))

        async def run(number: int, runner: Runner) -> Answer:
            await together.wait()
            began = time.perf_counter()
            answer = await runner.hold(self.client, choose(number))
            return answer, time.perf_counter() - began

        return await asyncio.gather(*(run(number, runner) for number, runner in enumerate(crowd)))


@asynccontextmanager
async def rush(app: str, name: str, before: str) -> AsyncIterator[Rush]:
    """The crowd in front of this app, on a database in which `before` has been run."""
    async with scratch(name) as (database, owner):
        await owner.execute(before)
        limits = httpx.Limits(max_connections=CROWD, keepalive_expiry=CLOSED_BEFORE)
        async with (
            served(app, database) as url,
            httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client,
        ):
            found = Rush(owner, client)
            await found.begin()
            yield found


class Race(NamedTuple):
    """Who asks for what, on a database in which `before` has been run."""

    words: str
    rounds: int
    before: str
    who: Callable[[Rush], tuple[list[Runner], Choose]]


AS_IT_IS = "select 1"
ONE_CHAIR = f"update practitioner set chair_ids = array['{FIRST_CHAIR}'::uuid]"
RACES: Mapping[str, Race] = {
    "same": Race("the same place", ROUNDS, AS_IT_IS, lambda rush: (rush.short, rush.same)),
    "overlapping": Race(
        "30 and 45 minutes that overlap",
        ROUNDS_OF_OTHERS,
        AS_IT_IS,
        lambda rush: (rush.mixed, rush.overlapping),
    ),
    "one_chair": Race(
        "one chair, two practitioners", ROUNDS_OF_OTHERS, ONE_CHAIR, lambda rush: (rush.short, rush.one_chair)
    ),
}


@pytest.mark.parametrize("race", RACES)
async def test_one_of_two_hundred_gets_it(race: str) -> None:
    words, rounds, prepare, who = RACES[race]
    database = f"slot_race_{race}"
    async with rush("backend.app:app", database, prepare) as crowd:
        with counted(f"R1, {words}: {rounds} rounds of {CROWD}") as counts:
            statuses: Counter[str] = Counter()
            slow: list[float] = []
            for _ in range(rounds):
                answers = await crowd.round(*who(crowd))
                await check(crowd.owner, [answer for answer, _ in answers])
                statuses.update(str(answer.status_code) for answer, _ in answers)
                slow += [seconds for _, seconds in answers]
            counts |= statuses | {"p95 s": round(quantiles(slow, n=20)[-1], 2)}
    assert statuses == {"201": rounds, "409": rounds * (CROWD - 1)}
    assert deadlocks(database) == 0


async def check(owner: asyncpg.Connection, answers: list[httpx.Response]) -> None:
    """One has it; everybody else is told so, and named three other places."""
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CROWD - 1}
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["key"] for answer in refused} == {"booking.slot_taken"}
    assert {len(set(others_of(answer))) for answer in refused} == {3}
    assert await owner.fetchval("select count(*) from hold") == 1
    assert await double_bookings(owner) == 0


@pytest.mark.parametrize("race", RACES if FULL else ["overlapping"])
async def test_without_its_protection_it_is_given_away_several_times(race: str) -> None:
    words, _, prepare, who = RACES[race]
    async with rush("tests.flows.unprotected:app", f"slot_race_{race}_bare", UNPROTECTED + prepare) as crowd:
        with counted(f"R1, {words}, control: no lock, second look or constraint") as counts:
            statuses: Counter[str] = Counter()
            twice = 0
            while not twice and statuses["201"] < MOST_ALONE:
                answers = await crowd.round(*who(crowd))
                statuses.update(str(answer.status_code) for answer, _ in answers)
                twice = await double_bookings(crowd.owner)
            counts |= statuses | {"overlaps": twice}
    assert twice > 0
