"""Busy bitmaps kept from one listing to the next.

Each belongs to the stamp that its resource had before it was read (`resource_stamp`), so it is never older
than that stamp; every change of what occupies a resource gives another stamp in the same transaction. What
expires ends by the clock alone: a bitmap is good until the first hold in it ends, and not before it was read.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking import calendar_repository
from backend.booking.calendar_repository import NEVER_BUSY, Busy, Own
from backend.booking.rules.slots import Calendar
from backend.booking.stamp_repository import STAMPS, unpacked
from backend.booking.visit_repository import Asked
from backend.identity.model import Viewer
from backend.kit import db
from backend.practice.model import Practice

MOST_RUNS = 64
"""Runs of days; a bitmap of 28 days takes a kilobyte."""
NOBODYS = Own()

_NOW = f"""
select c.now as at, exists (select from hold h where h.account_id = $1 and h.expires_at > c.now) as holds,
  {STAMPS} as stamps
from (select business_now() as now) c
"""


class State(Protocol):
    """What was read before a calendar is put together: an `Asked`, or the state of this moment."""

    @property
    def at(self) -> datetime:
        """When, in business time."""
        ...

    @property
    def stamps(self) -> Mapping[UUID, UUID]:
        """Those of the resources then."""
        ...


class _Now(NamedTuple):
    at: datetime
    stamps: Mapping[UUID, UUID]


class Basis(NamedTuple):
    """What something rests on that was made of bitmaps: their resources' stamps, and the span of time in
    which it holds (`until`: when the first hold in them expires)."""

    stamps: tuple[tuple[UUID, UUID | None], ...]
    since: datetime
    until: datetime | None

    def holds(self, state: State) -> bool:
        """Whether what was made would be made again in that state."""
        return (
            self.since <= state.at
            and (self.until is None or state.at < self.until)
            and all(state.stamps.get(one) == stamp for one, stamp in self.stamps)
        )


class _Kept(NamedTuple):
    stamp: UUID | None
    since: datetime
    busy: Busy

    def is_good(self, stamp: UUID | None, at: datetime) -> bool:
        return self.stamp == stamp and self.since <= at and (self.busy.until is None or at < self.busy.until)


class _Together(NamedTuple):
    busy: dict[UUID, int]
    basis: Basis


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
    calendar, _ = await load_with_basis(viewer, asked, practice, resource_ids, first_day, days, zone)
    return calendar


async def load_with_basis(
    viewer: Viewer,
    asked: Asked,
    practice: Practice,
    resource_ids: Collection[UUID],
    first_day: date,
    days: int,
    zone: ZoneInfo,
) -> tuple[Calendar, Basis | None]:
    """The same with what it rests on; None where it is this account's alone."""
    run = (first_day, days, zone)
    if asked.holds:
        # What this account holds is free for nobody else, so it is in no kept calendar.
        own = Own(account_id=viewer.account_id)
        return await calendar_repository.load(practice, resource_ids, *run, own), None
    kept = await _busy(resource_ids, run, asked)
    return calendar_repository.calendar(practice, kept.busy, *run), kept.basis


async def load(
    practice: Practice, resource_ids: Collection[UUID], first_day: date, days: int, zone: ZoneInfo, own: Own
) -> Calendar:
    """As `calendar_repository.load`, from what is kept where `own` is nothing that others must not see.

    Cheap for many who are refused the same place and are shown others.
    """
    run = (first_day, days, zone)
    if own != Own(account_id=own.account_id):
        return await calendar_repository.load(practice, resource_ids, *run, own)
    row = await db.fetch_row(_NOW, own.account_id)
    assert row is not None
    if row["holds"]:
        return await calendar_repository.load(practice, resource_ids, *run, own)
    now = _Now(row["at"], unpacked(row["stamps"]))
    kept = await _busy(resource_ids, run, now)
    return calendar_repository.calendar(practice, kept.busy, *run)


def forget() -> None:
    """Keep nothing of what was read so far."""
    _kept.clear()


async def _busy(resource_ids: Collection[UUID], run: _Run, asked: State) -> _Together:
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
    return _Together(
        busy={one: each.busy.mask for one, each in good.items()},
        basis=Basis(
            stamps=tuple((one, each.stamp) for one, each in good.items()),
            since=max((each.since for each in good.values()), default=asked.at),
            until=min((each.busy.until for each in good.values() if each.busy.until), default=None),
        ),
    )


def _of_run(run: _Run) -> dict[UUID, _Kept]:
    """What is kept of a run of days; the one that was asked for least recently makes room for another."""
    kept = _kept[run] = _kept.pop(run, {})
    if len(_kept) > MOST_RUNS:
        del _kept[next(iter(_kept))]
    return kept
