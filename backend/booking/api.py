"""The same as JSON, for the page's own module and for other clients: same actions, same sentences.

A refusal is a problem document (RFC 9457). A place that is gone (409) brings `other_starts`: the three
nearest that are free. Fields that a body does not have, such as a duration or a patient, are refused (400).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import Scope

from backend.audit.model import Reading
from backend.booking import api_views, asked_actions, start_actions, visit_repository
from backend.booking.api_views import AppointmentOut, HoldOut, SlotsOut
from backend.booking.model import Book, Cancel, CancelReason, Confirm, Filters, Hold, Move
from backend.booking.repository import appointment_and_name, appointment_for, appointments_of, seen_by
from backend.booking.rules.changes import SlotTaken
from backend.families.repository import patients_of
from backend.identity.beside import Asking, found_beside, reads_beside
from backend.identity.guards import signed_in, viewer_in
from backend.identity.model import Asked, Viewer
from backend.kit.clock import business_now
from backend.kit.problems import refusals
from backend.practice.repository import load_practice

PATH = "/api/v1"
ONE = PATH + "/appointments/{appointment_id:uuid}"


class HoldIn(msgspec.Struct, forbid_unknown_fields=True):
    """A place as `/slots` offered it. How long it takes and for whom is the triage result's to say."""

    triage_id: UUID
    start: Annotated[datetime, msgspec.Meta(tz=True)]
    practitioner_id: UUID


class BookIn(msgspec.Struct, forbid_unknown_fields=True):
    """The hold to confirm."""

    hold_id: UUID


class MoveIn(msgspec.Struct, forbid_unknown_fields=True):
    """Another place, and the version of the appointment that was looked at."""

    version: int
    start: Annotated[datetime, msgspec.Meta(tz=True)]
    practitioner_id: UUID


class CancelIn(msgspec.Struct, forbid_unknown_fields=True):
    """The version that was looked at, and perhaps why."""

    version: int
    reason: CancelReason | None = None


class ConfirmIn(msgspec.Struct, forbid_unknown_fields=True):
    """The version that was looked at."""

    version: int


API: dict[str, Any] = {
    "guards": [signed_in],
    "tags": ["booking"],
    "responses": refusals(400, 401, 403, 404, 409, 422),
}


@asynccontextmanager
async def _naming_others(viewer: Viewer) -> AsyncIterator[None]:
    """Give a refusal of a taken place the words of the others."""
    try:
        yield
    except SlotTaken as taken:
        practice = await load_practice()
        others = [api_views.other(slot, practice, viewer.locale) for slot in taken.others]
        taken.extra = {"other_starts": msgspec.to_builtins(others)}
        raise


def _triage_asked_for(request: Asking) -> Reading | None:
    try:
        triage_id = msgspec.convert(request.query_params.get("triage"), UUID)
    except msgspec.ValidationError:
        return None  # which the handler's own parameter refuses
    return visit_repository.reading_of(triage_id, start_actions.READ)


@get(
    PATH + "/slots",
    operation_id="listSlots",
    summary="Places that fit a triage result",
    opt=reads_beside(_triage_asked_for),
    **API,
)
async def list_slots(
    scope: Scope,
    triage: Annotated[UUID, QueryParameter(description="the id of a triage result that is the caller's")],
    from_day: Annotated[
        date | None,
        QueryParameter(name="from", description="the day from which to list; default: the first"),
    ] = None,
    until: Annotated[
        date | None,
        QueryParameter(description="the last day to list, however many that are; default: a page of seven"),
    ] = None,
    practitioner: Annotated[
        UUID | None, QueryParameter(description="only this practitioner's places")
    ] = None,
    site: Annotated[
        UUID | None, QueryParameter(description="at this site; default: the one that suits the visit best")
    ] = None,
) -> SlotsOut:
    """The days with free places at one site, each start once.

    Without `until`, seven; `next_from` continues the list.
    """
    viewer = viewer_in(scope)
    if row := found_beside(scope, triage):
        asked, filters = (
            await visit_repository.asked_in(row),
            Filters(practitioner_id=practitioner, site_id=site),
        )
        listing = await start_actions.starts_of(viewer, asked, from_day, until, filters)
    else:
        listing = await start_actions.find_starts(viewer, triage, from_day, until, practitioner, site)
    return api_views.slots(listing, await load_practice(), viewer.locale)


@post(PATH + "/holds", operation_id="holdSlot", summary="Keep a place for ten minutes", **API)
async def hold(
    viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None], data: JSONBody[HoldIn]
) -> HoldOut:
    """One hold an account: a new one replaces the one before. `next` is the page on which to confirm."""
    wanted = Hold(triage_id=data.triage_id, practitioner_id=data.practitioner_id, starts_at=data.start)
    async with _naming_others(viewer):
        return api_views.held(await asked_actions.hold(viewer, wanted, asked))


@get(PATH + "/appointments", operation_id="listAppointments", summary="The family's visits", **API)
async def list_appointments(viewer: NamedDependency[Viewer]) -> list[AppointmentOut]:
    """By start, cancelled ones too. A session without passkey gets coming visits, without their care."""
    now = await business_now()
    practice = await load_practice()
    names = {person.id: person.given_name for person in await patients_of(viewer, now)}
    found = await appointments_of(viewer, now)
    return [
        api_views.appointment(each, names[each.patient_id], practice, viewer.locale)
        for each in found
        if each.patient_id in names
    ]


@post(PATH + "/appointments", operation_id="bookAppointment", summary="Confirm a hold", **API)
async def book(
    viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None], data: JSONBody[BookIn]
) -> AppointmentOut:
    """Sent twice, it gives the same appointment. 409 when the hold has expired."""
    # What somebody has just written needs no reading: the line of the deed says who was told.
    booked, name = await asked_actions.book(viewer, Book(hold_id=data.hold_id), asked)
    return api_views.appointment(seen_by(viewer, booked), name, await load_practice(), viewer.locale)


@get(ONE, operation_id="readAppointment", summary="One visit", **API)
async def read_appointment(viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]) -> AppointmentOut:
    """404 for an unknown id and for another family's."""
    return await _out(viewer, appointment_id)


@post(
    ONE + "/move",
    operation_id="moveAppointment",
    summary="Put a visit at another time",
    status_code=200,
    **API,
)
async def move(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    appointment_id: FromPath[UUID],
    data: JSONBody[MoveIn],
) -> AppointmentOut:
    """All or nothing: without a free place it stays where it is. 409 when it was changed meanwhile."""
    wanted = Move(
        appointment_id=appointment_id,
        version=data.version,
        practitioner_id=data.practitioner_id,
        starts_at=data.start,
    )
    await appointment_for(viewer, appointment_id, await business_now())
    async with _naming_others(viewer):
        await asked_actions.move(viewer, wanted, asked)
    return await _out(viewer, appointment_id)


@post(ONE + "/cancel", operation_id="cancelAppointment", summary="Give a place back", status_code=200, **API)
async def cancel(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    appointment_id: FromPath[UUID],
    data: JSONBody[CancelIn],
) -> AppointmentOut:
    """Possible until the start; costs nothing."""
    now = await business_now()
    appointment = await appointment_for(viewer, appointment_id, now)
    await visit_repository.may_book(viewer, appointment.patient_id, now)
    wanted = Cancel(appointment_id=appointment_id, version=data.version, reason=data.reason)
    await asked_actions.cancel(viewer, wanted, asked)
    return await _out(viewer, appointment_id)


@post(
    ONE + "/confirm", operation_id="confirmAppointment", summary="Say: I shall come", status_code=200, **API
)
async def confirm(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    appointment_id: FromPath[UUID],
    data: JSONBody[ConfirmIn],
) -> AppointmentOut:
    """Confirming twice is confirming once."""
    await appointment_for(viewer, appointment_id, await business_now())
    wanted = Confirm(appointment_id=appointment_id, version=data.version)
    await asked_actions.confirm(viewer, wanted, asked)
    return await _out(viewer, appointment_id)


async def _out(viewer: Viewer, appointment_id: UUID) -> AppointmentOut:
    found, name = await appointment_and_name(viewer, appointment_id)
    return api_views.appointment(found, name, await load_practice(), viewer.locale)


ROUTES = [list_slots, hold, list_appointments, book, read_appointment, move, cancel, confirm]
