"""People who are signed in and have answered the questions, and what they ask of the app."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import httpx

from backend.kit.ids import digest, new_id, new_token
from tests.flows.test_race import API, PERSON


class Runner(NamedTuple):
    """Somebody with a session. One id serves for the account, the patient and the triage result."""

    id: UUID
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        """The header that shows who asks."""
        return {"Cookie": f"quenotte={self.token}"}

    async def places(self, client: httpx.AsyncClient, days: int = 28) -> list[dict[str, Any]]:
        """What the app lists for them."""
        last = (datetime.now() + timedelta(days=days)).date()  # noqa: DTZ005 - a day more or less is the same
        query = {"triage": str(self.id), "until": str(last)}
        answer = await client.get(f"{API}/slots", params=query, headers=self.cookie)
        assert answer.status_code == 200, answer.text
        return [slot for day in answer.json()["days"] for slot in day["slots"]]

    async def hold(self, client: httpx.AsyncClient, place: dict[str, Any]) -> httpx.Response:
        """Ask for a place to be kept."""
        wanted = {"start": place["start"], "practitioner_id": place["practitioner"]}
        body = {"triage_id": str(self.id), **wanted}
        return await client.post(f"{API}/holds", json=body, headers=self.cookie)

    async def book(self, client: httpx.AsyncClient, hold_id: str) -> httpx.Response:
        """Confirm a hold."""
        return await client.post(f"{API}/appointments", json={"hold_id": hold_id}, headers=self.cookie)


async def runners(owner: asyncpg.Connection, many: int, care: str = "CTRL") -> list[Runner]:
    """So many adults with a triage result that asks for this care."""
    found = [Runner(new_id(), new_token()) for _ in range(many)]
    for one in found:
        await owner.execute(PERSON, one.id, digest(one.token))
    ids = [one.id for one in found]
    await owner.execute("update triage_run set care_key = $2 where id = any($1)", ids, care)
    return found
