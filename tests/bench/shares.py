"""Whose code a listing spends its time in: the app in this process under Python's profiler, without server.

A program of its own, because the app's settings are its environment; prints what `run` reads.
"""

import cProfile
import json
import os
import pstats
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.bench.servers import ROOT

ADDRESS, TOKEN = "BENCH_ADDRESS", "BENCH_TOKEN"
WARM, TIMES = 300, 1000
_PACKAGE = re.compile(r"/python3\.\d+/(?:site-packages/)?(\w+)")


def run(app: str, env: Mapping[str, str], address: str, token: str) -> dict[str, Any]:
    """`cpu_ms` of one answer of an app (`module:name`), and the share of each package in it."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.shares", app],
        env={**os.environ, **env, ADDRESS: address, TOKEN: token},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


async def _measure(app: Any) -> dict[str, Any]:
    async with app.lifespan():
        await _ask(app, WARM)
        began = time.process_time()
        await _ask(app, TIMES)
        took = time.process_time() - began
        with cProfile.Profile() as profile:
            await _ask(app, TIMES)
    return {"cpu_ms": took * 1000 / TIMES, "shares": _shares(pstats.Stats(profile))}


async def _ask(app: Any, times: int) -> None:
    url = urlsplit(os.environ[ADDRESS])
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"cookie", b"quenotte=" + os.environ[TOKEN].encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    statuses = Counter[int]()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        statuses.update([message["status"]] if "status" in message else [])

    for _ in range(times):
        await app({**scope, "state": {}}, receive, send)
    assert statuses == {200: times}, statuses


def _shares(stats: pstats.Stats) -> dict[str, float]:
    """Own time by package. What is written in C counts for whoever calls it."""
    by_package = Counter[str]()
    for (file, _, _), (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if file != "~":
            by_package[_package(file)] += own
            continue
        for (calling, _, _), (_, _, own_there, _) in callers.items():
            by_package[_package(calling)] += own_there
    whole = by_package.total()
    return {name: seconds / whole for name, seconds in by_package.most_common() if seconds > whole / 100}


def _package(file: str) -> str:
    if file.startswith(str(ROOT / "backend")):
        return "backend"
    found = _PACKAGE.search(file)
    return found[1] if found else "other"


def main() -> None:
    """Measure the app that is named."""
    import uvloop
    from uvicorn.importer import import_from_string

    app = import_from_string(sys.argv[1])
    print(json.dumps(uvloop.run(_measure(app))))


if __name__ == "__main__":
    main()
