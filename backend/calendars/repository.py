"""External agendas and their busy times in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from backend.calendars.model import Answer, Busy, Connect, Due, ExternalCalendar, Trouble
from backend.calendars.rules import host_of
from backend.kit import db
from backend.kit.errors import NotFound
from backend.kit.ids import new_id


async def is_busy_elsewhere(practitioner_id: UUID, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether an external agenda says that the practitioner is busy at any moment of that span."""
    found: bool = await db.fetch_value(
        "select exists (select from external_busy where practitioner_id = $1 and ends_at > $2"
        " and starts_at < $3)",
        practitioner_id,
        starts_at,
        ends_at,
    )
    return found


async def calendars() -> list[ExternalCalendar]:
    """Every external agenda, by practitioner, the oldest first."""
    rows = await db.fetch(
        """
        select c.id, c.practitioner_id, c.name, c.url, c.created_at, c.tried_at, c.synced_at, c.trouble,
          c.unread, c.due_at <= now() as waits,
          (select count(*) from external_busy b where b.calendar_id = c.id) as spans
        from external_calendar c order by c.practitioner_id, c.created_at, c.id
        """
    )
    return [
        db.to_struct(
            ExternalCalendar,
            {**{name: value for name, value in row.items() if name != "url"}, "host": host_of(row["url"])},
        )
        for row in rows
    ]


async def count() -> int:
    """How many there are."""
    found: int = await db.fetch_value("select count(*) from external_calendar")
    return found


async def add(calendar_id: UUID, wanted: Connect, now: datetime) -> None:
    """Store an agenda, due at once."""
    await db.execute(
        "insert into external_calendar (id, practitioner_id, name, url, due_at, created_at)"
        " values ($1, $2, $3, $4, $5, $5)",
        calendar_id,
        wanted.practitioner_id,
        wanted.name,
        wanted.url,
        now,
    )


async def remove(calendar_id: UUID) -> None:
    """Forget an agenda with what it told; NotFound for an unknown one."""
    if not await db.execute("delete from external_calendar where id = $1", calendar_id):
        raise NotFound


async def make_due(calendar_id: UUID, now: datetime) -> None:
    """Let a worker look now; NotFound for an unknown one."""
    if not await db.execute("update external_calendar set due_at = $2 where id = $1", calendar_id, now):
        raise NotFound


async def take_due(now: datetime, again_after: timedelta, most: int) -> list[Due]:
    """Agendas whose turn it is, no longer due from here on: a second worker takes others, and whoever dies
    with them leaves them to the next turn."""
    rows = await db.fetch(
        """
        update external_calendar c set due_at = $1::timestamptz + $2, tried_at = $1
        where c.id in (
          select id from external_calendar where due_at <= $1 order by due_at, id limit $3
          for update skip locked)
        returning c.id, c.practitioner_id, c.url, c.etag, c.last_modified, c.read_until
        """,
        now,
        again_after,
        most,
    )
    return db.to_structs(Due, rows)


async def lock(calendar_id: UUID) -> bool:
    """Hold an agenda against others until the transaction ends; False when it is no longer there."""
    return bool(
        await db.fetch_value("select true from external_calendar where id = $1 for update", calendar_id)
    )


async def replace_busy(due: Due, busy: Sequence[Busy]) -> bool:
    """Let exactly these be the agenda's busy times; False, and nothing written, where they are already."""
    rows = await db.fetch(
        "select starts_at, ends_at, entry_digest as entry from external_busy where calendar_id = $1", due.id
    )
    if {Busy(**row) for row in rows} == set(busy):
        return False
    await db.execute("delete from external_busy where calendar_id = $1", due.id)
    await db.execute(
        """
        insert into external_busy (id, calendar_id, practitioner_id, entry_digest, starts_at, ends_at)
        select b.id, $1, $2, b.entry, b.starts_at, b.ends_at
        from unnest($3::uuid[], $4::bytea[], $5::timestamptz[], $6::timestamptz[])
          as b(id, entry, starts_at, ends_at)
        """,
        due.id,
        due.practitioner_id,
        [new_id() for _ in busy],
        [one.entry for one in busy],
        [one.starts_at for one in busy],
        [one.ends_at for one in busy],
    )
    return True


async def tell_desk() -> None:
    """Whoever looks at a day of the desk's looks again once this transaction is committed."""
    await db.execute("select pg_notify('desk_day', 'requests')")


async def note_reading(due: Due, answer: Answer, read_until: datetime, unread: int) -> None:
    """What to ask for next time, and how far this time's answer was read."""
    await db.execute(
        "update external_calendar set etag = $2, last_modified = $3, read_until = $4, unread = $5"
        " where id = $1",
        due.id,
        answer.etag,
        answer.last_modified,
        read_until,
        unread,
    )


async def note_success(calendar_id: UUID, now: datetime) -> None:
    """The agenda is as the other software has it."""
    await db.execute(
        "update external_calendar set synced_at = $2, trouble = null where id = $1", calendar_id, now
    )


async def note_trouble(calendar_id: UUID, trouble: Trouble) -> None:
    """The look failed; what was known before stays."""
    await db.execute("update external_calendar set trouble = $2 where id = $1", calendar_id, trouble)
