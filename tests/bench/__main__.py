"""`make bench`: everything in one run, written to docs/performance.md and docs/performance.json."""

import asyncio
import json
import os
import platform
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from backend.local.postgres import LocalPostgres
from backend.local.valkey import LocalValkey
from tests.bench import anatomy, booking, data, engine, listing, peer, product, report
from tests.bench.servers import HOME, ROOT

ROUNDS = 5
"""Fewer, as an argument, tell a developer the direction; the page is made from these."""


def main() -> None:
    """Start the servers, measure, write, stop the servers."""
    HOME.mkdir(parents=True, exist_ok=True)
    for folder in (HOME.parent, HOME):
        folder.chmod(0o711)  # PostgreSQL's account passes through, where root starts it
    postgres, valkey = LocalPostgres(HOME), LocalValkey(HOME)
    postgres.start()
    valkey.start()
    try:
        found = asyncio.run(_run(postgres, int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
    finally:
        valkey.stop()
        postgres.stop()
    docs = ROOT / "docs"
    (docs / "performance.json").write_text(json.dumps(found, indent=1) + "\n")
    (docs / "performance.md").write_text(report.page(found))
    print((docs / "performance.md").read_text())


async def _run(postgres: LocalPostgres, rounds: int) -> dict[str, Any]:
    today = datetime.now(data.PARIS).date()
    first = data.first_monday(today)
    machine = await _machine(postgres)
    peer.install()
    product.prepare(postgres)
    listings = {}
    for size in data.SIZES:
        print(f"listing, {size.name} …", flush=True)
        listings[size.name] = await listing.run(postgres, size, first, rounds)
    print("engine, booking …", flush=True)
    return {
        "date": str(today),
        "first_day": str(first),
        "rounds": rounds,
        "peer": peer.NAME,
        "machine": machine,
        "listing": listings,
        "growth": await listing.growth(postgres, first, rounds),
        "anatomy": await anatomy.run(postgres, data.SIZES[0], first),
        "engine": engine.run(first),
        "booking": await booking.run(postgres, first, rounds),
    }


async def _machine(postgres: LocalPostgres) -> dict[str, Any]:
    connection = await asyncpg.connect(postgres.owner_url())
    version = await connection.fetchval("show server_version")
    await connection.close()
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "processor": names[0] if names else platform.machine(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": platform.system(),
        "python": platform.python_version(),
        "postgres": version,
        "load": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    main()
