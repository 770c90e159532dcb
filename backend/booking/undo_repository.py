"""What the desk changed a moment ago, kept with what stood before until somebody is told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.booking.model import Appointment, Duration
from backend.booking.use_repository import Use
from backend.kit import db
from backend.kit.ids import new_id


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a move or another length replaces."""

    practitioner_id: UUID
    chair_id: UUID
    site_id: UUID
    starts_at: datetime
    ends_at: datetime
    duration: Duration
    version: int
    confirmed_at: datetime | None
    moved_late: bool
    uses: tuple[Use, ...]

    @classmethod
    def of(cls, was: Appointment, uses: Sequence[Use]) -> "Before":
        """What stands now."""
        kept = {name: getattr(was, name) for name in cls.__struct_fields__ if name != "uses"}
        return cls(**kept, uses=tuple(uses))

    def restored(self, now: Appointment) -> Appointment:
        """The appointment as it was."""
        kept = {name: getattr(self, name) for name in self.__struct_fields__ if name != "uses"}
        return msgspec.structs.replace(now, **kept)


class Change(msgspec.Struct, frozen=True):
    """A change that can be undone as long as its event waits."""

    id: UUID
    event_id: UUID
    before: Before


async def remember(
    account_id: UUID | None, event_id: UUID, before: Before, appointment_id: UUID, version: int
) -> None:
    """Store a change in the transaction that makes it, after the appointment itself was stored."""
    await db.execute(
        """
        insert into desk_change
          (id, appointment_id, account_id, event_id, before, version, changed_at, until)
        select $1, a.id, $3, e.id, $5::jsonb, $6, a.changed_at, e.available_at
        from appointment a, outbox_event e where a.id = $2 and e.id = $4
        """,
        new_id(),
        appointment_id,
        account_id,
        event_id,
        db.json_text(before),
        version,
    )


async def find(change_id: UUID, appointment_id: UUID) -> Change | None:
    """A change of that appointment, which must be locked; None when it was undone or is not the last."""
    row = await db.fetch_row(
        """
        select d.id, d.event_id, d.before from desk_change d join appointment a on a.id = d.appointment_id
        where d.id = $1 and a.id = $2 and d.changed_at = a.changed_at and d.undone_at is null
        """,
        change_id,
        appointment_id,
    )
    if row is None:
        return None
    return Change(row["id"], row["event_id"], msgspec.json.decode(row["before"], type=Before))


async def mark_undone(change_id: UUID) -> None:
    """It was undone."""
    await db.execute("update desk_change set undone_at = now() where id = $1", change_id)


async def next_version(current: Appointment) -> int:
    """The version of a new time: never one that was undone, so that nobody acts on a page that shows that."""
    version: int = await db.fetch_value(
        "select 1 + greatest($2::int, max(version)) from desk_change where appointment_id = $1",
        current.id,
        current.version,
    )
    return version
