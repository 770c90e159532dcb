"""The family's page of secret addresses, and what such an address gives to a calendar."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.feeds import actions, forms, rules, views
from backend.identity.guards import strong
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.forms import FormErrors
from backend.kit.render import AnyRequest, page
from backend.kit.settings import settings
from backend.practice.repository import default_site

# A secret that lives for years is more than a one-time code opens: it takes the passkey.
FAMILY: dict[str, Any] = {"guards": [strong], "include_in_schema": False}
PAGE, ENDING = views.FAMILY_PAGE, ".ics"
LONGEST_TOKEN = 64
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@get(PAGE, **FAMILY)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """The addresses in use, and the form that makes one."""
    return await _page(request, viewer)


@post(PAGE, status_code=200, **FAMILY)
async def make(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Make an address, shown on this very answer: a redirect would carry it, a second look reveal it."""
    try:
        patient_id, tells_place = forms.read_make(dict(await request.form()), for_patient=True)
    except FormErrors as mistakes:
        return await _page(request, viewer, form=mistakes)
    assert patient_id is not None
    token = await actions.make_for(viewer, patient_id, await business_now(), tells_place=tells_place)
    return await _page(request, viewer, address=address_of(token), chosen=str(patient_id))


@post(PAGE + "/{feed_id:uuid}/retirer", **FAMILY)
async def revoke(viewer: NamedDependency[Viewer], feed_id: FromPath[UUID]) -> Redirect:
    """Take an address back."""
    await actions.revoke(viewer, feed_id, of_staff=False)
    return Redirect(PAGE, status_code=303)


@get(PAGE + "/{name:str}", opt={"open_to_all": True}, include_in_schema=False)
async def tell(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """The agenda behind a secret address, for whoever bears it; 304 for who has it already."""
    token = name.removesuffix(ENDING)
    if token == name or len(token) > LONGEST_TOKEN:
        raise NotFound
    known = request.headers.get("if-none-match", "").removeprefix("W/")
    try:
        text, mark = await actions.fetch(token, known)
    except rules.AskedTooOften:
        return Response(b"", status_code=429, headers={**HEADERS, "Retry-After": "60"})
    status = 200 if text else 304
    return Response(text, status_code=status, media_type="text/calendar", headers={**HEADERS, "ETag": mark})


def address_of(token: str) -> str:
    """The whole address with that secret in it."""
    return f"{settings().public_url}{PAGE}/{token}{ENDING}"


async def _page(
    request: AnyRequest,
    viewer: Viewer,
    *,
    address: str = "",
    chosen: str = "",
    form: FormErrors | None = None,
) -> Response[str]:
    family, feeds = await actions.my_feeds(viewer, await business_now())
    zone = (await default_site()).zone
    view = views.patient_page(family, feeds, zone, viewer.locale, address=address, chosen=chosen, form=form)
    return await page(request, "feeds/family.html", view, status=form.status if form else 200)


ROUTES = [show, make, revoke, tell]
