"""What booking tells becomes deliveries. Safe to run twice: the same delivery is owed once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.events import (
    DEED_VERSION,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from backend.booking.message_repository import booker_of, told_together
from backend.booking.model import MessageFacts, Status
from backend.booking.repository import message_facts
from backend.families.repository import guardians_of
from backend.kit.clock import business_now
from backend.kit.days import holidays_between
from backend.messaging.actions import owe
from backend.reminders import rules

BOOKED = "appointment_booked"
MOVED, MOVED_BY_PRACTICE = "appointment_moved", "appointment_moved_by_practice"
TOGETHER = "together"
"""The occasion of a message about visits that were changed together; its subject is that deed."""

CANCELLED, CANCELLED_BY_PRACTICE = "appointment_cancelled", "appointment_cancelled_by_practice"


async def on_booked(event: AppointmentBooked) -> None:
    """A confirmation to whoever booked and to those who get the patient's messages; and the reminders."""
    facts = await _current(event.appointment_id, event.version)
    if facts is None:
        return
    now = await business_now()
    told = await _told(facts, now)
    booker = await booker_of(facts.appointment_id)
    await _owe_now(BOOKED, facts, now, [*told, *([booker] if booker else [])], event.deed_id)
    await _plan(facts, told, told_at=min(now, facts.created_at))


async def on_moved(event: AppointmentMoved) -> None:
    """The new time, and reminders of it. Those of the old time fall by themselves: their version is past."""
    facts = await _current(event.appointment_id, event.version)
    if facts is None:
        return
    now = await business_now()
    told = await _told(facts, now)
    await _owe_now(MOVED_BY_PRACTICE if event.by_desk else MOVED, facts, now, told, event.deed_id)
    await _plan(facts, told, told_at=min(now, facts.changed_at))


async def on_cancelled(event: AppointmentCancelled) -> None:
    """Whoever knew of the visit hears that it is off."""
    facts = await message_facts(event.appointment_id)
    if facts is None or facts.status is not Status.CANCELLED:
        return
    now = await business_now()
    kind = CANCELLED_BY_PRACTICE if event.by_desk else CANCELLED
    await _owe_now(kind, facts, now, await _told(facts, now), event.deed_id)


async def _current(appointment_id: UUID, version: int) -> MessageFacts | None:
    """The facts, unless the visit has changed since: the later event tells the rest."""
    facts = await message_facts(appointment_id)
    if facts is None or facts.status is not Status.BOOKED or facts.version != version:
        return None
    return facts


async def _told(facts: MessageFacts, now: datetime) -> list[UUID]:
    guardians = await guardians_of(facts.patient_id, now)
    return [guardian.account_id for guardian in guardians if guardian.gets_messages]


async def _owe_now(
    kind: str, facts: MessageFacts, now: datetime, accounts: Iterable[UUID], deed_id: UUID | None
) -> None:
    """Owe the news. Visits changed together are one thing to tell: whichever is heard of first owes it."""
    # In one order: the visits of a deed may be heard of by two workers at once.
    for account_id in sorted(set(accounts)):
        await owe(
            kind=kind,
            occasion="now" if deed_id is None else TOGETHER,
            account_id=account_id,
            subject_id=deed_id or facts.appointment_id,
            subject_version=DEED_VERSION if deed_id else facts.version,
            due_at=now,
            useless_after=facts.starts_at if deed_id is None else await _last_start(deed_id),
        )


async def _last_start(deed_id: UUID) -> datetime:
    visits = [await message_facts(visit_id) for visit_id, _ in await told_together(deed_id)]
    return max(visit.starts_at for visit in visits if visit)


async def _plan(facts: MessageFacts, accounts: Iterable[UUID], *, told_at: datetime) -> None:
    """Owe the reminders as they stood when the visit was told of: a worker that comes late sends late, what
    fell due in the meantime is not lost."""
    zone = ZoneInfo(facts.zone)
    visit = rules.Visit(
        starts_at=facts.starts_at,
        told_at=told_at,
        minutes=facts.minutes,
        is_surgery=facts.is_surgery,
        zone=zone,
    )
    day = facts.starts_at.astimezone(zone).date()
    closed = holidays_between(facts.country, facts.subdivision, day - timedelta(days=30), day)
    planned = rules.plan(visit, told_at, closed)
    for account_id in accounts:
        for one in planned:
            await owe(
                kind=one.kind,
                occasion=one.occasion,
                account_id=account_id,
                subject_id=facts.appointment_id,
                subject_version=facts.version,
                due_at=one.due_at,
                useless_after=facts.starts_at,
            )
