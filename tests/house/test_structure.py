"""The house rules that a machine can check. Each is also shown to fail on a planted breach.

The rules read files as text (`ast`), so they see what is written and not what happens to be imported.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

FLOORS = (
    {"kit"},
    {"outbox", "audit"},
    {"messaging"},
    {"identity"},
    {"practice"},
    {"families", "calendars"},
    {"triage", "consents"},
    {"booking", "records"},
    {"reminders", "campaigns", "coaching", "feeds"},
    {"privacy", "desk"},
)
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
ROOF = {"local", "demo", "migrations"}
DOORS = {"model", "events", "repository", "actions", "guards", "publish", "relay", "record", "bell"}
# Where a push may go is asked by whoever stores such an address (identity) and whoever calls it (messaging).
DOORS |= {"endpoints"}
# What a route reads in one trip with the question who asks is the feature's, the question is identity's.
DOORS |= {"beside"}
PURE = {"model", "rules", "events", "views"}
IMPURE_LIBRARIES = {"piccolo", "litestar", "arq", "asyncpg", "aiohttp", "redis", "pywebpush", "os", "jinja2"}
IMPURE_FILES = {"tables", "repository", "clock", "db", "settings"}


class Import(NamedTuple):
    """`where` imports `name`; `feature` and `roles` are the importing file's place."""

    feature: str
    roles: frozenset[str]
    name: tuple[str, ...]
    where: str


def imports(root: Path) -> Iterator[Import]:
    for path in sorted((root / "backend").glob("*/**/*.py")):
        parts = path.relative_to(root / "backend").with_suffix("").parts
        if parts[0] in ROOF:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _names(node):
                where = f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)} imports {name}"
                yield Import(parts[0], frozenset(parts[1:]), tuple(name.split(".")), where)


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module:
        # The last part may be a file (`import actions`) or a thing in one (`import fetch`).
        return [f"{node.module}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return []


def _other_feature(one: Import) -> str | None:
    if one.name[0] != "backend" or len(one.name) < 2 or one.name[1] == one.feature:
        return None
    return one.name[1]


def climbs(root: Path) -> list[str]:
    """Imports of a feature on the same or a higher floor."""
    return [
        one.where
        for one in imports(root)
        if (other := _other_feature(one)) and FLOOR.get(other, 99) >= FLOOR.get(one.feature, -1)
    ]


def side_entrances(root: Path) -> list[str]:
    """Imports from another feature that do not come in by a door."""
    return [
        one.where
        for one in imports(root)
        if (other := _other_feature(one))
        and FLOOR.get(other, 0) > 0
        and len(one.name) > 2
        and not _is_door(one.name[2])
        and not (_are_views(one.name[2]) and any(map(_are_views, one.roles)))
    ]


def _are_views(name: str) -> bool:
    """What a page prints may be put together from what a lower feature's page prints."""
    return name == "views" or name.endswith("_views")


def _is_door(name: str) -> bool:
    return name in DOORS or name.endswith(("_repository", "_actions"))


def impure_rules(root: Path) -> list[str]:
    """Pure files that import what does I/O."""
    return [
        one.where
        for one in imports(root)
        if one.roles & PURE
        and (
            one.name[0] in IMPURE_LIBRARIES or (one.name[0] == "backend" and set(one.name[2:]) & IMPURE_FILES)
        )
    ]


def sql_outside_repositories(root: Path) -> list[str]:
    """Piccolo, tables or the plain-SQL helpers used anywhere but in repositories."""
    sql = {"fetch", "fetch_row", "fetch_value", "execute", "execute_many"}
    found = []
    for path in sorted((root / "backend").glob("*/**/*.py")):
        feature, *rest = path.relative_to(root / "backend").with_suffix("").parts
        role = rest[-1] if rest else ""
        if feature in ROOF | {"kit"} or role == "tables" or "repository" in role:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            used = isinstance(node, ast.Attribute) and node.attr in sql and _is_name(node.value, "db")
            imported = any(
                name.startswith("piccolo") or (name.startswith("backend.") and ".tables" in name)
                for name in _names(node)
            )
            if (used or imported) and role != "personal_data":
                found.append(f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}")
    return found


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def careless_foreign_keys(root: Path) -> list[str]:
    """Foreign keys that leave `on_delete` to Piccolo, whose default deletes the patient's history."""
    return [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted((root / "backend").glob("*/tables.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and _is_name(node.func, "ForeignKey")
        and not any(keyword.arg == "on_delete" for keyword in node.keywords)
    ]


def oversized(root: Path) -> list[str]:
    """Files past 400 lines and functions past 60: the noun that wants out was not found."""
    found = []
    for path in sorted((root / "backend").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 400:
            found.append(f"{path.relative_to(root)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 60:
                    found.append(f"{path.relative_to(root)}:{node.lineno} {node.name}: {length} lines")
    return found


RULES: dict[Callable[[Path], list[str]], dict[str, str]] = {
    climbs: {"backend/triage/pages.py": "from backend.booking import actions\n"},
    side_entrances: {"backend/booking/pages.py": "from backend.triage.forms import read_answers\n"},
    impure_rules: {"backend/booking/rules.py": "from backend.kit import db\n"},
    sql_outside_repositories: {
        "backend/booking/pages.py": "from backend.kit import db\nx = db.fetch('select 1')\n"
    },
    careless_foreign_keys: {"backend/booking/tables.py": "x = ForeignKey(Account)\n"},
    oversized: {"backend/booking/actions.py": "def book():\n" + "    x = 1\n" * 80},
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_planted_breach_is_found(rule: Callable[[Path], list[str]], tmp_path: Path) -> None:
    for name, text in RULES[rule].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    assert len(rule(tmp_path)) == 1
