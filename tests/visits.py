"""Visits for tests about messages: as booking would have stored them, with the event that it tells."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.events import AppointmentBooked, AppointmentMoved
from backend.demo.cast import cast
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.days import holidays_between, is_working_day
from backend.kit.ids import new_id
from backend.outbox.publish import publish
from backend.outbox.relay import Relay
from backend.worker import EVENTS

PARIS = ZoneInfo("Europe/Paris")
ROUX, FIRST_CHAIR = UUID("01970000-0000-7000-8000-000000000011"), UUID("01970000-0000-7000-8000-000000000021")
SITE = UUID("01970000-0000-7000-8000-000000000001")


def plain_thursday(now: datetime, at_least_days: int = 11) -> date:
    """A Thursday ahead with no public holiday near it, so that J-2 is a Tuesday and J-1 a Wednesday."""
    day = now.astimezone(PARIS).date() + timedelta(days=at_least_days)
    closed = holidays_between("FR", None, day, day + timedelta(days=90))
    while day.isoweekday() != 4 or not all(
        is_working_day(day + timedelta(days=offset), closed) for offset in (-9, -7, -6, -2, -1, 0, 1)
    ):
        day += timedelta(days=1)
    return day


def at(day: date, hour: str) -> datetime:
    """That hour of that day in Paris."""
    return datetime.combine(day, time.fromisoformat(hour), PARIS)


async def booked(
    person: str,
    starts_at: datetime,
    *,
    minutes: int = 30,
    care: str = "CTRL",
    booked_by: str | None = "mother",
    told: bool = True,
) -> UUID:
    """A visit of one of the cast. With `told` its event is stored and handed on."""
    appointment_id, booker = new_id(), cast()[booked_by].account_id if booked_by else None
    async with db.transaction():
        await db.execute(
            """
            insert into appointment (id, patient_id, booked_by, practitioner_id, chair_id, site_id, care_key,
              urgency, starts_at, ends_at, duration, status, version, created_at, changed_at)
            values ($1, $2, $3, $4, $5, $6, $7, 'U4', $8, $9, $10::jsonb, 'booked', 1, $11, $11)
            """,
            appointment_id,
            cast()[person].patient_id,
            booker,
            *(ROUX, FIRST_CHAIR, SITE, care),
            starts_at,
            starts_at + timedelta(minutes=minutes),
            db.json_text({"minutes": minutes, "lines": []}),
            await business_now(),
        )
        if told:
            await publish(AppointmentBooked(appointment_id=appointment_id, version=1))
    await hand_on()
    return appointment_id


async def moved(appointment_id: UUID, starts_at: datetime, *, by_desk: bool = False) -> None:
    """The visit has another time, a new version, and its event is handed on."""
    async with db.transaction():
        version = await db.fetch_value(
            "update appointment set ends_at = $2::timestamptz + (ends_at - starts_at), starts_at = $2, "
            "version = version + 1, confirmed_at = null, changed_at = business_now() "
            "where id = $1 returning version",
            appointment_id,
            starts_at,
        )
        await publish(AppointmentMoved(appointment_id=appointment_id, version=version, by_desk=by_desk))
    await hand_on()


async def hand_on() -> None:
    """Let the worker's handlers hear what was told."""
    while await Relay(EVENTS).sweep():
        pass
    assert await db.fetch_value("select count(*) from outbox_event where last_error is not null") == 0


async def deliveries(person: str, appointment_id: UUID | None = None) -> Sequence[Any]:
    """What is or was owed to one of the cast, by due time: rows of `delivery`."""
    return await db.fetch(
        "select * from delivery where account_id = $1 and ($2::uuid is null or subject_id = $2) "
        "order by due_at, kind",
        cast()[person].account_id,
        appointment_id,
    )


async def owed(person: str, appointment_id: UUID | None = None) -> list[tuple[str, str]]:
    """The same as (kind without "appointment_", local due time); "now" for what was due at once."""
    return [
        (
            row["kind"].removeprefix("appointment_"),
            "now" if row["occasion"] == "now" else row["due_at"].astimezone(PARIS).strftime("%a %H:%M"),
        )
        for row in await deliveries(person, appointment_id)
    ]
