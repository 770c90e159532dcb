"""The frame around every page: the practice's name and phone, and who is looking."""

from urllib.parse import quote

import msgspec

from backend.identity.model import Viewer
from backend.kit import i18n
from backend.kit.assets import version
from backend.kit.log import log
from backend.kit.phones import said_phone
from backend.kit.render import AnyRequest
from backend.kit.settings import settings
from backend.kit.vapid import public_key_text
from backend.practice.model import Site
from backend.practice.repository import load_practice


class Frame(msgspec.Struct, frozen=True):
    """What the layouts print. `phone_link` is a whole `tel:` address; `push_key` is what a browser needs to
    subscribe; `platform` (ios, android, other) chooses the steps that help to install."""

    practice_name: str
    phone: str
    phone_link: str
    locale: str
    path: str
    version: str
    demo: bool
    given_name: str | None = None
    signed_in: bool = False
    strong: bool = False
    is_staff: bool = False
    push_key: str = ""
    platform: str = "other"


async def _site() -> Site | None:
    """The practice's first site; None before there is one, and while the database is away: the page that
    says so needs a frame too."""
    try:
        sites = (await load_practice()).sites
    except Exception as error:
        log.warning("frame without practice", exc=error)
        return None
    return sites[0] if sites else None


def platform_of(user_agent: str) -> str:
    """'ios', 'android' or 'other'. An iPad that says it is a Mac gets the written steps of 'other'."""
    if any(name in user_agent for name in ("iPhone", "iPad", "iPod")):
        return "ios"
    return "android" if "Android" in user_agent else "other"


async def make_frame(request: AnyRequest) -> Frame:
    """The frame for this request."""
    viewer: Viewer | None = request.scope.get("user")
    site = await _site()
    phone = site.phone if site else ""
    locale = viewer.locale if viewer else i18n.best_locale(request.headers.get("accept-language"))
    return Frame(
        practice_name=site.name if site else "Quenotte",
        phone=said_phone(phone),
        phone_link="tel:" + quote(phone, safe="+"),
        locale=locale,
        path=request.url.path,
        version=version(),
        demo=settings().demo,
        given_name=viewer.given_name if viewer else None,
        signed_in=viewer is not None,
        strong=viewer is not None and viewer.strong,
        is_staff=viewer is not None and viewer.is_staff,
        push_key=public_key_text() if viewer is not None else "",
        platform=platform_of(request.headers.get("user-agent", "")),
    )
