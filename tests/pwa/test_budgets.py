"""What a phone must load, in gzip bytes; the lists that make the style sheets; the worker's length."""

import gzip
import json
import re
from pathlib import Path

import pytest

from backend.kit import assets
from pwa.write_day_rows import TARGET, day_rows

STATIC = assets.STATIC
JS = STATIC / "js"
IMPORT = re.compile(r'^import .*?from "(\.[^"]+)";', re.M | re.S)


def _gzipped(*contents: bytes) -> int:
    return sum(len(gzip.compress(content, 6)) for content in contents)


def _with_imports(path: Path, seen: set[Path]) -> set[Path]:
    """The module and all that it imports statically."""
    if path not in seen:
        seen.add(path)
        for name in IMPORT.findall(path.read_text(encoding="utf-8")):
            _with_imports((path.parent / name).resolve(), seen)
    return seen


@pytest.mark.parametrize(("name", "most"), [("patient.css", 12_000), ("staff.css", 18_000)])
def test_a_style_sheet_stays_small(name: str, most: int) -> None:
    assert _gzipped(assets.bundle(name)) <= most


def test_the_first_script_stays_small_with_any_one_module() -> None:
    first = _with_imports(JS / "main.js", set())
    assert len(first) > 1, "the imports are found"
    for module in sorted(JS.rglob("*.js")):
        loaded = _with_imports(module, set(first))
        assert _gzipped(*(path.read_bytes() for path in loaded)) <= 10_000, module.name


def test_the_desks_scripts_stay_within_their_page() -> None:
    loaded = _with_imports(JS / "desk" / "day.js", _with_imports(JS / "main.js", set()))
    assert len(loaded) > 10
    assert _gzipped(*(path.read_bytes() for path in loaded)) <= 45_000
    assert max(len(path.read_text().splitlines()) for path in (JS / "desk").glob("*.js")) < 120


def test_each_style_file_is_in_a_list_and_braces_match() -> None:
    lists = [(STATIC / "css" / name).read_text().split() for name in ("patient.list", "staff.list")]
    listed = {part for parts in lists for part in parts}
    there = {str(path.relative_to(STATIC / "css")) for path in (STATIC / "css").rglob("*.css")}
    assert listed == there
    for name in sorted(there):
        text = (STATIC / "css" / name).read_text(encoding="utf-8")
        assert text.count("{") == text.count("}"), name


def test_every_rule_is_in_a_layer() -> None:
    for path in sorted((STATIC / "css").rglob("*.css")):
        outside = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        tops = [line for line in outside.splitlines() if line and not line[0].isspace() and line != "}"]
        assert all(line.startswith("@layer ") for line in tops) or path == TARGET, path.name


def test_the_day_rows_are_those_that_the_script_writes() -> None:
    assert TARGET.read_text(encoding="utf-8") == day_rows()


def test_the_worker_is_short_and_takes_its_version_and_list() -> None:
    text = (assets.PWA / "service_worker.js").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    assert text.count("__VERSION__") == 1
    assert text.count('"__SHELL__"') == 1


def test_the_worker_may_keep_what_exists_and_nothing_personal() -> None:
    rules = json.loads((assets.PWA.parent / "shared" / "offline.json").read_text(encoding="utf-8"))
    assert rules["pages"] == ["/hors-connexion", "/urgence"]
    assert [name for name in rules["assets"] if assets.find(name) is None] == []
    kept = {JS.parent / name for name in rules["assets"] if name.startswith("js/")}
    assert _with_imports(JS / "main.js", set()) <= kept
