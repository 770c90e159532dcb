"""What the browser keeps: the style sheets (one per audience), modules and icons, with fingerprinted names.

`asset("patient.css")` gives `/static/<fingerprint>/patient.css`, kept by browsers for a year: a changed file
has another address. Any fingerprint is served, so a page rendered before an update still finds its files.
"""

import hashlib
from functools import cache
from pathlib import Path

PWA = Path(__file__).parents[2] / "pwa"
STATIC = PWA / "static"


@cache
def bundle(name: str) -> bytes:
    """The style sheet `patient.css` or `staff.css`: the files that its `.list` names, in that order."""
    listed = (STATIC / "css" / f"{Path(name).stem}.list").read_text(encoding="utf-8").split()
    return b"\n".join((STATIC / "css" / part).read_bytes() for part in listed)


@cache
def version() -> str:
    """A fingerprint of everything under `pwa/`: changes when anything that a browser receives changes."""
    everything = hashlib.sha256()
    for path in sorted(PWA.rglob("*")):
        if path.is_file() and path.suffix in {".css", ".js", ".list", ".html", ".png", ".svg"}:
            everything.update(path.name.encode() + path.read_bytes())
    return everything.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file under `pwa/static/`, or of a bundled style sheet."""
    return f"/static/{version()}/{name}"


def find(name: str) -> bytes | None:
    """The content behind `asset(name)`; None for a name that leads nowhere or outside `pwa/static/`."""
    if name in ("patient.css", "staff.css"):
        return bundle(name)
    try:
        path = (STATIC / name).resolve()
        return path.read_bytes() if path.is_relative_to(STATIC) and path.is_file() else None
    except (OSError, ValueError):  # no system has a file of that name
        return None
