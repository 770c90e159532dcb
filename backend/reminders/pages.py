"""The pages behind a message's link. They are open to whoever bears the link, and to nobody else."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.identity.model import Viewer
from backend.kit import i18n
from backend.kit.render import AnyRequest, page
from backend.reminders import actions
from backend.reminders.model import LinkState
from backend.reminders.views import link_view

OPEN: dict[str, Any] = {"opt": {"open_to_all": True}, "include_in_schema": False}


@get("/m/{token:str}", **OPEN)
async def show(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """When, where, with whom; and the buttons. Looking changes nothing."""
    opened = await actions.open_link(token)
    return await page(request, "reminders/show.html", link_view(opened, token, _locale(request)))


@post("/m/{token:str}/confirmer", **OPEN)
async def confirm(token: FromPath[str]) -> Redirect:
    """Confirm, and show that it is."""
    await actions.confirm_by_link(token)
    return _back(token)


@get("/m/{token:str}/annuler", **OPEN)
async def ask_to_cancel(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Ask once more: giving a place back cannot be taken back."""
    opened = await actions.open_link(token)
    view = link_view(opened, token, _locale(request))
    if opened.state is not LinkState.OPEN or view.cancel_link is None:
        return _back(token)
    return await page(request, "reminders/cancel.html", view)


@post("/m/{token:str}/annuler", **OPEN)
async def cancel(token: FromPath[str]) -> Redirect:
    """Cancel, and show that it is."""
    await actions.cancel_by_link(token)
    return _back(token)


def _back(token: FromPath[str]) -> Redirect:
    return Redirect(f"/m/{token}", status_code=303)


def _locale(request: AnyRequest) -> str:
    viewer: Viewer | None = request.scope.get("user")
    return viewer.locale if viewer else i18n.best_locale(request.headers.get("accept-language"))


ROUTES = [show, confirm, ask_to_cancel, cancel]
