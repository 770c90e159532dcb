"""People who are signed in and have answered the questions, and what they ask of the app.

Also how large a race is, and what it found: modest in the suite, whole with `make races`, which writes down
what was counted.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import httpx

from backend.kit.ids import digest, new_id, new_token
from tests import listings
from tests.flows.test_race import API, PERSON

FULL = os.environ.get("QUENOTTE_RACES") == "full"
SEED = int(os.environ.get("QUENOTTE_RACES_SEED", "20261122"))
# Places sooner than this may leave the notice, twelve hours, while a race for them runs.
AHEAD = timedelta(days=2)


class Found(NamedTuple):
    """What a race counted: a line of `docs/races.md`."""

    race: str
    seconds: float
    counts: dict[str, Any]


FOUND: list[Found] = []


def sized(suite: int, full: int) -> int:
    """The size of a race: in the suite, and in `make races`."""
    return full if FULL else suite


@contextmanager
def counted(race: str) -> Iterator[dict[str, Any]]:
    """Gives the counts to fill in, and keeps them with the time that the race took, lost or not."""
    counts: dict[str, Any] = {}
    began = time.perf_counter()
    try:
        yield counts
    finally:
        FOUND.append(Found(race, time.perf_counter() - began, counts))
        print(*FOUND[-1])


class Runner(NamedTuple):
    """Somebody with a session. One id serves for the account and the patient, and at first for the result
    of their answers."""

    id: UUID
    token: str
    result: UUID

    @property
    def cookie(self) -> dict[str, str]:
        """The header that shows who asks."""
        return {"Cookie": f"quenotte={self.token}"}

    def answered(self, result: UUID) -> "Runner":
        """The same person with other answers to the questions."""
        return self._replace(result=result)

    async def places(self, client: httpx.AsyncClient, days: int = 28) -> list[dict[str, Any]]:
        """What the app lists for them, from `AHEAD` on."""
        first = (datetime.now(UTC) + AHEAD).date()
        return places_of(await self.list(client, first, first + timedelta(days=days)))

    async def list(self, client: httpx.AsyncClient, first: date, last: date) -> httpx.Response:
        """Ask what is free on these days."""
        query = {"triage": str(self.result), "from": str(first), "until": str(last)}
        return await client.get(f"{API}/slots", params=query, headers=self.cookie)

    async def hold(self, client: httpx.AsyncClient, place: dict[str, Any]) -> httpx.Response:
        """Ask for a place to be kept."""
        wanted = {"start": place["start"], "practitioner_id": place["practitioner"]}
        body = {"triage_id": str(self.result), **wanted}
        return await client.post(f"{API}/holds", json=body, headers=self.cookie)

    async def book(self, client: httpx.AsyncClient, hold_id: str) -> httpx.Response:
        """Confirm a hold."""
        return await client.post(f"{API}/appointments", json={"hold_id": hold_id}, headers=self.cookie)


async def runners(owner: asyncpg.Connection, many: int, care: str = "CTRL") -> list[Runner]:
    """So many adults with a triage result that asks for this care."""
    found = [Runner(one, new_token(), one) for one in (new_id() for _ in range(many))]
    for one in found:
        await owner.execute(PERSON, one.id, digest(one.token))
    ids = [one.id for one in found]
    await owner.execute("update triage_run set care_key = $2 where id = any($1)", ids, care)
    return found


def places_of(listing: httpx.Response) -> list[dict[str, Any]]:
    """The places of a listing, each with its `start` and `practitioner`, by start."""
    assert listing.status_code == 200, listing.text
    return listings.places_of(listing.json())


def apart(places: list[dict[str, Any]], minutes: int = 90) -> list[dict[str, Any]]:
    """Places so far from each other that none is in another's way, whatever its length."""
    found: list[dict[str, Any]] = []
    for place in places:
        start = datetime.fromisoformat(place["start"])
        if not found or start - datetime.fromisoformat(found[-1]["start"]) >= timedelta(minutes=minutes):
            found.append(place)
    return found


def later(place: dict[str, Any], minutes: int) -> dict[str, Any]:
    """A place so many minutes after another."""
    start = datetime.fromisoformat(place["start"]) + timedelta(minutes=minutes)
    return {**place, "start": start.isoformat()}
