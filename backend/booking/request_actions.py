"""Asking something of the desk, and what the desk does with it."""

from datetime import timedelta
from uuid import UUID

from backend.audit.record import record
from backend.booking import hold_repository, request_repository
from backend.booking.events import RequestMade
from backend.booking.model import Ask, Request, RequestState
from backend.booking.rules.requests import RequestTaken, deadline
from backend.families.repository import patient_for
from backend.identity.model import Viewer
from backend.identity.once_actions import claim as claim_key
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.days import holidays_between
from backend.kit.errors import NotAllowed
from backend.kit.ids import new_id
from backend.outbox.publish import publish
from backend.practice.repository import default_site
from backend.triage.repository import person_of


async def ask(viewer: Viewer, wanted: Ask) -> UUID:
    """Put a request before the desk; the same one sent twice is one. Returns its id.

    With a triage run it carries that patient, and the urgency once decided. Raises NotFound for a
    foreign one.
    """
    now = await business_now()
    patient_id, urgency = wanted.patient_id, None
    if wanted.triage_id is not None:
        patient_id, urgency = await person_of(viewer, wanted.triage_id, now)
    elif patient_id is not None:
        await patient_for(viewer, patient_id, now)
    site = await default_site()
    today = now.astimezone(site.timezone).date()
    closed_days = holidays_between(site.country, site.subdivision, today, today + timedelta(days=14))
    new = Request(
        id=new_id(),
        kind=wanted.kind,
        reason=wanted.reason,
        phone=wanted.phone,
        preferred_time=wanted.preferred_time,
        deadline=deadline(wanted.kind, urgency, now, site.timezone, closed_days),
        state=RequestState.OPEN,
        created_at=now,
        urgency=urgency,
        account_id=viewer.account_id,
        patient_id=patient_id,
        triage_id=wanted.triage_id,
    )
    async with db.transaction():
        await claim_key(new.id)
        await hold_repository.lock_account(viewer.account_id)
        if there := await request_repository.same_open_request(new):
            return there
        await request_repository.add(new)
        await record(viewer.actor, "request.make", ("request", new.id), patient_id, kind=new.kind)
        await publish(RequestMade(request_id=new.id))
    return new.id


async def take(viewer: Viewer, request_id: UUID) -> None:
    """A member of staff says "I do this". Raises RequestTaken when a colleague was faster."""
    await _change(viewer, request_id, RequestState.TAKEN)


async def finish(viewer: Viewer, request_id: UUID) -> None:
    """It is answered. Raises RequestTaken when it was already."""
    await _change(viewer, request_id, RequestState.DONE)


async def _change(viewer: Viewer, request_id: UUID, state: RequestState) -> None:
    if not viewer.is_staff:
        raise NotAllowed
    now = await business_now()
    async with db.transaction():
        current = await request_repository.lock_request(request_id)
        if not _may_become(current, state, viewer):
            raise RequestTaken
        await request_repository.save_state(current.id, state, viewer.account_id, now)
        subject = ("request", current.id)
        await record(viewer.actor, f"request.{state.value}", subject, current.patient_id)


def _may_become(current: Request, state: RequestState, viewer: Viewer) -> bool:
    if state is RequestState.TAKEN:
        return current.state is RequestState.OPEN or (
            current.state is RequestState.TAKEN and current.taken_by == viewer.account_id
        )
    return current.state is not RequestState.DONE
