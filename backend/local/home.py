"""The home (`QUENOTTE_HOME`): all that a local start keeps between two runs, in one folder."""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from backend.local import folders
from backend.local.processes import LocalTrouble, hold

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ports:
    """Where the demo's peers listen on 127.0.0.1: `smtp` takes mail, `peers` takes pushes and questions."""

    smtp: int
    peers: int


def chosen() -> Path:
    """`QUENOTTE_HOME`, else `.quenotte/` beside the code."""
    return Path(os.environ.get("QUENOTTE_HOME") or PROJECT / ".quenotte").resolve()


def take(home: Path, within: float = 1) -> int:
    """Keep a second supervisor out for as long as this process lives; the lock's descriptor.

    One that was killed may need a moment to be gone: `within` seconds.
    """
    folders.crossable_folder(home)
    if not (home / "lock").exists() and any(home.iterdir()):
        # `make reset` deletes the whole folder one day.
        raise LocalTrouble(f"{home} holds other things: name an empty folder in QUENOTTE_HOME.")
    lock = hold(home / "lock", within)
    if lock is None:
        raise LocalTrouble(
            f"Quenotte already runs on {home}. Stop it first (Ctrl-C where it runs), "
            "or name another folder in QUENOTTE_HOME and another PORT."
        )
    if not (home / "secrets").exists():
        # What lies elsewhere belonged to a home that was deleted by hand, and its keys with it.
        folders.remove_cluster(home)
    return lock


def reset(home: Path) -> None:
    """Forget everything; refused while it runs."""
    if home.exists():
        lock = take(home)
        shutil.rmtree(home)
        os.close(lock)
    folders.remove_cluster(home)


def secret(home: Path, name: str, make: Callable[[], str]) -> str:
    """The secret of that name, made once and readable by the home's owner alone."""
    path = folders.private_folder(home / "secrets") / name
    if not path.exists():
        _write(path, make())
    return path.read_text()


def ports(home: Path) -> Ports:
    """The ports of the last start where they are free, else new ones; kept for the next start."""
    path = home / "ports.json"
    kept = Ports(**json.loads(path.read_text())) if path.exists() else Ports(0, 0)
    now = Ports(smtp=_free(kept.smtp), peers=_free(kept.peers))
    if now != kept:
        _write(path, json.dumps(asdict(now)))
    return now


def check_free(port: int) -> None:
    """Refuse with a sentence where the app could not listen."""
    try:
        _free(port, fallback=False)
    except PermissionError:
        raise LocalTrouble(f"Port {port} needs root's rights: choose PORT above 1023.") from None
    except (OSError, OverflowError):
        raise LocalTrouble(
            f"Port {port} is taken by another program: try `make run PORT={port + 1}`."
        ) from None


def _free(port: int, fallback: bool = True) -> int:
    """`port` if one can listen there, else (with `fallback`) one that the system chooses."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            if not fallback:
                raise
            return _free(0)
        chosen_port: int = listener.getsockname()[1]
        return chosen_port


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and for the owner alone."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    Path(draft).rename(path)
