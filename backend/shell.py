"""What makes the site an app on a phone: files that browsers keep, the manifest, the service worker, the
offline page; and two pages about ourselves. None of it depends on who asks."""

import json
import mimetypes

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from backend.kit.assets import PWA, asset, find, version
from backend.kit.render import AnyRequest, page

A_YEAR = "public, max-age=31536000, immutable"
EACH_TIME = "no-cache"
OFFLINE_RULES = PWA.parent / "shared" / "offline.json"


@get("/static/{fingerprint:str}/{name:path}", opt={"open_to_all": True}, include_in_schema=False)
async def static_file(fingerprint: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A style sheet, module or icon; the fingerprint in its address changes with its content."""
    content = find(name.lstrip("/"))
    if content is None:
        raise NotFoundException
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # A page from before an update asks by its old fingerprint: it gets today's file, but must ask again.
    kept = A_YEAR if fingerprint == version() else EACH_TIME
    return Response(content, media_type=kind, headers={"Cache-Control": kept})


@get("/sw.js", opt={"open_to_all": True}, include_in_schema=False)
async def service_worker() -> Response[str]:
    """The service worker with today's version and the list of what it may keep."""
    rules = json.loads(OFFLINE_RULES.read_text(encoding="utf-8"))
    kept = [*rules["pages"], *(asset(name) for name in rules["assets"])]
    text = (PWA / "service_worker.js").read_text(encoding="utf-8")
    text = text.replace("__VERSION__", version()).replace('"__SHELL__"', json.dumps(kept))
    return Response(text, media_type="text/javascript", headers={"Cache-Control": EACH_TIME})


@get("/manifest.webmanifest", opt={"open_to_all": True}, include_in_schema=False)
async def manifest() -> Response[bytes]:
    """The web app manifest."""
    content = (PWA / "manifest.webmanifest").read_bytes()
    return Response(content, media_type="application/manifest+json", headers={"Cache-Control": EACH_TIME})


@get("/favicon.ico", opt={"open_to_all": True}, include_in_schema=False)
async def favicon() -> Response[bytes]:
    """Browsers ask for it whatever the page says."""
    content = find("icons/icon-192.png") or b""
    return Response(content, media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@get("/hors-connexion", opt={"open_to_all": True}, include_in_schema=False)
async def offline_page(request: AnyRequest) -> Response[str]:
    """What the service worker shows when there is no network: the emergency card and the phone."""
    return await page(request, "_layout/offline.html")


@get("/confidentialite", opt={"open_to_all": True}, include_in_schema=False)
async def privacy_page(request: AnyRequest) -> Response[str]:
    """What is kept, who reads it, what leaves the practice."""
    return await page(request, "about/privacy.html")


@get("/accessibilite", opt={"open_to_all": True}, include_in_schema=False)
async def accessibility_page(request: AnyRequest) -> Response[str]:
    """How far accessibility has come, and whom to call."""
    return await page(request, "about/accessibility.html")


ROUTES = [static_file, service_worker, manifest, favicon, offline_page, privacy_page, accessibility_page]
