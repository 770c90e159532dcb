"""A day that changes under the eyes of the desk: server-sent events, from notices of PostgreSQL.

The stream says no more than *look again*, with the stamp of what there is to see: a page that shows it
already does nothing. It ends with the session, the role or the process.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import msgspec

from backend.desk import repository, rules
from backend.desk.site_views import known_site
from backend.identity.model import Viewer
from backend.identity.repository import is_still_staff
from backend.kit.clock import machine_now
from backend.kit.listen import MISSED, Listener, Notices
from backend.practice.repository import load_practice

CHANNEL, REQUESTS = "desk_day", "requests"
LONGEST_RUN = 7
RETRY_MILLISECONDS = 2000
HEARTBEAT_SECONDS = 10.0
"""How often a quiet stream looks by itself: whether it may go on, and whether a change was never told."""

listener = Listener(CHANNEL)


class Days(msgspec.Struct, frozen=True):
    """The days that somebody looks at: `days` from `first` on, at a site (None: the first)."""

    first: date
    days: int = 1
    site_id: UUID | None = None

    def concern(self, notice: str) -> bool:
        """Whether a notice speaks of what is on that page. Requests stand beside every day."""
        if notice in (MISSED, REQUESTS):
            return True
        return self.first <= date.fromisoformat(notice) < self.first + timedelta(days=self.days)


async def stamp_of(shown: Days) -> str:
    """A short text that changes whenever anything on these days' pages does."""
    site = known_site(await load_practice(), shown.site_id)
    begin, _ = rules.day_bounds(shown.first, site.timezone)
    _, end = rules.day_bounds(shown.first + timedelta(days=shown.days - 1), site.timezone)
    return await repository.stamp(begin, end, site.id)


async def changes(viewer: Viewer, shown: Days) -> AsyncIterator[str]:
    """The stream's text: a stamp at once, then after each change, and a heartbeat when nothing happens."""
    async with listener.subscribe() as notices:
        told = await stamp_of(shown)
        yield f"retry: {RETRY_MILLISECONDS}\n" + _event("change", told)
        while True:
            heard = await _next(notices)
            if None in heard:
                return
            if not await is_still_staff(viewer.session_id, machine_now()):
                yield _event("end", "session")
                return
            if heard and not any(shown.concern(notice) for notice in heard if notice is not None):
                continue
            before, told = told, await stamp_of(shown)
            yield _event("change", told) if heard or told != before else ":\n\n"


async def _next(notices: Notices) -> list[str | None]:
    """What was told, all that waits at once; empty when it is time for a heartbeat."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            heard = [await notices.get()]
    except TimeoutError:
        return []
    while not notices.empty():
        heard.append(notices.get_nowait())
    return heard


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
