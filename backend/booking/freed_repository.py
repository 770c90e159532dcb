"""Freed places: the rows, which of them are open, and what became of them."""

from datetime import datetime
from uuid import UUID

from backend.booking.model.waiting import FreedPlace, Gap, PlaceState, Refill
from backend.kit import db
from backend.kit.errors import NotFound

_PLACE = "id, appointment_id, version, practitioner_id, chair_id, starts_at, ends_at, state, part_of"


async def add_place(place: FreedPlace) -> bool:
    """Store a freed place; False when the same one is known already."""
    added = await db.execute(
        f"insert into freed_place ({_PLACE}, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, business_now()) on conflict do nothing",
        *(place.id, place.appointment_id, place.version, place.practitioner_id, place.chair_id),
        *(place.starts_at, place.ends_at, place.state, place.part_of),
    )
    return added == 1


async def lock_place(place_id: UUID) -> FreedPlace:
    """A freed place as it stands, held until the transaction ends."""
    row = await db.fetch_row(f"select {_PLACE} from freed_place where id = $1 for no key update", place_id)
    if row is None:
        raise NotFound
    return db.to_struct(FreedPlace, row)


async def close_place(place_id: UUID, state: PlaceState) -> None:
    """It is offered no longer."""
    await db.execute(
        "update freed_place set state = $2, closed_at = business_now() where id = $1 and state = 'open'",
        place_id,
        state,
    )


async def shorten_place(place_id: UUID, ends_at: datetime) -> None:
    """Its end is a place of its own now."""
    await db.execute("update freed_place set ends_at = $2 where id = $1", place_id, ends_at)


async def has_open_offer(place_id: UUID) -> bool:
    """Whether somebody is thinking about it."""
    found: bool = await db.fetch_value(
        "select exists (select from place_offer where place_id = $1 and state = 'open')", place_id
    )
    return found


async def is_taken(place: FreedPlace) -> bool:
    """Whether the practitioner now has a visit where the place began."""
    found: bool = await db.fetch_value(
        "select exists (select from resource_use where resource_id = $1 and appointment_id is not null "
        "and starts_at <= $2 and ends_at > $2)",
        place.practitioner_id,
        place.starts_at,
    )
    return found


async def close_past_places() -> int:
    """What has begun is no place any more."""
    return await db.execute(
        "update freed_place f set state = 'late', closed_at = business_now() "
        "where f.state = 'open' and f.starts_at <= business_now() "
        "and not exists (select from place_offer o where o.place_id = f.id and o.state = 'open')"
    )


async def idle_places(limit: int) -> list[UUID]:
    """Open places that nobody is thinking about, the next to begin first."""
    rows = await db.fetch(
        """
        select f.id from freed_place f where f.state = 'open'
          and not exists (select from place_offer o where o.place_id = f.id and o.state = 'open')
        order by f.starts_at limit $1
        """,
        limit,
    )
    return [row["id"] for row in rows]


async def open_places() -> list[FreedPlace]:
    """The same as places, for the desk: the time that is free now, told once though it was freed twice."""
    rows = await db.fetch(
        f"""
        select distinct on (f.starts_at, f.practitioner_id) {_PLACE}
        from freed_place f where f.state = 'open' and f.starts_at > business_now()
          and not exists (select from place_offer o where o.place_id = f.id and o.state = 'open')
          and not exists (select from resource_use u where u.resource_id = f.practitioner_id
            and u.starts_at <= f.starts_at and u.ends_at > f.starts_at
            and (u.expires_at is null or u.expires_at > business_now()))
        order by f.starts_at, f.practitioner_id, f.ends_at desc, f.id
        """
    )
    return db.to_structs(FreedPlace, rows)


async def open_place_of(gap: Gap) -> FreedPlace | None:
    """The first open place of its practitioner that begins in this free time; None when there is none."""
    row = await db.fetch_row(
        f"""
        select {_PLACE} from freed_place f
        where f.state = 'open' and f.practitioner_id = $1 and f.starts_at >= $2 and f.starts_at < $3
        order by f.starts_at, f.id limit 1
        """,
        gap.practitioner_id,
        gap.starts_at,
        gap.ends_at,
    )
    return db.to_struct(FreedPlace, row) if row else None


async def refill(since: datetime) -> Refill:
    """What became of the places that visits gave back since then; parts of a place count with the whole."""
    row = await db.fetch_row(
        """
        select count(*) filter (where f.part_of is null) as freed,
          count(*) filter (where f.part_of is null
            and exists (select from place_offer o where o.place_id = f.id)) as offered,
          count(*) filter (where f.part_of is null and f.state = 'filled') as filled,
          count(*) filter (where f.part_of is null and f.state = 'taken') as taken
        from freed_place f where f.created_at >= $1 and f.appointment_id is not null
        """,
        since,
    )
    return db.to_struct(Refill, row)
