"""Pictures of every screen, on a phone and on a desk, by day and by night: `python -m tests.pictures`.

They show the demo with its whole population, a few days on. Those of the README and of the app's manifest
are taken with them. A name or two (`python -m tests.pictures home slots`) takes those screens alone.
"""

import asyncio
import shutil
import sys
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests import servers
from tests.browser.browsers import DESK, PHONE, Windows, launch
from tests.browser.screens import SCREENS, Screen
from tests.browser.stage import Stage
from tests.browser.system import ROOT, System

PICTURES = ROOT / "pictures"
README = ROOT / "docs" / "pictures"
MANIFEST = ROOT / "pwa" / "static" / "pictures"
KEPT = {"home": (README, MANIFEST), "slots": (MANIFEST,)}
"""What is taken once more for a folder of the repository."""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONGEST = 6_000
"""CSS pixels of a page that still make one picture."""


async def take(wanted: list[str]) -> None:
    """Take the pictures of the screens named, or of all."""
    system = System(servers.servers().postgres, "quenotte_pictures")
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        try:
            await system.start(template=None)
            await _take(system, browser, wanted)
        finally:
            await browser.close()
            await system.stop()


async def _take(system: System, browser: Browser, wanted: list[str]) -> None:
    stage = Stage(system, Windows(browser, system.url))
    await stage.set()
    for screen in SCREENS:
        if not wanted or screen.name in wanted:
            await _look(await stage.open(screen), screen.name)
            await _keep(stage, screen)
            print(screen.name, flush=True)


async def _look(page: Page, name: str) -> None:
    for size in (PHONE, DESK):
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size(size)
            await _stretch(page, size["width"])
            await page.screenshot(path=PICTURES / f"{name}-{size['width']}-{scheme}.png")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(PHONE)


async def _stretch(page: Page, width: int) -> None:
    """Make the window as high as the page, so that bars which stick to its edges are where they belong."""
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size(ViewportSize(width=width, height=min(height, LONGEST)))


async def _keep(stage: Stage, screen: Screen) -> None:
    page = await stage.page(screen.person)
    for folder in KEPT.get(screen.name, ()):
        folder.mkdir(exist_ok=True)
        await page.screenshot(path=folder / f"{screen.name}.png")


def main() -> None:
    """Start the servers, take the pictures, leave nothing running."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    servers.start()
    try:
        asyncio.run(take(sys.argv[1:]))
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
