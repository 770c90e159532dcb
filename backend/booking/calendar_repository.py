"""Who is open and who is busy, as bitmaps: the one query behind every listing and every check.

Busy times come from one statement, as arrays of whole minutes.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model import FreeSlot
from backend.booking.rules.planning import resources_of
from backend.booking.rules.slots import Calendar, Need, busy_mask, free_starts
from backend.kit import db
from backend.kit.grid import GRID, bits_of, moment, origin_of
from backend.practice.hours_repository import masks_of
from backend.practice.model import Practice

LONGEST_CLEANING = 60

# $2 and $3 limit the time; what belongs to the account's own holds ($4) or to the appointments that are
# being moved ($5) or was offered ($6) does not stand in their own way. An expired hold is no hold.
# Where an external agenda says that a practitioner is busy, only the desk may place a visit ($7).
_BUSY = """
select b.resource_id,
  array_agg(floor(date_part('epoch', b.starts_at) / 60)::int) as starts,
  array_agg(ceil(date_part('epoch', b.ends_at) / 60)::int) as ends,
  min(b.expires_at) as until
from (
  select u.resource_id, u.starts_at, u.ends_at, u.expires_at
  from resource_use u
  where u.resource_id = any($1) and u.ends_at > $2 and u.starts_at < $3
    and (u.expires_at is null or u.expires_at > (select business_now()))
    and (u.appointment_id is null or u.appointment_id <> all($5))
    and ($6::uuid is null or u.offer_id is distinct from $6)
    and (u.hold_id is null or not exists (select from hold h where h.id = u.hold_id and h.account_id = $4))
  union all
  select e.practitioner_id, e.starts_at, e.ends_at, null
  from external_busy e
  where e.practitioner_id = any($1) and e.ends_at > $2 and e.starts_at < $3 and not $7
) b
group by b.resource_id
"""


Load = Callable[[Practice, set[UUID], date, int, ZoneInfo], Awaitable[Calendar]]
"""Where the calendars of these resources for a run of days come from."""


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as free for somebody: the holds of their account, the appointment that they move or the
    several that they move together, the place that they were offered.

    `despite_external`: the desk knowingly places a visit where an external agenda says busy.
    """

    account_id: UUID | None = None
    appointment_id: UUID | None = None
    together: tuple[UUID, ...] = ()
    offer_id: UUID | None = None
    despite_external: bool = False


class Busy(NamedTuple):
    """When a resource is taken, as a bitmap; `until` is when the first of the holds in it expires."""

    mask: int = 0
    until: datetime | None = None


NEVER_BUSY = Busy()


async def load(
    practice: Practice, resource_ids: Collection[UUID], first_day: date, days: int, zone: ZoneInfo, own: Own
) -> Calendar:
    """The calendar of these resources for `days` days from the midnight of `first_day` in `zone`."""
    found = await busy(resource_ids, first_day, days, zone, own)
    return calendar(practice, {one: busy.mask for one, busy in found.items()}, first_day, days, zone)


def calendar(
    practice: Practice, busy: Mapping[UUID, int], first_day: date, days: int, zone: ZoneInfo
) -> Calendar:
    """The calendar of these bitmaps."""
    return Calendar(
        origin=origin_of(first_day, zone),
        bits=bits_of(first_day, days, zone),
        opening=masks_of(practice, first_day, days, zone),
        busy=busy,
    )


async def busy(
    resource_ids: Collection[UUID], first_day: date, days: int, zone: ZoneInfo, own: Own
) -> dict[UUID, Busy]:
    """When these resources are taken; one that never is, is left out."""
    origin, bits = origin_of(first_day, zone), bits_of(first_day, days, zone)
    rows = await db.fetch(
        _BUSY,
        list(resource_ids),
        moment(origin),
        moment(origin + bits * GRID + LONGEST_CLEANING),
        own.account_id,
        [*own.together, *((own.appointment_id,) if own.appointment_id else ())],
        own.offer_id,
        own.despite_external,
    )
    return {
        row["resource_id"]: Busy(
            busy_mask(zip(row["starts"], row["ends"], strict=True), origin, bits), row["until"]
        )
        for row in rows
    }


async def first_free(
    practice: Practice, need: Need, zone: ZoneInfo, own: Own, look: Load | None = None
) -> FreeSlot | None:
    """The first place for a need that asks for one start; None when nothing is free there.

    `look` is where the calendar comes from instead of the database.
    """
    if not need.candidates:
        return None
    # The day after, too: a visit late in the evening may be cleaned up after midnight.
    day = need.earliest.astimezone(zone).date()
    look = look or partial(load, own=own)
    calendar = await look(practice, resources_of([need]), day, 2, zone)
    return next(iter(free_starts(calendar, need)), None)


async def is_free(practice: Practice, need: Need, zone: ZoneInfo, own: Own) -> bool:
    """Whether a need that names its very resources still fits: the second look, under their locks."""
    return await first_free(practice, need, zone, own) is not None
