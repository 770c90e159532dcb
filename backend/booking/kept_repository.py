"""Busy bitmaps kept from one listing to the next.

Each belongs to the stamp that its resource had before it was read (`resource_stamp`), so it is never older
than that stamp; every change of what occupies a resource gives another stamp in the same transaction. What
expires ends by the clock alone: a bitmap is good until the first hold in it ends, and not before it was read.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking import calendar_repository
from backend.booking.calendar_repository import NEVER_BUSY, Busy, Own
from backend.booking.rules.slots import Calendar
from backend.booking.visit_repository import Asked
from backend.identity.model import Viewer
from backend.practice.model import Practice

MOST_RUNS = 64
"""Runs of days; a bitmap of 28 days takes a kilobyte."""
NOBODYS = Own()


class _Kept(NamedTuple):
    stamp: UUID | None
    since: datetime
    busy: Busy

    def is_good(self, stamp: UUID | None, at: datetime) -> bool:
        return self.stamp == stamp and self.since <= at and (self.busy.until is None or at < self.busy.until)


_Run = tuple[date, int, ZoneInfo]
_kept: dict[_Run, dict[UUID, _Kept]] = {}


async def load_for(
    viewer: Viewer,
    asked: Asked,
    practice: Practice,
    resource_ids: Collection[UUID],
    first_day: date,
    days: int,
    zone: ZoneInfo,
) -> Calendar:
    """The calendar of these resources for somebody who looks for a place, as `calendar_repository.load`."""
    run = (first_day, days, zone)
    if asked.holds:
        # What this account holds is free for nobody else, so it is in no kept calendar.
        own = Own(account_id=viewer.account_id)
        return await calendar_repository.load(practice, resource_ids, *run, own)
    busy = await _busy(resource_ids, run, asked)
    return calendar_repository.calendar(practice, busy, *run)


async def _busy(resource_ids: Collection[UUID], run: _Run, asked: Asked) -> dict[UUID, int]:
    """The bitmaps of a run of days, reading only what has changed; `asked` was read first."""
    kept = _of_run(run)
    # Taken at once: while the rest is read, another listing may put something older in their place.
    good = {
        one: known
        for one in resource_ids
        if (known := kept.get(one)) and known.is_good(asked.stamps.get(one), asked.at)
    }
    if changed := [one for one in resource_ids if one not in good]:
        found = await calendar_repository.busy(changed, *run, NOBODYS)
        read = {one: _Kept(asked.stamps.get(one), asked.at, found.get(one, NEVER_BUSY)) for one in changed}
        kept.update(read)
        good.update(read)
    return {one: each.busy.mask for one, each in good.items()}


def _of_run(run: _Run) -> dict[UUID, _Kept]:
    """What is kept of a run of days; the one that was asked for least recently makes room for another."""
    kept = _kept[run] = _kept.pop(run, {})
    if len(_kept) > MOST_RUNS:
        del _kept[next(iter(_kept))]
    return kept
