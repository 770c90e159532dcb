"""What a run costs the processor, who pays it, and how often somebody waits for a lock meanwhile."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg

from backend.local.postgres import LocalPostgres

_WAITING = """
select count(*) filter (where wait_event_type = 'Lock') as for_a_lock,
  count(*) filter (where state = 'active' and wait_event_type is distinct from 'Lock') as at_work
from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""
_LOOK_EVERY = 0.05


class Effort:
    """Filled in when the run is over: seconds of processor time by who spent them; sessions that waited."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.sessions: Counter[str] = Counter()

    def milliseconds(self, visits: int) -> dict[str, float]:
        """Of the processor, for each of so many visits."""
        return {who: seconds * 1000 / visits for who, seconds in self.seconds.items()}


@asynccontextmanager
async def watched(postgres: LocalPostgres, database: str) -> AsyncIterator[Effort]:
    """Watch what is done meanwhile by this process (the clients), its children (the app) and PostgreSQL."""
    found, server = Effort(), _postmaster(postgres)
    watcher = await asyncpg.connect(postgres.owner_url(database))
    before = _spent(server)
    looking = asyncio.create_task(_look(watcher, found.sessions))
    try:
        yield found
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await watcher.close()
        found.seconds = {who: seconds - before[who] for who, seconds in _spent(server).items()}


async def _look(owner: asyncpg.Connection, sessions: Counter[str]) -> None:
    while True:
        sessions.update(dict(await owner.fetchrow(_WAITING)))
        await asyncio.sleep(_LOOK_EVERY)


def _postmaster(postgres: LocalPostgres) -> int:
    return int((postgres.data / "postmaster.pid").read_text().splitlines()[0])


def _spent(server: int) -> dict[str, float]:
    """Processor seconds so far; from Linux's /proc."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        process = int(stat.parent.name)
        parents[process] = int(fields[1])
        spent[process] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    me, totals = os.getpid(), {"clients": 0.0, "app": 0.0, "PostgreSQL": 0.0}
    for process, seconds in spent.items():
        line = _line(process, parents)
        if process == me:
            totals["clients"] += seconds
        elif server in line:
            totals["PostgreSQL"] += seconds
        elif me in line:
            totals["app"] += seconds
    return totals


def _line(process: int, parents: dict[int, int]) -> list[int]:
    """A process and those it descends from."""
    line = [process]
    while (above := parents.get(line[-1])) and len(line) < 32:
        line.append(above)
    return line
