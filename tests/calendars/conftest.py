"""What the tests of external agendas share: another software on this machine, and the worker's look."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.calendars import actions, jobs, repository, rules
from backend.calendars.fetching import open_fetcher
from backend.calendars.model import Connect, ExternalCalendar
from backend.demo.peers.agenda import AgendaServer, Served, calendar
from backend.demo.peers.server import Peers
from backend.kit.clock import machine_now
from tests.peers import running_peers


@pytest.fixture
async def peers(tmp_path: Path) -> AsyncIterator[Peers]:
    async with running_peers(tmp_path) as found:
        yield found


class Elsewhere:
    """Another software's agenda, connected for the dentist, and the worker that looks at it."""

    def __init__(self, peers: Peers, owner: Any, dentist: Any, database: asyncpg.Connection) -> None:
        self.peers, self.owner, self.dentist, self.database = peers, owner, dentist, database

    @property
    def server(self) -> AgendaServer:
        return self.peers.agenda

    def says(self, *entries: str, name: str = "a.ics", **how: Any) -> None:
        """From now on the other software has these entries, or this way of answering."""
        self.server.files[name] = Served(**{"body": calendar(*entries), **how})

    def url(self, name: str = "a.ics") -> str:
        return f"{self.peers.url}/agenda/{name}"

    async def connect(self, url: str | None = None) -> UUID:
        await actions.connect(
            self.owner,
            Connect(practitioner_id=self.dentist.practitioner_id, name="Logiciel", url=url or self.url()),
        )
        return (await self.seen()).id

    async def look(self) -> int:
        """What the worker does on its clock, with this peer for the demo's."""
        due = await repository.take_due(machine_now(), rules.EVERY, 10)
        async with open_fetcher(self.peers.url) as fetcher:
            for one in due:
                await jobs.look_at(fetcher, one)
        return len(due)

    async def look_again(self) -> None:
        """The next turn comes at once."""
        await self.database.execute("update external_calendar set due_at = now()")
        assert await self.look()

    async def seen(self) -> ExternalCalendar:
        """The newest agenda as the owner sees it."""
        return max(await actions.calendars(self.owner), key=lambda one: one.created_at)

    async def busy(self) -> list[Any]:
        """When the dentist is busy elsewhere."""
        return [
            (row["starts_at"], row["ends_at"])
            for row in await self.database.fetch("select * from external_busy order by starts_at")
        ]


@pytest.fixture
async def elsewhere(peers: Peers, cast: Any, viewer_of: Any, database: asyncpg.Connection) -> Elsewhere:
    return Elsewhere(peers, await viewer_of("owner"), cast["dentist"], database)
