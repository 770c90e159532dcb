"""The journal is only ever added to, and a process that could do more does not start."""

import os
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from backend.audit.model import JOB
from backend.audit.record import record
from backend.checks import refuse_open_journal
from backend.kit import db
from backend.kit.ids import new_id


@pytest.mark.parametrize("statement", ["delete from", "update", "truncate"])
async def test_the_app_cannot_rewrite_it(database: Any, statement: str) -> None:
    rest = " audit_entry set action = 'x'" if statement == "update" else " audit_entry"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db.execute(statement + rest)


async def test_a_line_without_its_deed_cannot_be_written(database: Any) -> None:
    with pytest.raises(AssertionError):
        await record(JOB, "nothing.done", ("nothing", new_id()))


async def test_a_process_whose_role_could_rewrite_it_does_not_start(database: Any) -> None:
    await refuse_open_journal()
    role = urlsplit(os.environ["QUENOTTE_DATABASE_URL"]).username
    await database.execute(f"grant update on audit_entry to {role}")
    try:
        with pytest.raises(SystemExit, match="may change audit rows"):
            await refuse_open_journal()
    finally:
        await database.execute(f"revoke update on audit_entry from {role}")
