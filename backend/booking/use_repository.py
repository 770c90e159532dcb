"""Spans of resources: the rows that make double booking impossible.

Every writer first locks the resources in question, in the order of their ids, so that two of them can wait
for each other but never in a circle. The exclusion constraint would refuse an overlap all the same.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.kit import db
from backend.kit.ids import new_id

LOCK_TIMEOUT = "2s"  # the functions `lock_resources` and `keep_place` say the same
STATEMENT_TIMEOUT = "5s"


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A resource is taken from `starts_at` to before `ends_at`."""

    resource_id: UUID
    starts_at: datetime
    ends_at: datetime


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """To whom a span belongs: an appointment, or a hold or an offer until it expires."""

    appointment_id: UUID | None = None
    hold_id: UUID | None = None
    offer_id: UUID | None = None
    expires_at: datetime | None = None


async def limit_waiting() -> None:
    """In this transaction, wait for no lock and no statement longer than a person would."""
    await db.execute(
        "select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)",
        LOCK_TIMEOUT,
        STATEMENT_TIMEOUT,
    )


async def lock_resources(resource_ids: Collection[UUID]) -> None:
    """Hold off every other writer of these resources until the transaction ends."""
    await db.execute("select lock_resources($1)", list(resource_ids))


async def drop_expired(resource_ids: Collection[UUID]) -> None:
    """Take away what expired holds and offers still occupy on these resources, which must be locked."""
    await db.execute(
        "delete from resource_use where resource_id = any($1) and expires_at <= (select business_now())",
        list(resource_ids),
    )


async def claim(uses: Sequence[Use], owner: Owner) -> bool:
    """Write the spans; False, with some of them perhaps written, when one overlaps another's.

    The caller then rolls back. ON CONFLICT takes the constraint's word without raising, which would
    cost a deadlock timeout under load.
    """
    rows = await db.fetch(
        """
        insert into resource_use (id, resource_id, starts_at, ends_at, appointment_id, hold_id, offer_id,
          expires_at)
        select u.id, u.resource_id, u.starts_at, u.ends_at, $5, $6, $7, $8
        from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
          as u(id, resource_id, starts_at, ends_at)
        on conflict do nothing returning id
        """,
        [new_id() for _ in uses],
        [use.resource_id for use in uses],
        [use.starts_at for use in uses],
        [use.ends_at for use in uses],
        owner.appointment_id,
        owner.hold_id,
        owner.offer_id,
        owner.expires_at,
    )
    return len(rows) == len(uses)


async def uses_of_appointment(appointment_id: UUID) -> list[Use]:
    """What an appointment occupies."""
    return await _uses("appointment_id", appointment_id)


async def uses_of_hold(hold_id: UUID) -> list[Use]:
    """What a hold occupies, also when it has expired and nobody has taken it away yet."""
    return await _uses("hold_id", hold_id)


async def uses_of_offer(offer_id: UUID) -> list[Use]:
    """What an offer keeps for somebody, also when its time has passed and nobody has taken it away yet."""
    return await _uses("offer_id", offer_id)


async def release_appointment(appointment_id: UUID) -> None:
    """Free what it occupies; its resources must be locked."""
    await db.execute("delete from resource_use where appointment_id = $1", appointment_id)


async def release_hold(hold_id: UUID) -> None:
    """Free what it occupies; its resources must be locked."""
    await db.execute("delete from resource_use where hold_id = $1", hold_id)


async def release_offer(offer_id: UUID) -> None:
    """Free what it occupies; its resources must be locked."""
    await db.execute("delete from resource_use where offer_id = $1", offer_id)


async def prolong_offer(offer_id: UUID, expires_at: datetime) -> None:
    """Keep its place until then."""
    await db.execute("update resource_use set expires_at = $2 where offer_id = $1", offer_id, expires_at)


async def keep_for_appointment(hold_id: UUID, appointment_id: UUID) -> int:
    """Turn a hold's spans into the appointment's, if it has not expired; how many spans that were.

    This statement decides between a confirmation and an expiry that come at the same moment.
    """
    return await db.execute(
        """
        update resource_use set appointment_id = $2, hold_id = null, expires_at = null
        where hold_id = $1 and expires_at > (select business_now())
        """,
        hold_id,
        appointment_id,
    )


async def _uses(column: str, owner_id: UUID) -> list[Use]:
    rows = await db.fetch(
        f"select resource_id, starts_at, ends_at from resource_use where {column} = $1 order by resource_id",
        owner_id,
    )
    return db.to_structs(Use, rows)
