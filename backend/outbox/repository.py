"""The outbox's statements. Leases use the machine's clock, so moving business time frees nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.kit import db
from backend.kit.events import Event
from backend.kit.ids import new_id
from backend.kit.parts import Part

LEASE_SECONDS = 20


class Owed(msgspec.Struct, frozen=True):
    """An event whose turn it is. `attempts` counts this one."""

    id: UUID
    name: str
    payload: str
    attempts: int


class Stuck(msgspec.Struct, frozen=True):
    """An event that keeps failing, for the desk."""

    id: UUID
    name: str
    attempts: int
    last_error: str
    created_at: datetime
    available_at: datetime


async def add(event: Event, after: timedelta) -> UUID:
    """Store an event in the current transaction, to be taken up when `after` has passed; its id."""
    event_id = new_id()
    await db.execute(
        """
        insert into outbox_event (id, name, payload, created_at, available_at, attempts)
        values ($1, $2, $3::jsonb, now(), now() + $4, 0)
        """,
        event_id,
        type(event).__name__,
        db.json_text(event),
        after,
    )
    return event_id


def beside(event: Event) -> Part:
    """Store an event that is due at once, for a deed's statement (`kit.deeds`)."""
    sql = """
        insert into outbox_event (id, name, payload, created_at, available_at, attempts)
        select $1::uuid, $2::text, $3::jsonb, now(), now(), 0 from done where done.patient_id is not null
        """
    return Part(sql, (new_id(), type(event).__name__, db.json_text(event)))


async def take_back(event_id: UUID) -> bool:
    """Delete an event that nobody may have taken up yet; False when it is due, done or gone.

    `now()` stands still in a transaction: the attempts tell of a worker that came while we waited.
    """
    taken = await db.execute(
        "delete from outbox_event where id = $1 and available_at > now() and attempts = 0", event_id
    )
    return taken == 1


async def claim(limit: int) -> list[Owed]:
    """Take up to `limit` events for `LEASE_SECONDS`, the oldest first; a dead worker's claim is free again
    after that."""
    rows = await db.fetch(
        """
        update outbox_event set lease_until = now() + make_interval(secs => $2), attempts = attempts + 1
        where id in (
            select id from outbox_event
            where done_at is null and available_at <= now() and (lease_until is null or lease_until < now())
            order by created_at limit $1 for update skip locked)
        returning id, name, payload, attempts
        """,
        limit,
        LEASE_SECONDS,
    )
    return sorted(db.to_structs(Owed, rows), key=lambda owed: owed.id)


async def finish(event_id: UUID) -> bool:
    """Mark as done, in the transaction of the handlers' effects; False if another worker was faster."""
    done = await db.execute(
        "update outbox_event set done_at = now(), lease_until = null, last_error = null "
        "where id = $1 and done_at is null",
        event_id,
    )
    return done == 1


async def put_back(event_id: UUID, error: str, wait_seconds: float) -> None:
    """Not now: try again after `wait_seconds`. `error` is the failure's type, never its message."""
    await db.execute(
        """
        update outbox_event
        set lease_until = null, last_error = $2, available_at = now() + make_interval(secs => $3)
        where id = $1 and done_at is null
        """,
        event_id,
        error,
        wait_seconds,
    )


async def stuck(least_attempts: int = 3) -> list[Stuck]:
    """Events that failed at least so many times, oldest first."""
    rows = await db.fetch(
        """
        select id, name, attempts, coalesce(last_error, '') as last_error, created_at, available_at
        from outbox_event where done_at is null and attempts >= $1 order by created_at limit 50
        """,
        least_attempts,
    )
    return db.to_structs(Stuck, rows)


async def oldest_waiting_seconds() -> float:
    """Age of the oldest event that is due and not done; 0 when nothing waits."""
    age = await db.fetch_value(
        "select extract(epoch from now() - min(available_at))::float8 from outbox_event "
        "where done_at is null and available_at <= now()"
    )
    return float(age or 0)


async def beat(worker: str) -> None:
    """This worker is alive; `worker` names its machine and its process."""
    await db.execute(
        "insert into worker_beat (worker, at) values ($1, now()) "
        "on conflict (worker) do update set at = now()",
        worker,
    )


async def seconds_since_beat() -> float | None:
    """Since any worker was last alive; None when none ever was."""
    silence = await db.fetch_value("select extract(epoch from now() - max(at))::float8 from worker_beat")
    return None if silence is None else float(silence)


async def forget_beats(days: int) -> int:
    """Delete what workers left that were last alive so many days ago: each start is another process."""
    return await db.execute("delete from worker_beat where at < now() - make_interval(days => $1)", days)


async def forget_done(days: int) -> int:
    """Delete events that were handed on more than so many days ago; the number deleted."""
    return await db.execute(
        "delete from outbox_event where done_at < now() - make_interval(days => $1)", days
    )
