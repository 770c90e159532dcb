"""Visits that were chosen together: shown, moved, cancelled and confirmed all at once."""

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
from backend.booking.group_views import visits_address
from backend.booking.model import Status
from backend.booking.rules.changes import BundleTaken
from backend.families.repository import patients_of
from backend.identity.guards import signed_in
from backend.identity.model import Asked, Viewer
from backend.kit.clock import business_now
from backend.kit.forms import FormErrors, FormReader
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
ONE = group_views.VISITS + "/{group_id:uuid}"
DONE = {"deplaces": "moved", "confirmes": "confirmed", "annules": "cancelled"}


@get(ONE, **PATIENTS)
async def show(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Response[str]:
    """All of them that the viewer may see; after booking, also what comes next."""
    return await _show(request, viewer, group_id, "booking/together_show.html")


@get(ONE + "/deplacer", **PATIENTS)
async def choose_other(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Response[Any]:
    """Other places for all of them; until then they keep their own. One alone is moved on its own page."""
    coming = await group_actions.coming_of(viewer, group_id, await business_now())
    if len(coming) < 2:
        return Redirect(visits_address(group_id))
    return await _bundles(request, viewer, group_id)


@post(ONE + "/deplacer", status_code=303, **PATIENTS)
async def move(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
) -> Response[Any]:
    """Move all of them; without places for all, each stays, and the nearest others are shown."""
    form = FormReader(dict(await request.form()))
    _, filters = forms.read_filters(request.query_params)
    try:
        wanted = group_forms.read_move(form, filters.site_id)
        await asked_actions.move_together(viewer, group_id, wanted, asked)
    except FormErrors as mistakes:
        return await _bundles(request, viewer, group_id, form=mistakes)
    except BundleTaken as taken:
        return await _bundles(request, viewer, group_id, taken=taken)
    return Redirect(visits_address(group_id) + "?fait=deplaces", status_code=303)


@get(ONE + "/annuler", **PATIENTS)
async def ask_to_cancel(
    request: AnyRequest, viewer: NamedDependency[Viewer], group_id: FromPath[UUID]
) -> Response[str]:
    """Offers to move first, then to cancel all."""
    return await _show(request, viewer, group_id, "booking/together_cancel.html")


@post(ONE + "/annuler", status_code=303, **PATIENTS)
async def cancel(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
) -> Response[Any]:
    """Give all the places back."""
    form = FormReader(dict(await request.form()))
    try:
        versions, reason = group_forms.read_versions(form), group_forms.read_reason(form)
    except FormErrors as mistakes:
        return await _show(request, viewer, group_id, "booking/together_cancel.html", mistakes)
    await asked_actions.cancel_together(viewer, group_id, versions, reason, asked)
    return Redirect(visits_address(group_id) + "?fait=annules", status_code=303)


@post(ONE + "/confirmer", status_code=303, **PATIENTS)
async def confirm(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
) -> Redirect:
    """Say "we shall come"."""
    form = FormReader(dict(await request.form()))
    versions = group_forms.read_versions(form)
    form.finish()
    await asked_actions.confirm_together(viewer, group_id, versions, asked)
    return Redirect(visits_address(group_id) + "?fait=confirmes", status_code=303)


async def _show(
    request: AnyRequest, viewer: Viewer, group_id: UUID, template: str, form: FormErrors | None = None
) -> Response[str]:
    now = await business_now()
    view = group_views.visits_page(
        group_id,
        await group_repository.appointments_of(viewer, group_id, now),
        await patients_of(viewer, now),
        await load_practice(),
        now,
        viewer.locale,
        new=request.query_params.get("nouveau") == "1",
        done=DONE.get(request.query_params.get("fait", ""), ""),
        form=form,
    )
    return await page(request, template, view, status=422 if form else 200)


async def _bundles(
    request: AnyRequest,
    viewer: Viewer,
    group_id: UUID,
    *,
    taken: BundleTaken | None = None,
    form: FormErrors | None = None,
) -> Response[str]:
    from_day, filters = forms.read_filters(request.query_params)
    listing = await group_actions.find_bundles_to_move(viewer, group_id, from_day, filters.site_id)
    coming = await group_actions.coming_of(viewer, group_id, await business_now())
    fields = {f"version_{one.id}": str(one.version) for one in coming if one.status is Status.BOOKED}
    here = visits_address(group_id, "deplacer")
    road = views.Road(here=here, action=here, back=visits_address(group_id), fields=fields)
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


ROUTES = [show, choose_other, move, ask_to_cancel, cancel, confirm]
