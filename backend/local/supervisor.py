"""`make run`: every server and program of the demo on this machine, started in order, kept alive, stopped.

PostgreSQL, Valkey, peers -> migrate -> seed -> web app, worker
"""

import http.client
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from backend.demo.cast import cast
from backend.local import home as homes
from backend.local.environment import environment
from backend.local.postgres import LocalPostgres
from backend.local.processes import LocalTrouble
from backend.local.programs import KeptAlive, Program, Service
from backend.local.signals import Signals, StopAsked
from backend.local.valkey import LocalValkey

_READY_WITHIN = 60.0
"""Seconds the app may take to answer its first question."""

_TRIES = 4
"""How often the app may end before it has ever answered."""


def main() -> int:
    """Run until asked to stop; the exit code. `PORT` and `QUENOTTE_HOME` say where."""
    try:
        with Signals() as signals:
            Supervisor(homes.chosen(), _port(), signals).run()
    except LocalTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def reset() -> int:
    """Forget the demo's data; the exit code."""
    home = homes.chosen()
    try:
        homes.reset(home)
    except LocalTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(f"{home} is gone: the next start begins anew.")
    return 0


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal():
        raise LocalTrouble(f"PORT is a number, not “{text}”.")
    return int(text)


class Supervisor:
    """One home's servers and programs."""

    def __init__(self, home: Path, port: int, signals: Signals) -> None:
        self._home = home
        self._port = port
        self._signals = signals
        self._kept: list[KeptAlive] = []

    def run(self) -> None:
        """Start all, tell where it is, keep it alive; stop all when asked to, or when the start fails."""
        lock = homes.take(self._home)
        try:
            homes.check_free(self._port)
            self._start(lock)
            self._tell()
            while True:
                self._look()
        except StopAsked:
            print("\nStopping.", flush=True)
        finally:
            for kept in reversed(self._kept):
                kept.stop()
            os.close(lock)

    def _start(self, lock: int) -> None:
        postgres, valkey = LocalPostgres(self._home), LocalValkey(self._home)
        ports = homes.ports(self._home)
        settings = environment(self._home, self._port, ports, postgres, valkey)
        env = {**_inherited(), **settings, "PYTHONUNBUFFERED": "1"}
        self._keep("PostgreSQL", postgres)
        self._keep("Valkey", valkey)
        self._keep("The demo's mail and push", Program("peers", env, lock))
        self._finish(Program("migrate", env, lock))
        self._finish(Program("seed", env, lock))
        self._keep("The worker", Program("work", env, lock))
        self._keep("The web app", Program("web", env, lock))
        self._await_answer()

    def _keep(self, name: str, service: Service) -> None:
        kept = KeptAlive(name, service)
        self._kept.append(kept)
        kept.start()

    def _look(self, pause: float = 1.0) -> None:
        """Wait for something to happen, then start again what ended."""
        self._signals.wait(pause)
        for kept in self._kept:
            kept.look()

    def _finish(self, program: Program) -> None:
        """Run a program to its end."""
        program.start()
        try:
            while program.exit_code is None:
                self._look()
        finally:
            code = program.exit_code
            program.stop()
        if code != 0:
            raise LocalTrouble(f"`python -m backend {program.command}` failed: see above.")

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while not self._answers():
            if time.monotonic() > deadline or any(kept.failures >= _TRIES for kept in self._kept):
                raise LocalTrouble("The app does not answer: what it wrote above says why.")
            self._look(pause=0.1)

    def _answers(self) -> bool:
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            asking.request("GET", "/healthz")
            return asking.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()

    def _tell(self) -> None:
        url = f"http://localhost:{self._port}"
        people = "\n".join(
            f"    {person.id:<13} {person.given_name} {person.family_name}" for person in cast().accounts
        )
        print(
            f"\nQuenotte is at {url}\n\n"
            f"  Enter as one of the cast at {url}/demo\n{people}\n\n"
            f"  What they are sent appears at {url}/demo/messages\n"
            f"  Data: {self._home} (make reset forgets it). Ctrl-C stops.\n",
            flush=True,
        )


def _inherited() -> Mapping[str, str]:
    """This process's environment, less settings meant for another installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("QUENOTTE_")}
