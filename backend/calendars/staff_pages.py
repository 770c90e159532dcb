"""The page of external agendas: all staff sees how fresh they are, the owner changes them."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.calendars import actions, forms
from backend.calendars.views import PAGE, calendars_view
from backend.identity.guards import desk, owner
from backend.identity.model import Role, Viewer
from backend.kit.clock import machine_now
from backend.kit.forms import FormErrors
from backend.kit.render import AnyRequest, page
from backend.kit.settings import settings
from backend.practice.repository import load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}
OWNER: dict[str, Any] = {"guards": [owner], "include_in_schema": False}


@get(PAGE, **STAFF)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Each agenda with where it stands; for the owner, the form that connects another."""
    return await _page(request, viewer)


@post(PAGE, **OWNER)
async def connect(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Connect an agenda."""
    practitioners = [one.id for one in (await load_practice()).practitioners]
    try:
        posted = dict(await request.form())
        wanted = forms.read_connect(posted, practitioners, settings().demo_peers_url)
    except FormErrors as mistakes:
        return await _page(request, viewer, mistakes)
    await actions.connect(viewer, wanted)
    return _back()


@post(f"{PAGE}/{{calendar_id:uuid}}/synchroniser", **OWNER)
async def look_now(viewer: NamedDependency[Viewer], calendar_id: FromPath[UUID]) -> Redirect:
    """Ask for a look now."""
    await actions.look_now(viewer, calendar_id)
    return _back()


@post(f"{PAGE}/{{calendar_id:uuid}}/retirer", **OWNER)
async def disconnect(viewer: NamedDependency[Viewer], calendar_id: FromPath[UUID]) -> Redirect:
    """Take an agenda away."""
    await actions.disconnect(viewer, calendar_id)
    return _back()


async def _page(request: AnyRequest, viewer: Viewer, form: FormErrors | None = None) -> Response[str]:
    found = await actions.calendars(viewer)
    practice, now, may_change = await load_practice(), machine_now(), viewer.role is Role.OWNER
    view = calendars_view(found, practice, now, viewer.locale, form, may_change=may_change)
    return await page(request, "calendars/calendars.html", view, status=form.status if form else 200)


def _back() -> Redirect:
    return Redirect(PAGE, status_code=303)


ROUTES = [show, connect, look_now, disconnect]
