"""Waiting that ends at once when a child ends or when somebody asks to stop."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):  # noqa: N818 - a wish, not a failure
    """Ctrl-C, SIGTERM, a closed terminal, or the end of the `make` that this was started by."""


class Signals:
    """While it is entered, signals wake `wait` instead of interrupting whatever is going on."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}
        # `make` that is killed takes nobody with it: its death is seen by the change of parent.
        self._parent = os.getppid() if "MAKELEVEL" in os.environ else None

    def __enter__(self) -> "Signals":
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._woken_before = signal.set_wakeup_fd(self._write)
        for sign in (*_STOP, signal.SIGCHLD):
            if signal.getsignal(sign) is not signal.SIG_IGN or sign != signal.SIGHUP:  # nohup
                self._before[sign] = signal.signal(sign, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._woken_before)
        for sign, handler in self._before.items():
            signal.signal(sign, handler)
        os.close(self._read)
        os.close(self._write)

    def _note(self, sign: int, frame: FrameType | None) -> None:
        if sign != signal.SIGCHLD:
            self._asked = True

    def wait(self, seconds: float) -> None:
        """Wait for a child's end or for `seconds`; StopAsked if that was wished, even before."""
        if not self._asked:
            select.select([self._read], [], [], seconds)
            self._drain()
        if self._asked or (self._parent is not None and os.getppid() != self._parent):
            raise StopAsked

    def _drain(self) -> None:
        try:
            os.read(self._read, 4096)
        except BlockingIOError:
            return
