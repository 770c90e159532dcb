"""The first schema. Migrations are SQL files written by hand: they are read in review, as they will run."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit import db

ID = "2026-11-21T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Every feature's tables, and the laws that hold whoever writes"
SQL = Path(__file__).parent / "2026_11_21_first.sql"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="quenotte", description=DESCRIPTION)

    async def build() -> None:
        await db.execute(SQL.read_text(encoding="utf-8"))

    manager.add_raw(build)
    return manager
