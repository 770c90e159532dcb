"""Several people: who has answered, the bundles, holding and confirming one. For each person the questions
are triage's own."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.booking import (
    asked_actions,
    bundle_views,
    forms,
    group_actions,
    group_forms,
    group_repository,
    group_views,
    views,
)
from backend.booking import party_actions as party
from backend.booking.group_views import group_address, visits_address
from backend.booking.rules.changes import BundleTaken, HoldExpired, NotTogether
from backend.identity.guards import signed_in
from backend.identity.model import Asked, Viewer
from backend.kit.forms import FormErrors, FormReader
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
ONE = group_views.TOGETHER + "/{group_id:uuid}"


@post(group_views.TOGETHER, status_code=303, **PATIENTS)
async def begin(
    request: AnyRequest, viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None]
) -> Redirect:
    """Open a group for the people ticked under "Pour qui ?"."""
    ticked = (await request.form()).getall("patient", [])
    group = await asked_actions.begin(viewer, group_forms.read_people(ticked), asked)
    return Redirect(group_address(group.id), status_code=303)


@get(ONE, **PATIENTS)
async def show(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Response[str]:
    """How far everybody is, and the way to the slots."""
    people = await party.people_of(viewer, group_id)
    view = group_views.party_page(group_id, people, viewer.locale)
    return await page(request, "booking/together.html", view)


@post(ONE + "/questions", status_code=303, **PATIENTS)
async def begin_questions(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Redirect:
    """Begin the questions for one of them."""
    patient_id = group_forms.read_person(FormReader(dict(await request.form())))
    run_id = await party.begin_questions(viewer, group_id, patient_id)
    return Redirect(f"{views.START}/{run_id}/questions/1", status_code=303)


@post(ONE + "/seul", status_code=303, **PATIENTS)
async def leave(request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]) -> Redirect:
    """Book for one of them alone."""
    patient_id = group_forms.read_person(FormReader(dict(await request.form())))
    triage_id = await party.leave(viewer, group_id, patient_id)
    return Redirect(views.triage_road(triage_id).here, status_code=303)


@get(ONE + "/creneaux", **PATIENTS)
async def choose(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Response[Any]:
    """Everybody's care and why it takes so long; three suggestions; the list by day."""
    return await _bundles(request, viewer, group_id)


@post(ONE + "/creneaux", status_code=303, **PATIENTS)
async def hold(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
) -> Response[Any]:
    """Hold a place for everybody and go on to check them; when they are gone, show the nearest others."""
    form = FormReader(dict(await request.form()))
    _, filters = forms.read_filters(request.query_params)
    try:
        wanted = group_forms.read_hold(form, group_id, filters.site_id)
        await asked_actions.hold_together(viewer, wanted, asked)
    except FormErrors as mistakes:
        return await _bundles(request, viewer, group_id, form=mistakes)
    except BundleTaken as taken:
        return await _bundles(request, viewer, group_id, taken=taken)
    except NotTogether:
        return Redirect(group_address(group_id), status_code=303)
    return Redirect(group_address(group_id, "verifier"), status_code=303)


@get(ONE + "/verifier", **PATIENTS)
async def check(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Response[Any]:
    """Who, what, when, where, how long, for everybody; until when the places are held."""
    group = await group_repository.group_for(viewer, group_id)
    try:
        held = await group_actions.read_holds(viewer, group_id)
    except HoldExpired:
        return await _expired(request, viewer, group_id)
    visits = await group_actions.visits_of(viewer, group_id)
    view = group_views.held_page(
        group_id, group.arrangement or "", held, visits, await load_practice(), viewer.locale
    )
    return await page(request, "booking/together_check.html", view)


@post(ONE + "/verifier", status_code=303, **PATIENTS)
async def book(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
) -> Response[Any]:
    """Confirm all of them. Sent twice, it leads to the same visits."""
    try:
        await asked_actions.book_together(viewer, group_id, asked)
    except HoldExpired:
        return await _expired(request, viewer, group_id)
    return Redirect(visits_address(group_id) + "?nouveau=1", status_code=303)


async def _bundles(
    request: AnyRequest,
    viewer: Viewer,
    group_id: UUID,
    *,
    taken: BundleTaken | None = None,
    form: FormErrors | None = None,
) -> Response[Any]:
    from_day, filters = forms.read_filters(request.query_params)
    try:
        listing = await group_actions.find_bundles(viewer, group_id, from_day, filters.site_id)
    except NotTogether:
        return Redirect(group_address(group_id), status_code=303 if taken or form else 302)
    here = group_address(group_id, "creneaux")
    road = views.Road(here=here, action=here, back=group_address(group_id))
    others = (taken.others or [each.bundle for each in listing.suggestions]) if taken else None
    view = bundle_views.bundles_page(
        listing,
        road,
        await load_practice(),
        viewer.locale,
        others=others,
        form=form,
        first_page=from_day is None,
        site_id=filters.site_id,
    )
    status = 409 if taken else 422 if form else 200
    return await page(request, "booking/together_choose.html", view, status=status)


async def _expired(request: AnyRequest, viewer: Viewer, group_id: UUID) -> Response[Any]:
    if await group_repository.is_booked(viewer, group_id):
        return Redirect(visits_address(group_id), status_code=303)
    view = views.ExpiredView(slots=group_address(group_id, "creneaux"), triage_id="")
    return await page(request, "booking/expired.html", view, status=409)


ROUTES = [begin, show, begin_questions, leave, choose, hold, check, book]
