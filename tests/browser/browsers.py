"""Opening pages, and watching what no page of ours may ever do."""

from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
)

from tests import chromium

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1366, height=768)

CALM: dict[str, Any] = {"reduced_motion": "reduce"}
"""Pages change at once: nothing has to wait for a cross-fade."""

SOON = 60_000
"""How long, in milliseconds, a page that is loaded by several tests at once may take to show something."""

_FLAGS = (
    "--no-sandbox",  # containers often run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_TELL_VIOLATIONS = """
    addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
"""


expect.set_options(timeout=SOON)


async def launch(playwright: Playwright) -> Browser:
    """Headless Chromium; its first start on a machine may be slow."""
    program = chromium.path()
    assert program, "No Chromium: run `python -m tests.chromium`"
    return await playwright.chromium.launch(executable_path=program, args=_FLAGS, timeout=120_000)


class Windows:
    """Opens pages of one system, each in a browser of its own: no cookie is shared.

    `breaches` fills while they are used: scripts that failed, what the policy stopped, requests to others.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._open: list[BrowserContext] = []
        self.breaches: list[str] = []

    async def open(self, viewport: ViewportSize = PHONE, **options: Any) -> Page:
        """An empty page; `options` are those of Playwright's `new_context`."""
        context = await self._browser.new_context(
            **{"base_url": self._url, "viewport": viewport, "locale": "fr-FR", **CALM, **options}
        )
        context.set_default_timeout(SOON)
        await context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", self._check_request)
        context.on("weberror", lambda error: self.breaches.append(f"script failed: {error.error}"))
        context.on(
            "console",
            lambda said: self.breaches.append(said.text) if said.text.startswith("CSP ") else None,
        )
        self._open.append(context)
        return await context.new_page()

    async def close(self) -> None:
        """Close every one."""
        for context in self._open:
            await context.close()
        self._open.clear()

    def _check_request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https") and asked.netloc != urlsplit(self._url).netloc:
            self.breaches.append(f"asked {asked.netloc} for {asked.path}")
