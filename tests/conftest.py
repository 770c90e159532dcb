"""Real servers, one database a worker, the cast in it anew for every test.

The run's first process starts PostgreSQL and Valkey, migrates a template database and puts the cast into it.
Each worker copies the template once; between tests every table is emptied and the cast put back, which
takes a few milliseconds. Tests act as the app's own database role.
"""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import settings as hypothesis_settings

from tests import servers

pytest_plugins = ["tests.browser.fixtures"]

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")

TEMPLATE = "quenotte_template"
ROOT = Path(__file__).parents[1]
PORT = 8000


def _environment(database: str) -> dict[str, str]:
    running = servers.servers()
    return {
        "QUENOTTE_DEMO": "1",
        "QUENOTTE_PUBLIC_URL": f"http://localhost:{PORT}",
        "QUENOTTE_SECRET": "a secret for tests alone, longer than 32 bytes",
        "QUENOTTE_DATABASE_URL": running.postgres.app_url(database),
        "QUENOTTE_OWNER_DATABASE_URL": running.postgres.owner_url(database),
        "QUENOTTE_REDIS_URL": running.redis_url,
        "QUENOTTE_STORAGE_URL": "file:///tmp",
        "QUENOTTE_SMTP_URL": "smtp://127.0.0.1:1",
        "QUENOTTE_MAIL_FROM": "Cabinet des Tilleuls <rendez-vous@tilleuls.example>",
        "QUENOTTE_VAPID_PRIVATE_KEY": "nH-MUcHfuaqOkpYFqbn5REbOGvn43tOmNMp9rYrr7nU",
        "QUENOTTE_VAPID_SUBJECT": "mailto:rendez-vous@tilleuls.example",
        "QUENOTTE_DEMO_PEERS_URL": "http://127.0.0.1:1",
    }


def _run(database: str, *command: str) -> None:
    environment = {**os.environ, **_environment(database)}
    subprocess.run([sys.executable, "-m", *command], check=True, env=environment, cwd=ROOT)


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers (first process) and choose this worker's database before `backend` is imported."""
    servers.start()
    postgres = servers.servers().postgres
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        postgres.create_database(TEMPLATE)
        _run(TEMPLATE, "backend", "migrate")
        _run(TEMPLATE, "backend", "seed", "--cast-only")
    # The first process runs tests itself when there are no workers.
    database = f"quenotte_{worker or 'alone'}"
    postgres.create_database(database, template=TEMPLATE)
    os.environ.update(_environment(database))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers; only the first process started any."""
    servers.stop()


class Snapshot:
    """What stands in every table at one moment, kept beside them in a schema of its own.

    Putting it back is one trip to the server: it happens before each test.
    """

    _numbers = count(1)

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._schema = f"snapshot_{os.getpid()}_{next(self._numbers)}"
        self._tables: list[str] = []
        self._put_back = ""

    async def take(self) -> None:
        """Keep what stands there now."""
        rows = await self.connection.fetch(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'migration'"
        )
        self._tables = [row["tablename"] for row in rows]
        filled = [table for table in self._tables if await self._is_filled(table)]
        kept = (f'create table {self._schema}."{table}" as table public."{table}"' for table in self._tables)
        await self.connection.execute(";".join((f"create schema {self._schema}", *kept)))
        # Several statements in one message are one transaction. Foreign keys hold in what was kept.
        self._put_back = ";".join(
            (
                "set local session_replication_role = replica",
                *(f'delete from public."{table}"' for table in self._tables),
                *(f'insert into public."{table}" table {self._schema}."{table}"' for table in filled),
            )
        )

    async def put_back(self) -> None:
        """Make every table what it was when this was taken."""
        from backend.booking import kept_repository, start_actions

        # The stamps of before come back, which they never do in life.
        kept_repository.forget()
        start_actions.forget()
        await self.connection.execute(self._put_back)

    async def changed(self) -> list[str]:
        """The tables that hold something else than when this was taken."""
        differs = (
            f"""
            select '{table}' as name where exists (
              (select one::text from public."{table}" one except all
               select one::text from {self._schema}."{table}" one)
              union all
              (select one::text from {self._schema}."{table}" one except all
               select one::text from public."{table}" one))
            """
            for table in self._tables
        )
        rows = await self.connection.fetch(
            f"select name from ({' union all '.join(differs)}) found order by name"
        )
        return [row["name"] for row in rows]

    async def _is_filled(self, table: str) -> bool:
        return bool(await self.connection.fetchval(f'select exists (select from public."{table}")'))


@pytest.fixture(scope="session")
async def _snapshot() -> AsyncIterator[Snapshot]:
    from backend.kit import db

    owner = await asyncpg.connect(os.environ["QUENOTTE_OWNER_DATABASE_URL"])
    snapshot = Snapshot(owner)
    await snapshot.take()
    await db.open_pool()
    yield snapshot
    await db.close_pool()
    await owner.close()


@pytest.fixture
async def database(_snapshot: Snapshot) -> AsyncIterator[asyncpg.Connection]:
    """The database with the cast in it and nothing else; gives the owner's connection, to look behind."""
    from backend.practice.repository import forget_practice

    await _snapshot.put_back()
    forget_practice()
    yield _snapshot.connection


@pytest.fixture
async def cast(database: asyncpg.Connection) -> Any:
    """The cast: `cast.people["mother"]`, `cast.patients["lila"]`; see `backend.demo.cast`."""
    from backend.demo.cast import cast

    return cast()


class Clock:
    """Business time, moved by the test. It starts at the machine's time and never goes back."""

    async def now(self) -> datetime:
        from backend.kit.clock import business_now

        return await business_now()

    async def move_to(self, moment: datetime) -> datetime:
        from backend.demo.clock_repository import move_to

        return await move_to(moment)

    async def forward(self, **by: float) -> datetime:
        return await self.move_to(await self.now() + timedelta(**by))


@pytest.fixture
def clock(database: asyncpg.Connection) -> Clock:
    """`await clock.forward(days=2)`, `await clock.move_to(moment)`."""
    return Clock()


@pytest.fixture
async def viewer_of(database: asyncpg.Connection, cast: Any) -> Callable[[str], Awaitable[Any]]:
    """`await viewer_of("mother")`: a signed-in viewer, with a session row, as a passkey would make it."""
    from backend.identity import actions, repository
    from backend.kit.clock import machine_now

    async def viewer(person: str, strong: bool = True) -> Any:
        token = await actions.open_session(cast.people[person].account_id, strong=strong, device="Test")
        return await repository.viewer_by_token(token, machine_now())

    return viewer


@pytest.fixture(scope="session")
async def app(_snapshot: Snapshot) -> Any:
    """The web app, without its own pool: it shares the test's."""
    from backend.app import create_app

    return create_app()


@pytest.fixture
async def anonymous(app: Any, database: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with; does not follow redirects."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://localhost:{PORT}") as client:
        yield client


@pytest.fixture
async def as_person(
    app: Any, database: asyncpg.Connection, cast: Any
) -> AsyncIterator[Callable[..., Awaitable[httpx.AsyncClient]]]:
    """`await as_person("mother")`: a browser with that person's session (`strong=False`: by a code)."""
    from backend.identity import actions
    from backend.identity.sessions import cookie_name

    clients: list[httpx.AsyncClient] = []

    async def enter(person: str, strong: bool = True) -> httpx.AsyncClient:
        token = await actions.open_session(cast.people[person].account_id, strong=strong, device="Test")
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx.AsyncClient(
            transport=transport,
            base_url=f"http://localhost:{PORT}",
            cookies={cookie_name(): token},
        )
        clients.append(client)
        return client

    yield enter
    for client in clients:
        await client.aclose()
