"""Choosing, holding and confirming a place: three suggestions, the list by day, the check page.

Each page is a plain form; the list works without script, and pages faster with it. Every refusal leads back
to places that are free.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.booking import (
    actions,
    appointment_pages,
    asked_actions,
    forms,
    group_pages,
    group_repository,
    group_views,
    group_visit_pages,
    hold_repository,
    request_pages,
    slot_actions,
    views,
    visit_repository,
    waiting_pages,
)
from backend.booking.model import Book
from backend.booking.rules.changes import AlreadyBooked, HoldExpired, NotOffered, SlotTaken
from backend.identity.guards import signed_in
from backend.identity.model import Asked, Viewer
from backend.kit.clock import business_now
from backend.kit.forms import FormErrors, FormReader
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
ONE_RUN = views.START + "/{triage_id:uuid}"
ONE_HOLD = views.START + "/retenu/{hold_id:uuid}"


@get(ONE_RUN + "/creneaux", **PATIENTS)
async def choose(
    request: AnyRequest, viewer: NamedDependency[Viewer], triage_id: FromPath[UUID]
) -> Response[Any]:
    """What, how long and why, how soon; three suggestions; the list by day. One of several: to them."""
    if group_id := await group_repository.group_of_run(viewer, triage_id):
        return Redirect(group_views.group_address(group_id))
    try:
        from_day, filters = forms.read_filters(request.query_params)
    except FormErrors as mistakes:
        return await _slots(request, viewer, triage_id, form=mistakes)
    try:
        listing = await slot_actions.find_slots(viewer, triage_id, from_day, filters)
    except AlreadyBooked as refusal:
        return Redirect(f"/rendez-vous/{refusal.appointment_id}?fait=deja")
    practice = await load_practice()
    view = views.slots_page(listing, views.triage_road(triage_id), practice, filters, from_day, viewer.locale)
    return await page(request, "booking/choose.html", view)


@post(ONE_RUN + "/retenir", status_code=303, **PATIENTS)
async def hold(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    triage_id: FromPath[UUID],
) -> Response[Any]:
    """Hold the place and go on to check it; when it is gone, show the nearest others."""
    form = FormReader(dict(await request.form()))
    try:
        held = await asked_actions.hold(viewer, forms.read_hold(form, triage_id), asked)
    except FormErrors as mistakes:
        return await _slots(request, viewer, triage_id, form=mistakes)
    except SlotTaken as taken:
        return await _slots(request, viewer, triage_id, taken=taken)
    except NotOffered:
        return await _slots(request, viewer, triage_id, taken=SlotTaken())
    except AlreadyBooked as refusal:
        return Redirect(f"/rendez-vous/{refusal.appointment_id}?fait=deja", status_code=303)
    return Redirect(f"{views.START}/retenu/{held.id}", status_code=303)


@get(ONE_HOLD, **PATIENTS)
async def check(
    request: AnyRequest, viewer: NamedDependency[Viewer], hold_id: FromPath[UUID]
) -> Response[Any]:
    """Who, what, when, where, how long; until when the place is held."""
    if booked := await actions.booked_from(viewer, hold_id):
        return Redirect(f"/rendez-vous/{booked.id}?nouveau=1")
    try:
        held = await actions.read_hold(viewer, hold_id)
    except HoldExpired:
        return await _expired(request, viewer, hold_id)
    if held.group_id is not None:
        return Redirect(group_views.group_address(held.group_id, "verifier"))
    try:
        visit = await visit_repository.visit_for_triage(viewer, held.triage_id, await business_now())
    except AlreadyBooked as refusal:
        return Redirect(f"/rendez-vous/{refusal.appointment_id}?fait=deja")
    view = views.held_page(held, visit, await load_practice(), viewer.locale)
    return await page(request, "booking/check.html", view)


@post(ONE_HOLD, status_code=303, **PATIENTS)
async def book(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    hold_id: FromPath[UUID],
) -> Response[Any]:
    """Confirm. Sent twice, it leads to the same appointment."""
    try:
        booked = await asked_actions.book(viewer, Book(hold_id=hold_id), asked)
    except HoldExpired:
        return await _expired(request, viewer, hold_id)
    return Redirect(f"/rendez-vous/{booked.appointment.id}?nouveau=1", status_code=303)


async def _slots(
    request: AnyRequest,
    viewer: Viewer,
    triage_id: UUID,
    *,
    taken: SlotTaken | None = None,
    form: FormErrors | None = None,
) -> Response[str]:
    filters = forms.read_site(request.query_params)
    listing = await slot_actions.find_slots(viewer, triage_id, None, filters)
    view = views.slots_page(
        listing,
        views.triage_road(triage_id),
        await load_practice(),
        filters,
        None,
        viewer.locale,
        others=(taken.others or [each.slot for each in listing.suggestions]) if taken else None,
        form=form,
    )
    return await page(request, "booking/choose.html", view, status=409 if taken else 422)


async def _expired(request: AnyRequest, viewer: Viewer, hold_id: UUID) -> Response[str]:
    triage_id = await hold_repository.triage_of(viewer, hold_id)
    view = views.ExpiredView(slots=views.triage_road(triage_id).here, triage_id=str(triage_id))
    return await page(request, "booking/expired.html", view, status=409)


ROUTES = [
    choose,
    hold,
    check,
    book,
    *group_pages.ROUTES,
    *group_visit_pages.ROUTES,
    *appointment_pages.ROUTES,
    *request_pages.ROUTES,
    *waiting_pages.ROUTES,
]
