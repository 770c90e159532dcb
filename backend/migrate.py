"""Bringing a database to today's schema, as its owner, one process at a time.

Two starts at once wait for each other on an advisory lock. After the migrations the app's role gets its
grants: everything on ordinary rows, but only insert and select on the journal, and nothing on the clock
outside the demo.
"""

import asyncio
import contextlib
import io
import os
from urllib.parse import urlsplit

import asyncpg

from backend.kit.settings import owner_database_url

LOCK = 0x0051_7565_6E6F  # "Queno"
_APPEND_ONLY = "audit_entry"


def role_of(url: str) -> str:
    """The user named in a database URL."""
    user = urlsplit(url).username
    if not user:
        raise SystemExit("QUENOTTE_DATABASE_URL must name the app's database user")
    return user


async def migrate() -> None:
    """Run what has not run yet, then grant. Needs `QUENOTTE_AS_OWNER=1` before `backend` is imported."""
    assert os.environ.get("QUENOTTE_AS_OWNER") == "1"
    owner = await asyncpg.connect(owner_database_url(os.environ))
    try:
        await owner.execute("select pg_advisory_lock($1)", LOCK)
        await _run_migrations()
        app_role = role_of(os.environ.get("QUENOTTE_DATABASE_URL", ""))
        await _grant(owner, app_role, demo=os.environ.get("QUENOTTE_DEMO") == "1")
    finally:
        await owner.close()


async def _run_migrations() -> None:
    # Imported here because Piccolo reads its configuration, and so the URL, at import.
    from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager

    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        result = await ForwardsMigrationManager(app_name="quenotte", migration_id="all").run()
    if not result.success:
        raise SystemExit(f"The migrations stopped: {result.message}\n{told.getvalue()}")


async def _grant(owner: asyncpg.Connection, app_role: str, demo: bool) -> None:
    role = '"' + app_role.replace('"', '""') + '"'
    is_super = await owner.fetchval("select rolsuper from pg_roles where rolname = $1", app_role)
    if is_super is None:
        raise SystemExit(f"The database has no role {app_role!r}: create it, then run migrate again")
    if is_super:
        raise SystemExit(f"The app must not be a superuser ({app_role!r}): it could rewrite the journal")
    async with owner.transaction():
        await owner.execute(f"grant usage on schema public to {role}")
        await owner.execute(f"grant select, insert, update, delete on all tables in schema public to {role}")
        await owner.execute(f"revoke update, delete on {_APPEND_ONLY} from {role}")
        await owner.execute(f"revoke all on migration from {role}")
        if not demo:
            await owner.execute(f"revoke insert, update, delete on business_clock from {role}")


def main() -> None:
    """The command `quenotte migrate`."""
    asyncio.run(migrate())
