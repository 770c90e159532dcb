"""Listing: the product, its floor and the peer in turns, so that a busy neighbour disturbs all alike."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date
from itertools import cycle
from statistics import median
from typing import Any, NamedTuple

import asyncpg

from backend.local.postgres import LocalPostgres
from tests.bench import data, peer, product, servers
from tests.bench.client import Answer, Ask, Connection, connect, measure
from tests.bench.data import Size
from tests.bench.goals import Spread, spread

SECONDS = 2.0
PEER_SECONDS = 5.0
PEOPLE = 32
"""They take turns, so that what is kept of one's answer serves another, or does not."""
CHANGES = 100


class Contender(NamedTuple):
    """Who is asked, where, and for how long in each round."""

    port: int
    ask: Ask
    seconds: float


async def run(postgres: LocalPostgres, size: Size, first: date, rounds: int) -> dict[str, Any]:
    """Figures of one size: milliseconds (median, least, most) and answers a second, by contender and load.

    First of all both must list the same places; AssertionError otherwise.
    """
    database = await product.load(postgres, size, first)
    peers = peer.load(postgres, size, first)
    owner = await asyncpg.connect(postgres.owner_url(database))
    people = await product.people(owner, PEOPLE)
    env = servers.environment(postgres, database)
    async with (
        servers.served("backend.app:app", env) as ours,
        servers.served("tests.bench.floor:app", env) as floor,
        peer.served(postgres, peers) as theirs,
    ):
        await _same_places(ours, theirs, people[0], size, first)
        ask, other = _in_turn(people, size, first), peer.listing(size, first)
        contenders = {
            "floor": Contender(floor, lambda connection: connection.get("/"), SECONDS),
            "ours": Contender(ours, ask, SECONDS),
            "peer": Contender(theirs, lambda connection: connection.get(other), PEER_SECONDS),
        }
        alone = [await _round(contenders, 1) for _ in range(rounds)]
        crowd = [await _round(contenders, 16) for _ in range(rounds if size.name == "base" else 0)]
        bytes_sent = len((await ask(await connect(ours))).body)
        changed = await _after_changes(owner, contenders, rounds)
    await owner.close()
    return {
        "free_places": len(data.free(size, 1, first)),
        "bytes": bytes_sent,
        "c1": _told(alone),
        "c16": _told(crowd),
        "changed_over_floor": changed,
    }


async def growth(postgres: LocalPostgres, first: date, rounds: int) -> dict[str, Spread]:
    """How much longer the listing of each size takes than that of `base`, one browser, the sizes in turns.

    Their databases are those that `run` has loaded.
    """
    contenders: dict[str, Contender] = {}
    async with AsyncExitStack() as stack:
        for size in data.SIZES:
            database = f"bench_{size.name}"
            owner = await asyncpg.connect(postgres.owner_url(database))
            people = await product.people(owner, PEOPLE)
            await owner.close()
            app = servers.served("backend.app:app", servers.environment(postgres, database))
            port = await stack.enter_async_context(app)
            contenders[size.name] = Contender(port, _in_turn(people, size, first), SECONDS)
        await _round(contenders, 1)  # what each finds kept afterwards
        found = [await _round(contenders, 1) for _ in range(rounds)]
    return {name: spread(one[name][0] / one["base"][0] for one in found) for name in contenders}


def _in_turn(people: Sequence[product.Person], size: Size, first: date) -> Ask:
    turn = cycle(people)

    async def ask(connection: Connection) -> Answer:
        someone = next(turn)
        return await connection.get(someone.listing(first, size.days), someone.token)

    return ask


async def _after_changes(
    owner: asyncpg.Connection, contenders: Mapping[str, Contender], rounds: int
) -> Spread:
    """A listing right after every resource has changed, so that nothing kept is good, by the floor's time."""
    ratios = []
    for _ in range(rounds):
        took = {}
        for name in ("floor", "ours"):
            connection = await connect(contenders[name].port)
            answers = []
            for _ in range(CHANGES):
                await owner.execute("update resource_stamp set stamp = gen_random_uuid()")
                answers.append(await contenders[name].ask(connection))
            assert {answer.status for answer in answers} == {200}
            took[name] = median(answer.seconds for answer in answers)
            connection.close()
        ratios.append(took["ours"] / took["floor"])
    return spread(ratios)


async def _same_places(ours: int, theirs: int, person: product.Person, size: Size, first: date) -> None:
    connection = await connect(ours)
    found = await peer.listed(await connect(theirs), size, first)
    for number in range(1, size.practitioners + 1):
        mine = await product.listed(connection, person, size, first, number)
        assert mine == found[number] == data.free(size, number, first), f"other places for {number}"
    connection.close()


async def _round(contenders: Mapping[str, Contender], at_once: int) -> dict[str, tuple[float, float]]:
    """Median milliseconds and answers a second of each, one after the other.

    Each waits for its own last answer, so nothing is left in a queue for the next one.
    """
    found = {}
    for name, (port, ask, seconds) in contenders.items():
        took = await measure(port, ask, seconds, at_once)
        found[name] = (median(took) * 1000, at_once * len(took) / sum(took))
    return found


def _told(rounds: list[dict[str, tuple[float, float]]]) -> dict[str, Any]:
    if not rounds:
        return {}
    told: dict[str, Any] = {}
    for name in rounds[0]:
        times = [one[name][0] for one in rounds]
        told[name] = {
            "ms": median(times),
            "ms_least": min(times),
            "ms_most": max(times),
            "per_second": median(one[name][1] for one in rounds),
        }
    told["ours_over_floor"] = spread(one["ours"][0] / one["floor"][0] for one in rounds)
    told["peer_over_ours"] = spread(one["peer"][0] / one["ours"][0] for one in rounds)
    told["ours_per_peer"] = spread(one["ours"][1] / one["peer"][1] for one in rounds)
    return told
