"""Cookie <-> session row. The cookie holds 256 random bits, the row their digest.

One query a request finds the person, their role of this very moment and whether the session still counts,
so a withdrawn role or an ended session is refused on the next request.
"""

import re
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie, State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from backend.identity import repository, rules
from backend.identity.beside import Beside, keep_beside, reading_beside
from backend.identity.model import Role, Viewer
from backend.kit.clock import machine_now
from backend.kit.settings import settings

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
# In this order: Edge and Samsung also say Chrome, and everybody says Safari.
_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)


def cookie_name() -> str:
    """`__Host-` binds the cookie to this very host; browsers accept the prefix over https alone."""
    return "__Host-quenotte" if settings().https else "quenotte"


def cookie(token: str, role: Role | None = None) -> Cookie:
    """The cookie that opens the session of `token` in a browser, for as long as the session may live."""
    return Cookie(
        key=cookie_name(),
        value=token,
        path="/",
        httponly=True,
        secure=settings().https,
        samesite="lax",
        max_age=int(rules.longest(role).total_seconds()),
    )


def no_cookie() -> Cookie:
    """The cookie that makes a browser forget the session."""
    gone = cookie("")
    gone.max_age = 0
    return gone


def device_of(user_agent: str | None) -> str:
    """'Safari sur iPhone': enough to recognise one's own device, without version or address.

    >>> device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1")
    'Safari sur iPhone'
    >>> device_of(None)
    'Navigateur'
    """
    text = user_agent or ""
    browser = next((name for pattern, name in _BROWSERS if re.search(pattern, text)), "Navigateur")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return f"{browser} sur {system}" if system else browser


async def provide_viewer(request: Request[Any, Any, State]) -> Viewer:
    """The person behind a request, for handlers; raises `SignInNeeded` where there is none."""
    return rules.check_signed_in(request.scope.get("user"))


class SessionMiddleware(ASGIMiddleware):
    """Puts the viewer, or None, into `scope["user"]`."""

    scopes = (ScopeType.HTTP,)
    # What every browser receives alike costs no query.
    exclude_path_pattern = (r"^/static/", r"^/sw\.js$", r"^/manifest\.webmanifest$", r"^/healthz$")

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find the viewer before anything else asks for them."""
        request: Request[Any, Any, State] = Request(scope)
        token: str | None = request.cookies.get(cookie_name())
        scope["user"] = await self._viewer(token, request) if token else None
        await next_app(scope, receive, send)

    async def _viewer(self, token: str, request: Request[Any, Any, State]) -> Viewer | None:
        reading = reading_beside(request)
        if reading is None:
            return await repository.viewer_by_token(token, machine_now())
        viewer, row = await repository.viewer_beside(token, machine_now(), reading)
        keep_beside(request, Beside(reading.subject[1], row))
        return viewer
