"""What the desk opens. Looking at a day is a reading of everybody on it, and is noted as such."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from backend.audit.record import record, record_reading_of_many
from backend.booking import calendar_repository
from backend.booking.calendar_repository import Own
from backend.booking.model import Request
from backend.booking.model.waiting import FreedPlace, Gap
from backend.booking.request_repository import waiting_requests
from backend.calendars.actions import stale_calendars
from backend.calendars.model import ExternalCalendar
from backend.desk import place_actions, repository, rules
from backend.desk.model import (
    Asker,
    Clash,
    Contact,
    DayVisit,
    FoundPatient,
    Kept,
    LastChange,
    NotReached,
    SentMessage,
    Unanswered,
    Undoable,
)
from backend.desk.site_views import of_site
from backend.identity.model import Viewer
from backend.kit import db
from backend.outbox import repository as outbox
from backend.outbox.repository import Stuck
from backend.practice.model import Site
from backend.practice.repository import load_practice

CHANGES = (
    "appointment.book",
    "appointment.move",
    "appointment.duration",
    "appointment.undo",
    "appointment.cancel",
    "appointment.confirm",
    "appointment.arrived",
    "appointment.seated",
    "appointment.times",
    "appointment.done",
    "appointment.missed",
    "appointment.booked",
)
"""The journal's names of what changes a visit; the last is taking a mark back."""


class Day(msgspec.Struct, frozen=True):
    """A day with what waits beside it, and the last change that may be taken back."""

    stamp: str
    visits: list[DayVisit]
    gaps: list[Gap]
    kept: list[Kept]
    to_fill: list[FreedPlace]
    undoable: Undoable | None
    requests: list[Request]
    askers: dict[UUID, Asker]
    unanswered: list[Unanswered]
    not_reached: list[NotReached]
    stuck: list[Stuck]
    clashes: list[Clash]
    stale: list[ExternalCalendar]


class Panel(msgspec.Struct, frozen=True):
    """One visit with whom to call and what was sent."""

    visit: DayVisit
    contacts: list[Contact]
    messages: list[SentMessage]


async def open_day(viewer: Viewer, day: date, site: Site, now: datetime) -> Day:
    """The visits of a site's day, the requests that wait, days without answer, and what is stuck."""
    begin, end = rules.day_bounds(day, site.timezone)
    async with db.transaction():
        # First: what changes while we read gives another stamp, and the page looks again.
        stamp = await repository.stamp(begin, end, site.id)
        visits = await repository.day_visits(begin, end, site.id)
        requests = await waiting_requests(viewer)
        undoable = await repository.undoable(viewer.account_id)
        not_reached = await repository.not_reached(now)
        clashes = await repository.clashes(now)
        seen = _patients(visits, undoable) | {one.patient_id for one in not_reached}
        seen |= {one.patient_id for one in clashes}
        seen |= {request.patient_id for request in requests if request.patient_id}
        await record_reading_of_many(viewer.actor, "desk.day_read", sorted(seen), day=day.isoformat())
        today, _ = rules.day_bounds(now.astimezone(site.timezone).date(), site.timezone)
        return Day(
            stamp=stamp,
            visits=visits,
            gaps=await gaps_of(day, site, now),
            kept=await repository.kept(begin, end, site.id),
            to_fill=await place_actions.to_fill(),
            undoable=undoable,
            requests=requests,
            askers=await repository.askers([request.id for request in requests]),
            unanswered=await repository.unanswered(now, today + 4 * (end - begin), site),
            not_reached=not_reached,
            stuck=await outbox.stuck(),
            clashes=clashes,
            stale=await stale_calendars(),
        )


class Week(msgspec.Struct, frozen=True):
    """The week of one chair or practitioner."""

    stamp: str
    visits: list[DayVisit]
    undoable: Undoable | None


async def open_week(viewer: Viewer, monday: date, resource_id: UUID, site: Site) -> Week:
    """The visits of seven local days with one practitioner or in one chair."""
    begin, _ = rules.day_bounds(monday, site.timezone)
    _, end = rules.day_bounds(monday + timedelta(days=6), site.timezone)
    async with db.transaction():
        stamp = await repository.stamp(begin, end, site.id)
        visits = await repository.visits_of(resource_id, begin, end)
        undoable = await repository.undoable(viewer.account_id)
        seen = sorted(_patients(visits, undoable))
        await record_reading_of_many(viewer.actor, "desk.week_read", seen, week=monday.isoformat())
        return Week(stamp=stamp, visits=visits, undoable=undoable)


async def last_change(visit_id: UUID) -> LastChange | None:
    """Who changed a visit last, for somebody whose own change came second."""
    return await repository.last_change(visit_id, CHANGES)


def _patients(visits: list[DayVisit], undoable: Undoable | None) -> set[UUID]:
    return {visit.patient_id for visit in visits} | ({undoable.patient_id} if undoable else set())


async def gaps_of(day: date, site: Site, now: datetime) -> list[Gap]:
    """The free time of a site's day that is worth showing. It tells nothing of anybody."""
    practice = of_site(await load_practice(), site)
    resources = {chair for one in practice.practitioners for chair in (one.id, *one.chair_ids)}
    calendar = await calendar_repository.load(practice, resources, day, 1, site.timezone, Own())
    return rules.gaps(practice.practitioners, calendar.opening, calendar.busy, calendar.origin, now)


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


async def day_of(visit_id: UUID) -> tuple[date, Site]:
    """The day on which a visit stands, at its site; NotFound for an unknown id. Tells nothing of anybody."""
    visit = await repository.visit(visit_id)
    site = (await load_practice()).site_of(visit.chair_id)
    return visit.starts_at.astimezone(site.timezone).date(), site
