"""What the desk's tests share: a visit of Lila's with her answers, on the day that the desk looks at."""

import html
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from tests.booking.conftest import steps
from tests.flows.scene import PARIS, Scene, build

__all__ = ["steps"]


class Visit(msgspec.Struct, frozen=True):
    """A booked visit and the rest of the scene around it."""

    id: UUID
    scene: Scene
    day: str
    starts_at: datetime
    page: str
    forms: str


@pytest.fixture
async def visit(cast: Any, viewer_of: Any, database: asyncpg.Connection, clock: Any) -> Visit:
    """Lila's visit, on a day that the practice's clock has reached."""
    scene = await build(cast, viewer_of, database)
    starts_at = await database.fetchval("select starts_at from appointment where id = $1", scene.appointment)
    await clock.move_to(datetime.combine(starts_at.astimezone(PARIS).date(), time(7), PARIS))
    return Visit(
        id=scene.appointment,
        scene=scene,
        day=scene.day,
        starts_at=starts_at,
        page=f"/bureau/jour/{scene.day}?rdv={scene.appointment}",
        forms=f"/bureau/rendez-vous/{scene.appointment}",
    )


def words(answer: httpx.Response) -> str:
    """The page as one reads it, without tags, spaces made plain."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return re.sub(r"[\s\u202f\u00a0]+", " ", text)


Version = Callable[[], Awaitable[int]]


@pytest.fixture
def version(visit: Visit, database: asyncpg.Connection) -> Version:
    """The version of the visit as it stands."""

    async def read() -> int:
        return int(await database.fetchval("select version from appointment where id = $1", visit.id))

    return read
