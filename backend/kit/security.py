"""What every answer carries, and which requests are refused before any handler runs.

A cross-site request with an unsafe method is refused by what browsers themselves say of it:
`Sec-Fetch-Site`, else `Origin`. With `SameSite=Lax` cookies this needs no token in any form, so a page
left open overnight still posts. A request with neither header comes from no browser and is accepted:
it carries no cookie that somebody else could have made it carry.
"""

from functools import cache
from urllib.parse import urlsplit

from litestar import Request
from litestar.types import Message, Scope

from backend.kit.errors import Refusal
from backend.kit.settings import settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
NEVER_KEPT = "no-store"


class CrossSite(Refusal):
    """The request was made by another site's page."""

    key = "kit.cross_site"
    status = 403


async def refuse_cross_site(request: Request) -> None:  # type: ignore[type-arg]
    """Raise `CrossSite` for an unsafe request that another site's page made."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        allowed = site in ("same-origin", "none")
    elif origin is not None:
        allowed = _same_origin(origin, request)
    else:
        allowed = True
    if not allowed:
        raise CrossSite


def _same_origin(origin: str, request: Request) -> bool:  # type: ignore[type-arg]
    try:
        theirs = urlsplit(origin)
    except ValueError:
        return False
    ours = urlsplit(settings().public_url)
    return theirs[:2] == ours[:2] or theirs.netloc == request.headers.get("host")


async def add_headers(message: Message, _: Scope) -> None:
    """Put our headers on an answer that begins; what a handler did not declare cacheable is never kept.

    Called for every answer, also for those that no route gave: an unknown address, a bug.
    """
    if message["type"] != "http.response.start":
        return
    declared = list(message["headers"])
    names = {name.lower() for name, _ in declared}
    message["headers"] = [
        *declared,
        *(header for header in _headers(settings().https) if header[0] not in names),
    ]


@cache
def _headers(https: bool) -> tuple[tuple[bytes, bytes], ...]:
    """The headers as they go over the wire: encoded once, not once an answer."""
    every = {**HEADERS, "Cache-Control": NEVER_KEPT}
    if https:
        every["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return tuple((name.lower().encode(), value.encode()) for name, value in every.items())
