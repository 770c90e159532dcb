"""What the desk opens. Looking at a day is a reading of everybody on it, and is noted as such."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.audit.record import record, record_reading_of_many
from backend.booking.model import Request
from backend.booking.request_repository import waiting_requests
from backend.desk import repository, rules
from backend.desk.model import Asker, Contact, DayVisit, FoundPatient, NotReached, SentMessage, Unanswered
from backend.identity.model import Viewer
from backend.kit import db
from backend.outbox import repository as outbox
from backend.outbox.repository import Stuck


class Day(msgspec.Struct, frozen=True):
    """A day with what waits beside it."""

    visits: list[DayVisit]
    requests: list[Request]
    askers: dict[UUID, Asker]
    unanswered: list[Unanswered]
    not_reached: list[NotReached]
    stuck: list[Stuck]


class Panel(msgspec.Struct, frozen=True):
    """One visit with whom to call and what was sent."""

    visit: DayVisit
    contacts: list[Contact]
    messages: list[SentMessage]


async def open_day(viewer: Viewer, day: date, zone: ZoneInfo, now: datetime) -> Day:
    """The visits of a local day, the requests that wait, days without answer, and what is stuck."""
    begin, end = rules.day_bounds(day, zone)
    async with db.transaction():
        visits = await repository.day_visits(begin, end)
        requests = await waiting_requests(viewer)
        not_reached = await repository.not_reached(now)
        seen = {visit.patient_id for visit in visits} | {one.patient_id for one in not_reached}
        seen |= {request.patient_id for request in requests if request.patient_id}
        await record_reading_of_many(viewer.actor, "desk.day_read", sorted(seen), day=day.isoformat())
        today, _ = rules.day_bounds(now.astimezone(zone).date(), zone)
        return Day(
            visits=visits,
            requests=requests,
            askers=await repository.askers([request.id for request in requests]),
            unanswered=await repository.unanswered(now, today + 4 * (end - begin), zone.key),
            not_reached=not_reached,
            stuck=await outbox.stuck(),
        )


async def open_requests(viewer: Viewer) -> tuple[list[Request], dict[UUID, Asker]]:
    """Every request that waits, with for whom it is."""
    async with db.transaction():
        requests = await waiting_requests(viewer)
        seen = sorted({request.patient_id for request in requests if request.patient_id})
        await record_reading_of_many(viewer.actor, "desk.requests_read", seen)
        return requests, await repository.askers([request.id for request in requests])


async def open_panel(viewer: Viewer, visit_id: UUID, now: datetime) -> Panel:
    """One visit; NotFound for an unknown id."""
    async with db.transaction():
        visit = await repository.visit(visit_id)
        await record(viewer.actor, "desk.visit_read", ("appointment", visit.id), visit.patient_id)
        return Panel(
            visit=visit,
            contacts=await repository.contacts(visit.patient_id, now),
            messages=await repository.messages_of(visit.id),
        )


async def search(viewer: Viewer, words: str) -> list[FoundPatient]:
    """Patients by the beginning of their names; who was found is noted, the words are not."""
    async with db.transaction():
        found = await repository.find_patients(words)
        await record_reading_of_many(viewer.actor, "desk.search", [one.id for one in found])
        return found


async def day_of(visit_id: UUID, zone: ZoneInfo) -> date:
    """The local day on which a visit stands; NotFound for an unknown id. Tells nothing of anybody."""
    return (await repository.visit(visit_id)).starts_at.astimezone(zone).date()
