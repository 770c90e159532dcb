"""A practitioner's page of secret addresses of their own column."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.feeds import actions, forms, views
from backend.feeds.pages import address_of
from backend.identity.guards import practitioner
from backend.identity.model import Viewer
from backend.kit.forms import FormErrors
from backend.kit.render import AnyRequest, page
from backend.practice.repository import default_site

OWN: dict[str, Any] = {"guards": [practitioner], "include_in_schema": False}
PAGE = views.OWN_PAGE


@get(PAGE, **OWN)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """The addresses in use, and the form that makes one."""
    return await _page(request, viewer)


@post(PAGE, status_code=200, **OWN)
async def make(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Make an address, shown on this very answer and never again."""
    try:
        _, tells_place = forms.read_make(dict(await request.form()), for_patient=False)
    except FormErrors as mistakes:
        return await _page(request, viewer, form=mistakes)
    return await _page(
        request, viewer, address=address_of(await actions.make_own(viewer, tells_place=tells_place))
    )


@post(PAGE + "/{feed_id:uuid}/retirer", **OWN)
async def revoke(viewer: NamedDependency[Viewer], feed_id: FromPath[UUID]) -> Redirect:
    """Take an address back."""
    await actions.revoke(viewer, feed_id, of_staff=True)
    return Redirect(PAGE, status_code=303)


async def _page(
    request: AnyRequest, viewer: Viewer, *, address: str = "", form: FormErrors | None = None
) -> Response[str]:
    feeds, zone = await actions.own_column(viewer), (await default_site()).zone
    view = views.own_page(feeds, zone, viewer.locale, address=address, form=form)
    return await page(request, "feeds/own.html", view, status=form.status if form else 200)


ROUTES = [show, make, revoke]
