"""Every column of every table has a word about it in its feature's `personal_data.py`, and no other has."""

import importlib
from pathlib import Path

from piccolo.table import Table

from backend.kit.personal import Columns, Kept
from backend.piccolo_app import APP_CONFIG

FEATURES = Path(__file__).parents[2] / "backend"


def declared() -> Columns:
    """All features' declarations together; a table that two features declare is a mistake of its own."""
    found: Columns = {}
    for path in sorted(FEATURES.glob("*/personal_data.py")):
        columns = importlib.import_module(f"backend.{path.parent.name}.personal_data").COLUMNS
        assert not set(found) & set(columns), f"{path.parent.name} declares another feature's table"
        found |= columns
    return found


def disagreements(tables: list[type[Table]], columns: Columns) -> list[str]:
    """Columns that only the tables or only the declarations know, as table.column."""
    there = {
        (table._meta.tablename, column._meta.db_column_name)
        for table in tables
        for column in table._meta.columns
    }
    said = {(table, column) for table, kept in columns.items() for column in kept}
    return sorted(f"{table}.{column}" for table, column in there ^ said)


def test_every_column_is_declared() -> None:
    assert disagreements(APP_CONFIG.table_classes, declared()) == []


def test_a_table_is_declared_by_the_feature_that_owns_it() -> None:
    for table in APP_CONFIG.table_classes:
        feature = table.__module__.split(".")[1]
        columns = importlib.import_module(f"backend.{feature}.personal_data").COLUMNS
        assert table._meta.tablename in columns


def test_a_column_without_a_word_would_be_found() -> None:
    columns = declared()
    columns["patient"] = {name: kept for name, kept in columns["patient"].items() if name != "birth_date"}
    columns["delivery"] = {**columns["delivery"], "text": columns["delivery"]["id"]}
    assert disagreements(APP_CONFIG.table_classes, columns) == ["delivery.text", "patient.birth_date"]


def test_every_declaration_says_for_how_long() -> None:
    every = [kept for columns in declared().values() for kept in columns.values()]
    assert all(isinstance(kept, Kept) and kept.keep for kept in every)


def test_secrets_and_health_are_called_personal() -> None:
    columns = declared()
    for table, column in (("triage_run", "answers"), ("patient", "alerts"), ("push_subscription", "auth")):
        assert columns[table][column].personal


def test_why_somebody_is_away_is_called_personal_wherever_it_stands() -> None:
    columns = declared()
    for table, column in (("closure", "reason"), ("practice_change", "before"), ("practice_change", "after")):
        assert columns[table][column].personal
