"""What PostgreSQL alone makes of a booking: its own load program with the statements of `booking.sql`."""

import asyncio
import os
import re
import subprocess
from pathlib import Path
from uuid import UUID

import asyncpg

from backend.local import postgres_binaries
from backend.local.postgres import LocalPostgres
from tests.bench import product


async def visits_a_second(
    postgres: LocalPostgres, owner: asyncpg.Connection, database: str, at_once: int, seconds: float
) -> float | None:
    """Visits held and confirmed a second; None where the machine has no pgbench."""
    program = postgres_binaries.find() / "pgbench"
    if not program.exists():
        return None
    person = (await product.people(owner, 1))[0].id
    names = {"person": person, "practitioner": product.practitioner(1), "chair": product.chair(1)}
    url = postgres.owner_url(database)
    return await asyncio.to_thread(_run, program, url, names, at_once, round(seconds))


def _run(program: Path, url: str, names: dict[str, UUID], at_once: int, seconds: int) -> float:
    load = ["-n", "-M", "prepared", "-c", str(at_once), "-j", "2", "-T", str(seconds)]
    values = [part for name, value in names.items() for part in ("-D", f"{name}={value}")]
    script = ["-f", str(Path(__file__).with_name("booking.sql"))]
    # What triggers say to the session is not for print; the script sends the notice, as the product does.
    quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
    told = subprocess.run(
        [str(program), *load, *values, *script, url], check=False, capture_output=True, text=True, env=quiet
    )
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    assert found, told.stderr
    return float(found[1])
