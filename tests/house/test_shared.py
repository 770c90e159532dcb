"""Every file in `shared/` has a guard: a schema or a test, named in `shared/README.md`."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

from litestar import Litestar

from backend.kit import i18n
from backend.kit.assets import find

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "shared"


def guarded(readme: str) -> dict[str, list[str]]:
    """Pattern of files -> the tests that guard them, from the table."""
    rows = [line.split("|")[1:-1] for line in readme.splitlines() if line.startswith("| `")]
    return {
        pattern: re.findall(r"`(tests/[^`]+)`", row[-1])
        for row in rows
        for pattern in re.findall(r"`([^`]+)`", row[0])
    }


def files(folder: Path) -> list[str]:
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith("README.md"))


def _is_like(name: str, pattern: str) -> bool:
    """A star stands for one part of the path, not for several."""
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def unguarded(names: list[str], table: dict[str, list[str]]) -> list[str]:
    """Files that no row names, and rows that name no file or no test."""
    left = [name for name in names if not any(_is_like(name, pattern) for pattern in table)]
    empty = [pattern for pattern in table if not any(_is_like(name, pattern) for name in names)]
    return left + empty + [pattern for pattern, tests in table.items() if not tests]


def test_every_shared_file_has_a_guard() -> None:
    table = guarded((SHARED / "README.md").read_text(encoding="utf-8"))
    assert unguarded(files(SHARED), table) == []
    assert [test for tests in table.values() for test in tests if not (ROOT / test).is_file()] == []


def test_a_file_without_a_guard_would_be_found() -> None:
    table = {"triage/*.json": ["tests/x.py"], "gone.json": ["tests/x.py"], "bare.json": []}
    names = ["bare.json", "triage/pain.json", "triage/cases/new.json", "routes.json"]
    assert unguarded(names, table) == ["triage/cases/new.json", "routes.json", "gone.json", "bare.json"]


def test_sentences_are_flat_and_bear_their_files_name() -> None:
    for path in sorted((SHARED / "locales").glob("*/*.json")):
        sentences = json.loads(path.read_text(encoding="utf-8"))
        assert path.parent.name in i18n.LOCALES
        for key, text in sentences.items():
            assert isinstance(text, str), key
            assert text == text.strip() != "", key
            assert re.fullmatch(rf"{path.stem}(\.[A-Za-z0-9_]+)+", key), key


async def test_what_browsers_keep_is_public_and_exists(app: Litestar) -> None:
    kept = json.loads((SHARED / "offline.json").read_text(encoding="utf-8"))
    open_to_all = {
        route.path
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if handler.opt.get("open_to_all") and "GET" in handler.http_methods
    }
    assert set(kept) == {"about", "pages", "assets"}
    assert set(kept["pages"]) <= open_to_all
    assert [name for name in kept["assets"] if find(name) is None] == []
