"""Groups: people whom one account wants to bring together, and the visits that came of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit.record import record_reading_of_many
from backend.booking.model import Appointment, Arrangement, Group, Member
from backend.booking.repository import COLUMNS, appointment_of, seen_by
from backend.families.repository import patients_of
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotFound
from backend.kit.ids import new_id


async def add(group: Group) -> None:
    """Store a group and its people."""
    await db.execute(
        "insert into booking_group (id, account_id, created_at) values ($1, $2, $3)",
        group.id,
        group.account_id,
        group.created_at,
    )
    await db.execute(
        """
        insert into booking_group_member (id, group_id, patient_id, triage_id)
        select m.id, $1, m.patient_id, m.triage_id
        from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as m(id, patient_id, triage_id)
        """,
        group.id,
        [new_id() for _ in group.members],
        [member.patient_id for member in group.members],
        [member.triage_id for member in group.members],
    )


async def group_for(viewer: Viewer, group_id: UUID) -> Group:
    """The viewer's own group, its people in the order in which they were chosen; NotFound for any other."""
    row = await db.fetch_row(
        "select id, account_id, arrangement, created_at from booking_group where id = $1 and account_id = $2",
        group_id,
        viewer.account_id,
    )
    if row is None:
        raise NotFound
    members = await db.fetch(
        "select patient_id, triage_id from booking_group_member where group_id = $1 order by id", group_id
    )
    arrangement = Arrangement(row["arrangement"]) if row["arrangement"] else None
    return Group(
        id=row["id"],
        account_id=row["account_id"],
        created_at=row["created_at"],
        members=tuple(db.to_structs(Member, members)),
        arrangement=arrangement,
    )


async def save_run(group_id: UUID, patient_id: UUID, triage_id: UUID | None) -> None:
    """Store which answers count for this person: begun anew, the latest; None when they come alone."""
    await db.execute(
        "update booking_group_member set triage_id = $3 where group_id = $1 and patient_id = $2",
        group_id,
        patient_id,
        triage_id,
    )


async def save_arrangement(group_id: UUID, arrangement: Arrangement) -> None:
    """Store how the places that are held lie."""
    await db.execute("update booking_group set arrangement = $2 where id = $1", group_id, arrangement)


async def group_of_run(viewer: Viewer, triage_id: UUID) -> UUID | None:
    """The viewer's group for which these questions were answered, if there is one."""
    found: UUID | None = await db.fetch_value(
        "select g.id from booking_group g join booking_group_member m on m.group_id = g.id "
        "where m.triage_id = $1 and g.account_id = $2",
        triage_id,
        viewer.account_id,
    )
    return found


async def is_booked(viewer: Viewer, group_id: UUID) -> bool:
    """Whether the viewer's group has become visits, whatever they are now."""
    found: bool = await db.fetch_value(
        "select exists (select from appointment where group_id = $1 and booked_by = $2)",
        group_id,
        viewer.account_id,
    )
    return found


async def appointments_of(viewer: Viewer, group_id: UUID, now: datetime) -> list[Appointment]:
    """The visits of a group that the viewer may see, by start; NotFound when there are none.

    Each parent sees those of their own children, whoever booked them.
    """
    async with db.transaction():
        patients = [patient.id for patient in await patients_of(viewer, now)]
        rows = await db.fetch(
            f"select {COLUMNS} from appointment a where a.group_id = $1 and a.patient_id = any($2) "
            "and ($3 or a.starts_at >= $4) order by a.starts_at, a.id",
            group_id,
            patients,
            viewer.strong,
            now,
        )
        if not rows:
            raise NotFound
        found = [seen_by(viewer, appointment_of(row)) for row in rows]
        subjects = [one.patient_id for one in found]
        await record_reading_of_many(viewer.actor, "appointment.list_together", subjects)
    return found


async def tell_together(deed_id: UUID, appointment_ids: Collection[UUID]) -> None:
    """Store that one deed has changed these visits, in the versions that they have now."""
    await db.execute(
        """
        insert into told_together (id, deed_id, appointment_id, version)
        select new.id, $1, a.id, a.version
        from unnest($2::uuid[], $3::uuid[]) as new(id, appointment_id)
        join appointment a on a.id = new.appointment_id
        """,
        deed_id,
        [new_id() for _ in appointment_ids],
        list(appointment_ids),
    )


async def lock_appointments(appointment_ids: Collection[UUID]) -> list[Any]:
    """The rows of these appointments, held against other changes until the transaction ends."""
    return await db.fetch(
        "select id from appointment where id = any($1) order by id for no key update", list(appointment_ids)
    )


async def forget_unused(limit: int) -> int:
    """Delete groups of which nothing came within a day; how many those were."""
    rows = await db.fetch(
        """
        select id from booking_group g
        where created_at < business_now() - interval '1 day'
          and not exists (select from appointment a where a.group_id = g.id)
          and not exists (select from hold h where h.group_id = g.id)
        order by created_at limit $1 for update skip locked
        """,
        limit,
    )
    ids = [row["id"] for row in rows]
    await db.execute("delete from booking_group_member where group_id = any($1)", ids)
    await db.execute("delete from booking_group where id = any($1)", ids)
    return len(ids)
