"""Homes for servers of a test's own, and a look at processes that are nobody's children."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.local import folders


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home that other users cannot enter: pytest's folders are private."""
    with own_home(tmp_path) as place:
        yield place


@contextmanager
def own_home(folder: Path) -> Iterator[Path]:
    """A home in this folder; nothing of it is left elsewhere."""
    place = folder / "home"
    yield place
    elsewhere = folders.SHARED / folders.fingerprint(place)
    for lock in [*place.glob("*.lock"), *elsewhere.glob("*.lock")]:
        shutil.rmtree(folders.socket_folder(lock.with_suffix("")), ignore_errors=True)
    folders.remove_cluster(place)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can cross, unlike pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="quenotte-open-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return not stat.parent.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
