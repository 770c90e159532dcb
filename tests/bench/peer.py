"""django-appointment in a throw-away environment, on the same PostgreSQL, with the same diary in it."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from backend.kit.days import holidays_between
from backend.local.postgres import OWNER, LocalPostgres
from tests.bench import data
from tests.bench.client import Answer, Connection
from tests.bench.data import PARIS, Size
from tests.bench.servers import BENCH, free_port, run, started

VERSION = "3.12.0"
NAME = f"django-appointment {VERSION}"
_PYTHON = BENCH / "peer" / "bin" / "python"
_SITE = "tests.bench.peer_site"


def install() -> None:
    """Make the environment, once."""
    done = BENCH / "peer" / f"has-{VERSION}"
    if not done.exists():
        run([sys.executable, "-m", "venv", BENCH / "peer"], {})
        wanted = [f"django-appointment=={VERSION}", "gunicorn", "psycopg[binary]"]
        run([_PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *wanted], {})
        done.touch()


def load(postgres: LocalPostgres, size: Size, first: date) -> str:
    """A database with the same diary as the product's."""
    name = f"bench_peer_{size.name}"
    postgres.drop_database(name)
    postgres.create_database(name)
    env = _environment(postgres, name)
    run([_PYTHON, "-m", _SITE, "makemigrations", "appointment", "--verbosity=0"], env)  # it ships none
    run([_PYTHON, "-m", _SITE, "migrate", "--verbosity=0"], env)
    file = BENCH / "diary.json"
    file.write_text(json.dumps(diary(size, first)))
    run([_PYTHON, "-m", _SITE, "load", file], env)
    return name


def diary(size: Size, first: date) -> dict[str, object]:
    """The diary in the peer's words: local times, lunch as an absence of each day."""
    days = [first + timedelta(days=number) for number in range(size.days)]
    past = data.history(size, first)
    return {
        "days": [str(day) for day in days],
        "closed": [str(day) for day in sorted(holidays_between("FR", None, days[0], days[-1]))],
        "taken": {
            str(number): [
                start.astimezone(PARIS).replace(tzinfo=None).isoformat()
                for start in (*(past if number == 1 else ()), *data.taken(size, number, first))
            ]
            for number in range(1, size.practitioners + 1)
        },
    }


@asynccontextmanager
async def served(
    postgres: LocalPostgres, database: str, processes: int = 1, threads: int = 4
) -> AsyncIterator[int]:
    """The peer behind gunicorn; gives its port."""
    port = free_port()
    gunicorn = [_PYTHON, "-m", "gunicorn", f"{_SITE}:application", "--bind", f"127.0.0.1:{port}"]
    many = ["--workers", str(processes), "--threads", str(threads), "--log-level", "critical"]
    async with started([*gunicorn, *many], _environment(postgres, database), port):
        yield port


async def listed(connection: Connection, size: Size, first: date) -> dict[int, set[datetime]]:
    """What the peer lists, by practitioner's number."""
    answer: Answer = await connection.get(listing(size, first))
    assert answer.status == 200, answer
    return {
        int(number): {datetime.fromisoformat(slot).replace(tzinfo=PARIS).astimezone(UTC) for slot in found}
        for number, found in answer.json().items()
    }


def listing(size: Size, first: date) -> str:
    """The address of the whole listing."""
    return f"/bench/slots?first={first}&days={size.days}"


def _environment(postgres: LocalPostgres, database: str) -> dict[str, str]:
    host = parse_qs(urlsplit(postgres.owner_url()).query)["host"][0]
    return {"BENCH_DATABASE": database, "BENCH_USER": OWNER, "BENCH_HOST": host}
