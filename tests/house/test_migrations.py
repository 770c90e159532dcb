"""Migrating from nothing gives the schema that the tables declare, and the laws; twice, or twice at once,
does no harm. What the tables declare is created beside it by Piccolo, and both catalogues are compared.
"""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from piccolo.table import sort_table_classes

from backend.piccolo_app import APP_CONFIG
from tests.servers import servers

ROOT = Path(__file__).parents[2]
MIGRATED, DECLARED = "house_migrated", "house_declared"
OF_THE_LAWS = ("business_clock", "migration")

_CATALOGUE = """
select table_name || '.' || column_name || ' ' || udt_name
       || case is_nullable when 'YES' then '' else ' not null' end
from information_schema.columns where table_schema = 'public'
union all
select c.conrelid::regclass || ' ' || pg_get_constraintdef(c.oid)
from pg_constraint c join pg_namespace n on n.oid = c.connamespace
where n.nspname = 'public' and c.contype in ('p', 'u', 'f')
"""


def migrate(*, at_once: int = 1) -> list[str]:
    """Run `quenotte migrate` as production does, without the demo; what each process complained of."""
    postgres = servers().postgres
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUENOTTE_")}
    environment |= {
        "QUENOTTE_DATABASE_URL": postgres.app_url(MIGRATED),
        "QUENOTTE_OWNER_DATABASE_URL": postgres.owner_url(MIGRATED),
    }
    command = [sys.executable, "-m", "backend", "migrate"]
    running = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(at_once)
    ]
    told = [one.communicate()[1] for one in running]
    return [text for one, text in zip(running, told, strict=True) if one.returncode != 0]


async def catalogue(connection: asyncpg.Connection) -> set[str]:
    """Columns with type and nullability, keys and references, in words.

    Piccolo adds ON UPDATE CASCADE to every reference; our ids never change, so the SQL leaves it out.
    """
    rows = await connection.fetch(_CATALOGUE)
    return {line.replace(" ON UPDATE CASCADE", "") for (line,) in rows if not line.startswith(OF_THE_LAWS)}


@pytest.fixture(scope="module")
def migrated() -> Iterator[None]:
    servers().postgres.create_database(MIGRATED)
    assert migrate(at_once=2) == []
    yield
    servers().postgres.drop_database(MIGRATED)


@pytest.fixture
async def owner(migrated: None) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(servers().postgres.owner_url(MIGRATED))
    yield connection
    await connection.close()


@pytest.fixture
async def app_role(migrated: None) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(servers().postgres.app_url(MIGRATED))
    yield connection
    await connection.close()


@pytest.fixture
async def declared() -> AsyncIterator[asyncpg.Connection]:
    servers().postgres.create_database(DECLARED)
    connection = await asyncpg.connect(servers().postgres.owner_url(DECLARED))
    for table in sort_table_classes(list(APP_CONFIG.table_classes)):
        for statement in table.create_table().ddl:
            await connection.execute(statement)
    yield connection
    await connection.close()
    servers().postgres.drop_database(DECLARED)


async def test_the_migrations_give_what_the_tables_declare(
    owner: asyncpg.Connection, declared: asyncpg.Connection
) -> None:
    there, said = await catalogue(owner), await catalogue(declared)
    assert len(said) > 200
    assert there == said


async def test_a_column_that_a_migration_forgot_would_be_found(
    owner: asyncpg.Connection, declared: asyncpg.Connection
) -> None:
    await declared.execute("alter table patient add column forgotten text not null")
    assert await catalogue(declared) - await catalogue(owner) == {"patient.forgotten text not null"}


async def test_the_laws_are_there(owner: asyncpg.Connection) -> None:
    names = {name for (name,) in await owner.fetch("select conname from pg_constraint")}
    assert {
        "resource_use_never_twice",
        "resource_use_span",
        "resource_use_of_one_thing",
        "appointment_span",
    } <= names


async def test_the_journal_cannot_be_rewritten_by_the_app(app_role: asyncpg.Connection) -> None:
    for statement in (
        "update audit_entry set action = 'nothing'",
        "delete from audit_entry",
        "truncate audit_entry",
        "alter table audit_entry disable trigger all",
        "drop table audit_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app_role.execute(statement)


async def test_outside_the_demo_the_app_cannot_move_time(app_role: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app_role.execute("insert into business_clock (ahead) values (interval '1 day')")
    assert await app_role.fetchval("select business_now() = now()")


async def test_migrating_again_changes_nothing(owner: asyncpg.Connection) -> None:
    before, ran = await catalogue(owner), await owner.fetch("select name from migration")
    assert migrate() == []
    assert await catalogue(owner) == before
    assert await owner.fetch("select name from migration") == ran
    assert len(ran) == len(list((ROOT / "backend" / "migrations").glob("quenotte_*.py")))
