"""Connecting an external agenda, taking it away, and asking for a look now. The owner's; noted."""

from uuid import UUID

from backend.audit.record import record
from backend.calendars import repository, rules
from backend.calendars.model import Connect, ExternalCalendar
from backend.identity.model import Role, Viewer
from backend.kit import db
from backend.kit.clock import machine_now
from backend.kit.errors import NotAllowed, Refusal
from backend.kit.ids import new_id
from backend.practice.repository import load_practice


class TooManyCalendars(Refusal):
    """More external agendas than a practice needs."""

    key = "calendars.too_many"
    status = 409


async def calendars(viewer: Viewer) -> list[ExternalCalendar]:
    """Every external agenda, for all staff. Nothing of a patient's is in them."""
    if not viewer.is_staff:
        raise NotAllowed
    return await repository.calendars()


async def stale_calendars() -> list[ExternalCalendar]:
    """Those that have told nothing for so long that their busy times are not to be relied upon."""
    now = machine_now()
    found = await repository.calendars()
    return [one for one in found if rules.is_stale(one.created_at, one.synced_at, now)]


async def connect(viewer: Viewer, wanted: Connect) -> None:
    """Connect an agenda; the worker looks at it within seconds. Raises TooManyCalendars, NotFound."""
    _check_owner(viewer)
    (await load_practice()).practitioner(wanted.practitioner_id)
    calendar_id = new_id()
    async with db.transaction():
        if await repository.count() >= rules.MOST:
            raise TooManyCalendars(most=rules.MOST)
        await repository.add(calendar_id, wanted, machine_now())
        await _record(viewer, "calendar.connect", calendar_id)


async def disconnect(viewer: Viewer, calendar_id: UUID) -> None:
    """Take an agenda away: what it told no longer keeps any time. Raises NotFound."""
    _check_owner(viewer)
    async with db.transaction():
        await repository.remove(calendar_id)
        await repository.tell_desk()
        await _record(viewer, "calendar.disconnect", calendar_id)


async def look_now(viewer: Viewer, calendar_id: UUID) -> None:
    """Let the worker look at an agenda now. Raises NotFound."""
    _check_owner(viewer)
    async with db.transaction():
        await repository.make_due(calendar_id, machine_now())
        await _record(viewer, "calendar.look", calendar_id)


async def _record(viewer: Viewer, action: str, calendar_id: UUID) -> None:
    await record(viewer.actor, action, ("external_calendar", calendar_id))


def _check_owner(viewer: Viewer) -> None:
    if viewer.role is not Role.OWNER:
        raise NotAllowed
