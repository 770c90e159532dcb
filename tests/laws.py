"""What keeps watch inside the database, taken away for a while: for controls, which must then go wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

# With the moment between a look and the writing, or between two locks, long enough to be met.
UNLOCKED = """
create or replace function lock_resources(ids uuid[]) returns void language sql
as $$ select pg_sleep(0.02) $$;
"""
IN_ANY_ORDER = """
create or replace function lock_resources(ids uuid[]) returns void language plpgsql as $$
declare
  one uuid;
begin
  for one in select id from unnest(ids) id order by random() loop
    perform from resource r where r.id = one for no key update;
    perform pg_sleep(0.01);
  end loop;
end $$;
"""
NO_LOOK = """
create or replace function is_taken(spans resource_use[], but_by_account uuid) returns boolean
language sql as $$ select false $$;
"""
NO_LAW = "alter table resource_use drop constraint resource_use_never_twice;"
LESS_PATIENCE = """
alter function keep_place set lock_timeout = '20ms';
alter function lock_resources set lock_timeout = '20ms';
"""
UNPROTECTED = UNLOCKED + NO_LOOK + NO_LAW
"""For a database that is thrown away afterwards."""

_FUNCTIONS = """
select string_agg(pg_get_functiondef(oid), ';') from pg_proc
where proname in ('lock_resources', 'is_taken', 'keep_place')
"""


async def functions(owner: asyncpg.Connection) -> str:
    """The SQL that puts the functions back as they are now."""
    found: str = await owner.fetchval(_FUNCTIONS)
    return found


@asynccontextmanager
async def without(owner: asyncpg.Connection, change: str) -> AsyncIterator[None]:
    """The functions changed by this SQL meanwhile, and then as they were."""
    before = await functions(owner)
    await owner.execute(change)
    try:
        yield
    finally:
        await owner.execute(before)
