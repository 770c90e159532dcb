"""`make run` as a whole: it starts, refuses a second one, stops, and leaves no orphan when killed."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.local import folders
from backend.local import home as homes
from backend.local.home import PROJECT
from backend.local.processes import hold
from tests.local.conftest import own_home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for the file: only its first start has to invent fifteen hundred people."""
    with own_home(tmp_path_factory.mktemp("demo")) as place:
        yield place


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`quenotte run`; what it says can be read from its standard output."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("QUENOTTE_")}
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "backend", "run"],
        cwd=PROJECT,
        env={**mine, "QUENOTTE_HOME": str(home), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with supervisor:
        try:
            yield supervisor
        finally:
            supervisor.kill()


def read_until(supervisor: subprocess.Popen[str], expected: str) -> str:
    """What it says up to and with the line that holds `expected`."""
    assert supervisor.stdout is not None
    said = ""
    for line in supervisor.stdout:
        said += line
        if expected in line:
            return said
    raise AssertionError(f"it ended without “{expected}”:\n{said}")


def assert_everything_ended(home: Path, within: float) -> None:
    """Every program holds the home's lock, every server that of its data."""
    elsewhere = folders.SHARED / folders.fingerprint(home)
    locks = [home / "lock", home / "valkey.lock", *elsewhere.glob("*.lock"), *home.glob("postgres-*.lock")]
    assert len(locks) == 3
    for lock in locks:
        descriptor = hold(lock, within)
        assert descriptor is not None, f"{lock} is still held"
        os.close(descriptor)


def status(port: int) -> int:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asking.request("GET", "/healthz")
    return asking.getresponse().status


def test_it_starts_and_stops_and_starts_again(home: Path) -> None:
    port = free_port()
    with running(home, port) as supervisor:
        said = read_until(supervisor, "Ctrl-C stops")
        assert f"Quenotte is at http://localhost:{port}" in said
        assert f"http://localhost:{port}/demo/messages" in said
        assert re.search(r"mother +Camille Roche", said)
        assert status(port) == 200

        with running(home, free_port()) as second:
            read_until(second, "already runs")
            assert second.wait(60) == 1

        supervisor.send_signal(signal.SIGTERM)
        read_until(supervisor, "Stopping")
        assert supervisor.wait(60) == 0
    assert_everything_ended(home, within=0)

    with running(home, port) as again:
        read_until(again, "Ctrl-C stops")
        again.send_signal(signal.SIGINT)
        assert again.wait(60) == 0
    assert_everything_ended(home, within=0)


def test_killed_it_leaves_no_orphan(home: Path) -> None:
    port = free_port()
    with running(home, port) as supervisor:
        read_until(supervisor, "Ctrl-C stops")
        supervisor.kill()
    assert_everything_ended(home, within=60)
    homes.check_free(port)


def test_a_busy_port_is_named(home: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        running(home, other.getsockname()[1]) as supervisor,
    ):
        read_until(supervisor, "is taken by another program")
        assert supervisor.wait(60) == 1
