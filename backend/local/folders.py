"""Where a local server keeps its data and its socket, whoever runs it."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from backend.local.processes import LocalTrouble, hold

# Where root's clusters and binaries lie when the home is under a folder that other users cannot enter.
SHARED = Path("/var/lib/quenotte")

# The kernel cuts socket paths at 104 (macOS) or 108 bytes; the names under this folder take about 45.
_LONGEST_TEMPORARY = 55


def server_account() -> pwd.struct_passwd | None:
    """Who a server must run as: `nobody` for root, because PostgreSQL refuses root; else None."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def fingerprint(path: Path) -> str:
    """Ten hexadecimal digits that stand for a path in names that must stay short."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def cluster_folder(home: Path, name: str) -> Path:
    """The folder of the database cluster `name` of this home: in it, where the server's account can go."""
    account = server_account()
    if account is None or _may_enter(account, home):
        return home.resolve() / name
    return SHARED / fingerprint(home) / name


def remove_cluster(home: Path, within: float = 5) -> None:
    """Delete what lies outside the home on its behalf; refused if a server still uses it after `within` s."""
    place = SHARED / fingerprint(home)
    for lock in place.glob("*.lock"):
        descriptor = hold(lock, within)
        if descriptor is None:
            raise LocalTrouble(f"A server still uses {place}: stop it first.")
        os.close(descriptor)
    shutil.rmtree(place, ignore_errors=True)


def crossable_folder(path: Path) -> Path:
    """Make a folder, and those above it, that others may cross but not list, whatever the umask is."""
    if not path.exists():
        crossable_folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o711)
    return path


def private_folder(path: Path, account: pwd.struct_passwd | None = None) -> Path:
    """Make a folder that only `account` (None: whoever runs this) can enter."""
    crossable_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if account is None else account.pw_uid
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise LocalTrouble(f"{path} belongs to another account. Start with that account, or move it away.")
    if found.st_uid != owner:
        os.chown(path, owner, -1)
    path.chmod(0o700)
    return path


def socket_folder(data: Path) -> Path:
    """The private folder of a server's socket: short, in the temporary folder, named after its data."""
    account = server_account()
    temporary = Path(tempfile.gettempdir())
    too_long = len(str(temporary)) > _LONGEST_TEMPORARY
    if too_long or (account is not None and not _may_enter(account, temporary)):
        temporary = Path("/tmp")  # noqa: S108 - private_folder checks who owns what is there
    return temporary / f".quenotte-{os.geteuid()}-{fingerprint(data)}"


def private_log(path: Path) -> IO[bytes]:
    """Open a server's log for the server: what it writes there is for the home's owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def end_of(log: Path) -> str:
    """The last lines of a log, for the sentence that says why a server did not start."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])


def _may_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    """Whether that account can enter the folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.absolute().parent
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return asked.returncode == 0
