"""A place is kept in one trip."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit import db

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A place is kept in one trip"
SQL = Path(__file__).parent / "2026_11_22_one_trip.sql"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="quenotte", description=DESCRIPTION)

    async def build() -> None:
        await db.execute(SQL.read_text(encoding="utf-8"))

    manager.add_raw(build)
    return manager
