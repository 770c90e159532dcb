"""Children that never outlive their parent, and locks that live exactly as long as a server does."""

import contextlib
import ctypes
import fcntl
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class LocalTrouble(Exception):  # noqa: N818 - a sentence for the person at the terminal, not a bug
    """Something on this machine stands in the way; the message says what, and what to do."""


class Child:
    """A process that ends when the one that started it ends, even by kill -9.

    Linux sends `farewell` itself when the parent's thread dies: start children from the main thread
    only. Elsewhere a shell waits on a pipe that the parent's death closes, then sends the same signal.
    Each child leads its own session, so that Ctrl-C reaches the parent alone, which stops them in order.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        farewell: signal.Signals = signal.SIGKILL,
        account: pwd.struct_passwd | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
        output: IO[bytes] | None = None,
        held: Sequence[int] = (),
        feed: bytes = b"",
        by_kernel: bool = sys.platform == "linux",
    ) -> None:
        """Start `command`; `account` is who it runs as, `held` the lock descriptors to inherit,
        `feed` what it reads on its standard input."""
        self._process = subprocess.Popen(
            [str(part) for part in command],
            env=env,
            cwd=cwd,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=tuple(held),
            start_new_session=True,
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            preexec_fn=_die_with_parent(farewell) if by_kernel else None,
        )
        self._watcher = None if by_kernel else _watch(self._process.pid, farewell)
        if self._process.stdin is not None:
            # One that ends before it reads says why by its exit code.
            with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
                pipe.write(feed)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._process.poll()

    def ask_to_stop(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """Send the signal and return at once; a process that has ended is left alone."""
        self._process.send_signal(sign)

    def wait(self, within: float) -> int:
        """Wait for the end, at most `within` seconds, then kill; the exit code."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
        return code


def _die_with_parent(farewell: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def in_the_child() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:  # the parent died before the line above
            os.kill(os.getpid(), signal.SIGKILL)

    return in_the_child


def _watch(pid: int, farewell: signal.Signals) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r _; kill -"$1" "$2"', "sh", str(int(farewell)), str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def hold(path: Path, within: float = 0) -> int | None:
    """Take the exclusive lock of a file and return its descriptor; None if it is still held after `within` s.

    The lock ends when the last process that has the descriptor ends: handed to a server by `held`, it
    tells truly whether that server or any of its own children still runs, which a pid file cannot.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until(lambda: _locked(descriptor), within)
    except TimeoutError:
        os.close(descriptor)
        return None
    return descriptor


def _locked(descriptor: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def until(condition: Callable[[], bool], within: float, pause: float = 0.01) -> None:
    """Return as soon as `condition()` holds; TimeoutError after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() >= deadline:
            raise TimeoutError
        time.sleep(pause)
