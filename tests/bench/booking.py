"""Booking: many after one place, many after places of their own, and what PostgreSQL alone would do."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

import asyncpg
import msgspec

from backend.local.postgres import LocalPostgres
from tests.bench import data, effort, peer, pgbench, product, servers
from tests.bench.client import Answer, Connection, connect
from tests.bench.data import PARIS, SIZES
from tests.bench.goals import spread
from tests.bench.product import Person

PLACES, RIVALS, PROCESSES = 100, 16, 2
WARM = 10
"""Places before the first that counts: a connection plans its statements at first, and once more for good."""
SECONDS = 4.0
_FORM = "application/x-www-form-urlencoded"
_GIVEN_BACK = """
delete from resource_use u using appointment a where a.id = u.appointment_id and a.hold_id is not null
"""
_OVERLAPS = """
select count(*) from resource_use a join resource_use b on a.resource_id = b.resource_id and a.id < b.id
  and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
"""


async def run(postgres: LocalPostgres, first: date, rounds: int) -> dict[str, Any]:
    """Every figure of booking; AssertionError where a place is given twice or something breaks."""
    return {
        "contended": await _contended(postgres, first),
        **await _distinct(postgres, first, rounds),
        "peer": await _peer(postgres, first),
    }


async def hold(connection: Connection, person: Person, number: int, start: datetime) -> Answer:
    """Ask the product to keep a place."""
    wanted = {"triage_id": person.id, "start": start, "practitioner_id": product.practitioner(number)}
    return await connection.post("/api/v1/holds", msgspec.json.encode(wanted), person.token)


async def confirm(connection: Connection, person: Person, held: Answer) -> Answer:
    """Turn it into a visit."""
    body = msgspec.json.encode({"hold_id": held.json()["id"]})
    return await connection.post("/api/v1/appointments", body, person.token)


async def _contended(postgres: LocalPostgres, first: date) -> dict[str, Any]:
    """`RIVALS` people after each of `PLACES` places, one place after the other, and before that of `WARM`."""
    size, before = SIZES[0], _deadlocks(postgres)
    database = await product.load(postgres, size, first)
    owner = await asyncpg.connect(postgres.owner_url(database))
    people = await product.people(owner, (WARM + PLACES) * RIVALS)
    places = sorted(data.free(size, 1, first))[: WARM + PLACES]
    answers: list[Answer] = []
    env = servers.environment(postgres, database)
    async with servers.served("backend.app:app", env, PROCESSES) as port:
        connections = [await connect(port) for _ in range(RIVALS)]
        for at, start in enumerate(places):
            rivals = people[at * RIVALS : (at + 1) * RIVALS]
            answers += await _rivals_after(connections, rivals, start)
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {201: len(places), 409: len(places) * (RIVALS - 1)}, statuses
    assert await owner.fetchval(_OVERLAPS) == 0
    assert _deadlocks(postgres) == before
    await owner.close()
    counted = answers[WARM * RIVALS :]
    statuses = Counter(answer.status for answer in counted)
    took = _milliseconds([answer.seconds for answer in counted])
    return {"statuses": dict(statuses), "overlaps": 0, "deadlocks": 0, "warm": WARM, **took}


async def _rivals_after(
    connections: Sequence[Connection], rivals: Sequence[Person], start: datetime
) -> list[Answer]:
    """What each is answered who wants that place at the same moment; who has it confirms it."""
    asked = (hold(one, rival, 1, start) for one, rival in zip(connections, rivals, strict=True))
    answers = await asyncio.gather(*asked)
    for one, rival, answer in zip(connections, rivals, answers, strict=True):
        if answer.status == 201:
            assert (await confirm(one, rival, answer)).status == 201
    return answers


async def _distinct(postgres: LocalPostgres, first: date, rounds: int) -> dict[str, Any]:
    """Sixteen at once after places of their own, in turns with pgbench, and without the desk's live view.

    All with one practitioner, as pgbench and the peer do; and spread over all of them. How long a hold takes,
    how many visits a second, per round what that is of pgbench's, and what a visit costs the processor.
    """
    size = SIZES[2]
    database = await product.load(postgres, size, first)
    owner = await asyncpg.connect(postgres.owner_url(database))
    took, rates, silent, theirs = list[float](), list[float](), list[float](), list[float | None]()
    wide, efforts = list[float](), list[dict[str, float]]()
    sessions = Counter[str]()
    async with servers.served("backend.app:app", servers.environment(postgres, database), PROCESSES) as port:
        for _ in range(rounds):
            async with effort.watched(postgres, database) as spent:
                rates.append(await _visits_a_second(owner, port, _one_by_one(first), took))
            efforts.append(spent.milliseconds(round(rates[-1] * SECONDS)))
            sessions += spent.sessions
            theirs.append(await pgbench.visits_a_second(postgres, owner, database, RIVALS, SECONDS))
            wide.append(await _visits_a_second(owner, port, _spread(first), []))
            await owner.execute("alter table appointment disable trigger tell_desk")
            silent.append(await _visits_a_second(owner, port, _one_by_one(first), []))
            await owner.execute("alter table appointment enable trigger tell_desk")
    await owner.close()
    ratios = [ours / bench for ours, bench in zip(rates, theirs, strict=True) if bench]
    return {
        "uncontended": _milliseconds(took),
        "bookings_per_second": spread(rates),
        "spread_per_second": spread(wide),
        "processor_ms": {who: median(each[who] for each in efforts) for who in efforts[0]},
        "sessions": dict(sessions),
        "without_live_view_per_second": spread(silent),
        "pgbench_per_second": spread(one for one in theirs if one) if ratios else None,
        "ours_over_pgbench": spread(ratios) if ratios else None,
        "without_live_view_over_ours": spread(b / a for a, b in zip(rates, silent, strict=True)),
    }


def _of_each(first: date) -> list[list[tuple[int, datetime]]]:
    size = SIZES[2]
    numbers = range(1, size.practitioners + 1)
    return [[(number, start) for start in sorted(data.free(size, number, first))] for number in numbers]


def _one_by_one(first: date) -> Iterator[tuple[int, datetime]]:
    """Every free place of the first practitioner, then of the next: all want the same person's time."""
    return chain.from_iterable(_of_each(first))


def _spread(first: date) -> Iterator[tuple[int, datetime]]:
    """The first free place of each practitioner, then the second of each."""
    return chain.from_iterable(zip(*_of_each(first), strict=False))


async def _visits_a_second(
    owner: asyncpg.Connection, port: int, places: Iterator[tuple[int, datetime]], took: list[float]
) -> float:
    """Hold and confirm for `SECONDS`; adds how long each hold took. The places are given back first."""
    await owner.execute(_GIVEN_BACK)
    people, booked = iter(await product.people(owner, 3000)), 0
    until = time.perf_counter() + SECONDS

    async def one() -> None:
        nonlocal booked
        connection = await connect(port)
        while time.perf_counter() < until:
            person, (number, start) = next(people), next(places)
            held = await hold(connection, person, number, start)
            assert held.status == 201, held
            assert (await confirm(connection, person, held)).status == 201
            took.append(held.seconds)
            booked += 1
        connection.close()

    await asyncio.gather(*(one() for _ in range(RIVALS)))
    return booked / SECONDS


async def _peer(postgres: LocalPostgres, first: date) -> dict[str, Any]:
    """The same race against the peer, and its bookings a second."""
    size = SIZES[0]
    database = peer.load(postgres, size, first)
    places = sorted(data.free(size, 1, first))
    async with peer.served(postgres, database, PROCESSES, threads=8) as port:
        connections = [await connect(port) for _ in range(RIVALS)]
        for start in places[:PLACES]:
            await asyncio.gather(*(_book_at_peer(one, start) for one in connections))
        until, booked = time.perf_counter() + SECONDS, 0
        rest = iter(places[PLACES:] * 200)

        async def one(connection: Connection) -> None:
            nonlocal booked
            while time.perf_counter() < until:
                await _book_at_peer(connection, next(rest))
                booked += 1

        await asyncio.gather(*map(one, connections))
    winners = await _winners(postgres, database, places[:PLACES])
    return {
        "winners_per_place": [min(winners), median(winners), max(winners)],
        "bookings_per_second": booked / SECONDS,
    }


async def _winners(postgres: LocalPostgres, database: str, places: Sequence[datetime]) -> list[int]:
    owner = await asyncpg.connect(postgres.owner_url(database))
    rows = await owner.fetch(
        "select date, start_time, count(*) as n from appointment_appointment a "
        "join appointment_appointmentrequest r on r.id = a.appointment_request_id group by 1, 2"
    )
    await owner.close()
    found = {datetime.combine(row["date"], row["start_time"], PARIS): row["n"] for row in rows}
    return [found[start.astimezone(PARIS)] for start in places]


async def _book_at_peer(connection: Connection, start: datetime) -> None:
    local = start.astimezone(PARIS)
    end = local + timedelta(minutes=data.MINUTES)
    wanted = {
        "date": local.date(),
        "start_time": local.time(),
        "end_time": end.time(),
        "service": 1,
        "staff_member": 1,
    }
    asked = await connection.post("/request-submit/", urlencode(wanted).encode(), kind=_FORM)
    assert asked.status == 302, asked
    found = re.search(rb"(?i)^location: (\S+)", asked.headers, re.MULTILINE)
    assert found, asked
    who = {"name": "Banc Test", "phone_0": "FR", "phone_1": "612345678", "payment_type": "full"}
    done = await connection.post(found[1].decode(), urlencode(who).encode(), kind=_FORM)
    assert done.status == 302, done


def _deadlocks(postgres: LocalPostgres) -> int:
    return postgres.log.read_text().count("deadlock detected")


def _milliseconds(took: Sequence[float]) -> dict[str, float]:
    return {
        "p50_ms": median(took) * 1000,
        "p99_ms": quantiles(took, n=100)[98] * 1000,
        "max_ms": max(took) * 1000,
    }
