"""The web app without the statement that decides between a confirmation and an expiry: their race's control.

Served as `tests.flows.undecided:app`. What was a hold's when it was read becomes the appointment's, whatever
has happened to it since.
"""

import asyncio
from typing import Any
from uuid import UUID

from backend.app import create_app
from backend.booking import hold_repository, use_repository
from backend.booking.use_repository import Use
from backend.kit import db

_uses_of_hold = use_repository.uses_of_hold
_seen: dict[UUID, int] = {}


async def _counted(hold_id: UUID) -> list[Use]:
    found = await _uses_of_hold(hold_id)
    _seen[hold_id] = len(found)
    await asyncio.sleep(0.01)  # the moment between the look and the writing, long enough to be met
    return found


async def _undecided(hold_id: UUID, appointment_id: UUID) -> int:
    """As many spans as there were a moment ago, without asking whether they are still there or in time."""
    await db.execute(
        "update resource_use set appointment_id = $2, hold_id = null, expires_at = null where hold_id = $1",
        hold_id,
        appointment_id,
    )
    return _seen[hold_id]


async def _of_any_age(viewer: Any, hold_id: UUID) -> Any:
    row = await db.fetch_row(
        f"select {hold_repository._COLUMNS} from hold h where h.id = $1 and h.account_id = $2",
        hold_id,
        viewer.account_id,
    )
    return hold_repository._hold(row)


use_repository.uses_of_hold = _counted
use_repository.keep_for_appointment = _undecided
hold_repository.hold_for = _of_any_age

app = create_app()
