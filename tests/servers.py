"""One PostgreSQL and one Valkey for a whole pytest run, shared by its workers.

The run's first process starts them; workers find them by an environment variable that they inherit.
Both die with that process, so Ctrl-C and kill -9 leave nothing running.
"""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.local import folders
from backend.local.postgres import LocalPostgres
from backend.local.valkey import LocalValkey

_HOME = "QUENOTTE_TEST_SERVERS"


@dataclass(frozen=True)
class Servers:
    """The run's servers. `number` (0 to 15) tells this worker's own part of them from the others'."""

    postgres: LocalPostgres
    valkey: LocalValkey
    number: int

    @property
    def redis_url(self) -> str:
        """This worker's own database of the shared Valkey. FLUSHALL would empty the others' too."""
        return self.valkey.url(self.number)


def start() -> None:
    """Start both; call from `pytest_configure`. Does nothing in a worker."""
    if _HOME in os.environ:
        return
    home = Path(tempfile.mkdtemp(prefix="quenotte-tests-"))
    home.chmod(0o711)
    os.environ[_HOME] = str(home)
    atexit.register(stop)  # pytest does not unconfigure when its start failed
    servers().postgres.start()
    servers().valkey.start()


def stop() -> None:
    """Stop both and leave nothing on the disk; call from `pytest_unconfigure`. Does nothing in a worker."""
    if _HOME not in os.environ or not servers().postgres.running:
        return
    servers().postgres.stop()
    servers().valkey.stop()
    home = Path(os.environ.pop(_HOME))
    folders.remove_cluster(home)
    shutil.rmtree(home)
    servers.cache_clear()


@cache
def servers() -> Servers:
    """The run's servers, from any of its processes."""
    home = Path(os.environ[_HOME])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return Servers(
        # A test run is not kept: nothing need reach the disk before it is over. What is logged names its
        # database: another worker's tests write into the same file.
        postgres=LocalPostgres(
            home, {"fsync": "off", "full_page_writes": "off", "log_line_prefix": "%m [%p] %d "}
        ),
        valkey=LocalValkey(home),
        number=int(worker.removeprefix("gw")) % 16,
    )
