"""A practice day with somebody who waits for an earlier place, for tests of the waiting list."""

from datetime import time
from typing import Any
from uuid import UUID

from backend.booking import actions, waiting_actions
from backend.booking.model import Appointment, Cancel
from backend.booking.model.waiting import WishWanted
from backend.kit import db
from tests.booking.conftest import Steps
from tests.visits import hand_on

ALWAYS = {"weekdays": (1, 2, 3, 4, 5, 6, 7), "from_time": time(0), "until_time": time(23, 59)}


class WaitingRoom:
    """Visits, wishes and what became of them."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    async def booked(self, person: str, patient: str, nth: int, **result: Any) -> Appointment:
        return await self.steps.booked(person, patient, nth=nth, **result)

    async def waits(self, person: str, visit: Appointment, **other: Any) -> None:
        """The visit's family asks to be told, any day, with an hour's notice."""
        wanted = {**ALWAYS, "notice_minutes": 60, **other}
        await waiting_actions.ask(
            await self.steps.viewer_of(person), WishWanted(appointment_id=visit.id, **wanted)
        )

    async def cancel(self, person: str, visit: Appointment) -> None:
        """Cancelled, and the worker has heard of it."""
        viewer = await self.steps.viewer_of(person)
        await actions.cancel(viewer.actor, Cancel(appointment_id=visit.id, version=visit.version))
        await hand_on()

    async def offers(self) -> list[Any]:
        """Every offer, the oldest first."""
        return list(await db.fetch("select * from place_offer order by created_at, id"))

    async def places(self) -> list[Any]:
        """Every freed place, the oldest first."""
        return list(await db.fetch("select * from freed_place order by created_at, id"))

    async def visit(self, visit_id: UUID) -> Any:
        """The visit's row."""
        return await db.fetch_row("select * from appointment where id = $1", visit_id)


async def overlaps() -> int:
    """Spans of one resource that overlap: places given twice."""
    found: int = await db.fetch_value(
        """
        select count(*) from resource_use a join resource_use b
          on a.resource_id = b.resource_id and a.id < b.id
          and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
        """
    )
    return found
