"""The rest of the desk: what is opened now and then, each with a sentence of what it is for."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from backend.desk.views import HOME
from backend.identity.guards import desk
from backend.identity.model import Role, Viewer
from backend.kit.i18n import t
from backend.kit.render import AnyRequest, page

_EVERYBODY = ("demandes", "places-liberees", "taches-bloquees")
_OWN_COLUMN = ("mon-agenda",)
_OWNER = ("soins", "horaires", "durees", "agendas-externes")


class MenuLine(msgspec.Struct, frozen=True):
    """A page to open."""

    title: str
    detail: str
    href: str


class MenuView(msgspec.Struct, frozen=True):
    """The page: for everybody at the desk, then what belongs to the person's role, under its name."""

    everybody: list[MenuLine]
    role_title: str
    role: list[MenuLine]


@get(f"{HOME}/cabinet", guards=[desk], include_in_schema=False)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Every page of the desk that this person may open."""
    return await page(request, "desk/staff_menu.html", menu_view(viewer))


def menu_view(viewer: Viewer) -> MenuView:
    """The pages for somebody with this role."""
    locale = viewer.locale
    own = _OWN_COLUMN if viewer.practitioner_id else ()
    role = _OWNER if viewer.role is Role.OWNER else ()
    return MenuView(
        everybody=_lines((*_EVERYBODY, *own), locale),
        role_title=t(locale, "desk.menu_owner"),
        role=_lines(role, locale),
    )


def _lines(names: tuple[str, ...], locale: str) -> list[MenuLine]:
    keys = ((name, name.replace("-", "_")) for name in names)
    return [
        MenuLine(t(locale, f"desk.menu_{key}"), t(locale, f"desk.menu_{key}_what"), f"{HOME}/{name}")
        for name, key in keys
    ]


ROUTES: list[Any] = [show]
