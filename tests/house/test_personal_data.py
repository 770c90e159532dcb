"""Every column of every table has a word about it in its feature's `personal_data.py`, and no other has."""

import importlib
import re
from pathlib import Path

from piccolo.table import Table

from backend.kit.personal import Columns, Kept
from backend.piccolo_app import APP_CONFIG
from backend.worker import CLOCK

SPAN = re.compile(r"\d|\b(minutes?|hours?|day|months?|years?)\b")
DELETED_BY = {
    "outbox_event": "_forget_events",
    "worker_beat": "_forget_beats",
    "delivery": "forget_messages",
    "delivery_receipt": "forget_messages",
    "session": "forget_sessions",
    "passkey_challenge": "forget_codes",
    "sign_in_code": "forget_codes",
    "push_subscription": "forget_devices",
    "client_action": "forget_keys",
    "calendar_feed": "forget_feeds",
    "hold": "sweep_holds",
    "booking_group": "forget_groups",
    "booking_group_member": "forget_groups",
    "desk_request": "forget_requests",
    "waiting_wish": "forget_waiting",
    "freed_place": "forget_waiting",
    "place_offer": "forget_waiting",
    "triage_run": "forget_answers",
}
"""Table -> the clock job that keeps what its declaration promises."""

DELETED_OTHERWISE = {
    "account": "nothing closes an account yet",
    "audit_entry": "the database's owner: the app's role cannot delete from the journal",
    "patient": "the practice: no clock deletes a record of care",
    "staff_member": "the practice: visits and the journal name who was there",
}

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


def unkept(columns: Columns, deleted: set[str]) -> list[str]:
    """Tables of which a declaration promises that something goes after a while, and that nobody deletes."""
    promised = {
        table for table, kept in columns.items() if any(SPAN.search(one.keep) for one in kept.values())
    }
    return sorted(promised - deleted)


def test_what_goes_after_a_while_has_its_job_or_says_who_else_deletes_it() -> None:
    assert unkept(declared(), {*DELETED_BY, *DELETED_OTHERWISE}) == []


def test_every_job_that_deletes_is_on_the_clock_and_every_such_job_of_the_clock_is_known() -> None:
    on_the_clock = {job.__name__ for _, job in CLOCK if re.search("forget|sweep", job.__name__)}
    assert set(DELETED_BY.values()) == on_the_clock


def test_a_promise_without_a_job_would_be_found() -> None:
    assert unkept(declared(), {*DELETED_BY, *DELETED_OTHERWISE} - {"desk_request"}) == ["desk_request"]
