""" "Tell me if an earlier place comes free": the page of one visit's wish."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.booking import waiting_actions
from backend.booking.appointment_views import HOME
from backend.booking.model.waiting import NOTICES, WishWanted
from backend.booking.repository import appointment_for
from backend.booking.waiting_views import HOURS, WORKING_DAYS, earlier_page
from backend.identity.guards import signed_in
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.forms import FormErrors, FormReader
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
WISH = HOME + "/{appointment_id:uuid}/plus-tot"


@get(WISH, **PATIENTS)
async def show(
    request: AnyRequest, viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]
) -> Response[str]:
    """Which days, which hours, how much notice; with what was asked before."""
    return await _page(request, viewer, appointment_id)


@post(WISH, status_code=303, **PATIENTS)
async def ask(
    request: AnyRequest, viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]
) -> Response[Any]:
    """Wait for an earlier place."""
    posted = await request.form()
    try:
        wanted = _read(FormReader(dict(posted)), posted.getall("jours", []), appointment_id)
    except FormErrors as mistakes:
        return await _page(request, viewer, appointment_id, mistakes)
    await waiting_actions.ask(viewer, wanted)
    return Redirect(f"{HOME}/{appointment_id}?fait=attend", status_code=303)


@post(WISH + "/arreter", status_code=303, **PATIENTS)
async def stop(viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]) -> Redirect:
    """Wait no longer."""
    await waiting_actions.stop(viewer, appointment_id)
    return Redirect(f"{HOME}/{appointment_id}?fait=nattend", status_code=303)


def _read(form: FormReader, days: list[str], appointment_id: UUID) -> WishWanted:
    chosen = sorted({int(day) for day in days if day in map(str, WORKING_DAYS)})
    if not chosen:
        form.mistake("jours", "waiting.missing_days")
    hours, notice = form.typed.get("heures", ""), form.typed.get("preavis", "")
    if hours not in HOURS:
        form.mistake("heures", "waiting.missing_hours")
    if notice not in map(str, NOTICES):
        form.mistake("preavis", "waiting.missing_notice")
    form.finish()
    return WishWanted(
        appointment_id=appointment_id,
        weekdays=tuple(chosen),
        from_time=HOURS[hours][0],
        until_time=HOURS[hours][1],
        notice_minutes=int(notice),
    )


async def _page(
    request: AnyRequest, viewer: Viewer, appointment_id: UUID, form: FormErrors | None = None
) -> Response[str]:
    wish = await waiting_actions.wish_of(viewer, appointment_id)
    appointment = await appointment_for(viewer, appointment_id, await business_now())
    zone = (await load_practice()).site(appointment.site_id).zone
    view = earlier_page(appointment, wish, zone, viewer.locale, form)
    return await page(request, "booking/earlier.html", view, status=422 if form else 200)


ROUTES = [show, ask, stop]
