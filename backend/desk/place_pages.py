"""Places that came free: what became of them, who might have those still open, and who decides."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.desk.place_actions import open_places, propose, set_mode
from backend.desk.place_views import freed_view
from backend.desk.views import HOME
from backend.identity.guards import desk, owner
from backend.identity.model import Viewer
from backend.kit.forms import FormReader
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}
OWNER: dict[str, Any] = {"guards": [owner], "include_in_schema": False}
PLACES = f"{HOME}/places-liberees"


@get(PLACES, **STAFF)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Figures, open places, and the setting."""
    found = await open_places(viewer)
    return await page(request, "desk/staff_places.html", freed_view(found, viewer, await load_practice()))


@post(f"{PLACES}/{{place_id:uuid}}/proposer", **STAFF)
async def offer(request: AnyRequest, viewer: NamedDependency[Viewer], place_id: FromPath[UUID]) -> Redirect:
    """Ask this person: the place is kept for them."""
    form = FormReader(dict(await request.form()))
    wish_id = form.id("attente")
    form.finish()
    await propose(viewer, place_id, wish_id)
    return Redirect(PLACES, status_code=303)


@post(f"{PLACES}/mode", **OWNER)
async def change_mode(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Redirect:
    """Offers leave by themselves, or the staff chooses."""
    form = FormReader(dict(await request.form()))
    mode = form.choice("mode", ("auto", "equipe"))
    form.finish()
    await set_mode(viewer, automatic=mode == "auto")
    return Redirect(PLACES, status_code=303)


ROUTES = [show, offer, change_mode]
