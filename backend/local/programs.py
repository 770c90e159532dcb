"""Programs of the project as children, and starting again whatever ends by itself."""

import sys
import time
from collections.abc import Mapping
from typing import Protocol

from backend.local.home import PROJECT
from backend.local.processes import Child

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two starts of something that keeps ending."""

_PROVEN = 30.0
"""Seconds after which a start counts as a success, and the pauses begin again at the shortest."""


class Service(Protocol):
    """What can be started, watched and stopped: a server or a program."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        ...

    def start(self) -> None:
        """Start it, again if need be."""
        ...

    def stop(self) -> None:
        """End it, and wait for that."""
        ...


class Program:
    """`python -m backend <command>`, whose output goes where this process's goes."""

    def __init__(self, command: str, env: Mapping[str, str], lock: int, patience: float = 5) -> None:
        """It inherits `lock`, so that the home is free again only when the program has ended.

        `patience` is how many seconds it may take to stop before it is killed.
        """
        self.command = command
        self._env = env
        self._lock = lock
        self._patience = patience
        self._child: Child | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.exit_code is None and self._child is not None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return None if self._child is None else self._child.exit_code

    def start(self) -> None:
        """Start it."""
        self._child = Child([sys.executable, "-m", "backend", self.command], env=self._env, cwd=PROJECT)

    def stop(self) -> None:
        """End it, by force after `patience` seconds."""
        if self._child is not None:
            self._child.ask_to_stop()
            self._child.wait(self._patience)
            self._child = None


class KeptAlive:
    """A service that is started again when it ends, later and later when it ends again at once."""

    def __init__(self, name: str, service: Service) -> None:
        self.name = name
        self.service = service
        self.failures = 0
        self._pause = _FIRST_PAUSE
        self._started = 0.0
        self._again_at: float | None = None

    def start(self) -> None:
        """The first start."""
        self.service.start()
        self._started = time.monotonic()

    def look(self) -> None:
        """Notice an end, and start again once the pause is over. Call often."""
        now = time.monotonic()
        if self.service.running:
            return
        if self._again_at is None:
            self.failures += 1
            if now - self._started > _PROVEN:
                self._pause = _FIRST_PAUSE
            print(f"{self.name} ended; it starts again in {self._pause:g} s.", flush=True)
            self._again_at = now + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        elif now >= self._again_at:
            self._again_at = None
            self.start()

    def stop(self) -> None:
        """End it for good."""
        self.service.stop()
