"""Children that die with their parent, and locks that tell whether they have."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.local.home import PROJECT
from backend.local.processes import Child, hold, until
from backend.local.signals import Signals, StopAsked
from tests.local.conftest import alive

PARENT = """
import sys
from backend.local.processes import Child
child = Child(["sleep", "600"], by_kernel=sys.argv[1] == "kernel")
print(child.pid, flush=True)
sys.stdin.read()
"""

WAYS = ["kernel", "watcher"] if sys.platform == "linux" else ["watcher"]


@pytest.mark.parametrize("way", WAYS)
def test_a_child_ends_when_its_parent_is_killed(way: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, way],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        until(lambda: not alive(pid), within=60)


@pytest.mark.parametrize("by_kernel", [way == "kernel" for way in WAYS])
def test_a_child_stops_when_asked(by_kernel: bool) -> None:
    child = Child(["sleep", "600"], by_kernel=by_kernel)
    child.ask_to_stop()
    assert child.wait(60) == -signal.SIGTERM
    assert child.exit_code == -signal.SIGTERM


def test_a_deaf_child_is_killed(tmp_path: Path) -> None:
    deaf = Child(["sh", "-c", f"trap '' TERM; touch {tmp_path}/ready; while :; do sleep 1; done"])
    until((tmp_path / "ready").exists, within=60)
    deaf.ask_to_stop()
    assert deaf.wait(0.1) == -signal.SIGKILL


def test_a_child_that_reads_nothing_is_no_trouble() -> None:
    assert Child(["false"], feed=b"x" * 100_000).wait(60) == 1


def test_a_lock_lasts_as_long_as_the_child_that_holds_it(tmp_path: Path) -> None:
    lock = hold(tmp_path / "lock")
    assert lock is not None
    child = Child(["sleep", "600"], held=[lock])
    os.close(lock)
    assert hold(tmp_path / "lock", within=0.05) is None

    child.ask_to_stop()
    again = hold(tmp_path / "lock", within=60)
    assert again is not None
    os.close(again)
    child.wait(60)


def test_signals_are_waited_for() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Signals() as signals:
        signals.wait(0)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StopAsked):
            signals.wait(60)
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_end_of_a_child_ends_the_waiting() -> None:
    with Signals() as signals:
        child = Child(["true"])
        while child.exit_code is None:
            signals.wait(60)
    child.wait(60)
