"""A whole Quenotte for one browser: its own database, Valkey, peers, web app and worker, as real processes.

The settings are those of `make run`, so what the browser meets here is what a person meets there.
"""

import os
import socket
import tempfile
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx

from backend.local import home as homes
from backend.local.environment import environment
from backend.local.postgres import LocalPostgres
from backend.local.programs import Program
from backend.local.valkey import LocalValkey
from tests.browser.outside import Outside
from tests.browser.waiting import until
from tests.conftest import Snapshot

ROOT = Path(__file__).parents[2]
START_WITHIN = 60.0
"""Seconds for everything to answer, on a machine that is busy with other tests."""


class System:
    """Started by `start`, ended by `stop`; between two tests `forget` puts the first day back.

    With `demo` false the app has no doors and knows no peers, as in production. The worker's mail reaches
    them all the same: they stand behind the address of the mail server.
    """

    def __init__(self, postgres: LocalPostgres, database: str, *, demo: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="quenotte-browser-")
        home = Path(self._folder.name)
        self._lock = homes.take(home)
        self.valkey = LocalValkey(home)
        self._postgres, self._database, self._demo = postgres, database, demo
        ports = homes.ports(home)
        settings = environment(home, _free_port(), ports, postgres, self.valkey)
        settings["QUENOTTE_DATABASE_URL"] = postgres.app_url(database)
        settings["QUENOTTE_OWNER_DATABASE_URL"] = postgres.owner_url(database)
        self.outside = Outside(settings["QUENOTTE_DEMO_PEERS_URL"])
        self.url = settings["QUENOTTE_PUBLIC_URL"]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUENOTTE_")}
        self.env = {**inherited, **settings}
        self._programs: list[Program] = []

    async def start(self, template: str | None) -> None:
        """Start everything on a copy of the database `template`, or on the whole invented population."""
        self._postgres.create_database(self._database, template=template)
        self.valkey.start()
        self._run("peers", self.env)
        if template is None:
            await self._finish("migrate")
        if self._demo:
            await self._finish("seed")  # where the cast is there already: their push subscriptions
        self.database = await asyncpg.connect(self.env["QUENOTTE_OWNER_DATABASE_URL"])
        self._first_day = Snapshot(self.database)
        await self._first_day.take()
        env = self.env if self._demo else _production(self.env)
        self._run("work", env)
        self._run("web", env)
        await until(self._is_up, START_WITHIN, "the app answers and the worker works")

    async def stop(self) -> None:
        """End every process that `start` made, and leave nothing on the disk."""
        for program in reversed(self._programs):
            program.stop()
        self.valkey.stop()
        await self.outside.close()
        await self.database.close()
        self._postgres.drop_database(self._database)
        os.close(self._lock)
        self._folder.cleanup()

    async def forget(self) -> None:
        """The database as it was at the start, the practice's clock with it; nothing was ever sent."""
        await until(self._is_idle, START_WITHIN, "the worker holds nothing in its hands")
        await self._first_day.put_back()
        await self.outside.forget()

    async def now(self) -> datetime:
        """Business time."""
        moment: datetime = await self.database.fetchval("select business_now()")
        return moment

    async def all_is_sent(self) -> None:
        """Wait until every event is handled, and every message that is due has left or been dropped."""

        async def done() -> bool:
            left: int = await self.database.fetchval(
                "select (select count(*) from outbox_event where done_at is null)"
                " + (select count(*) from delivery where state = 'planned' and due_at <= business_now())"
            )
            return left == 0

        await until(done, START_WITHIN, "every message that is due has left")

    async def undo_time_is_over(self) -> None:
        """What the desk changed may be told now: those seconds are the machine's, which nobody can move."""
        await self.database.execute("update outbox_event set available_at = now() where done_at is null")

    async def is_looked_at(self) -> None:
        """Wait until the worker has looked at every external agenda that was due."""

        async def done() -> bool:
            left: int = await self.database.fetchval(
                "select count(*) from external_calendar where coalesce(synced_at, tried_at) is null"
                " or due_at <= now() or (synced_at is null and trouble is null)"
            )
            return left == 0

        await until(done, START_WITHIN, "every external agenda that is due was looked at")

    async def _is_idle(self) -> bool:
        held: int = await self.database.fetchval(
            "select (select count(*) from outbox_event where done_at is null and lease_until > now())"
            " + (select count(*) from delivery where state = 'planned' and lease_until > now())"
        )
        return held == 0

    async def _is_up(self) -> bool:
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(f"{self.url}/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    def _run(self, command: str, env: dict[str, str]) -> Program:
        program = Program(command, env, self._lock)
        self._programs.append(program)
        program.start()
        return program

    async def _finish(self, command: str) -> None:
        program = self._run(command, self.env)

        async def ended() -> bool:
            return program.exit_code is not None

        await until(ended, START_WITHIN, f"`python -m backend {command}` ends")
        assert program.exit_code == 0, f"`python -m backend {command}` failed: see above"


def _production(env: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in env.items() if not name.startswith("QUENOTTE_DEMO")}
    return {**kept, "QUENOTTE_DEMO": "0"}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
