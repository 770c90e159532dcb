"""Pictures of every screen, on a phone and on a desk, by day and by night: `python -m tests.pictures`.

They show the demo with its whole population, a few days on. With them come the one of the README and the
two that the app's manifest names. A name or two (`python -m tests.pictures home slots`) takes those alone.
"""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, ViewportSize, async_playwright

from tests import servers

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "pictures"
README = ROOT / "docs" / "pictures" / "home.png"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONGEST = 6_000
"""CSS pixels of a page that still make one picture."""


async def main(wanted: list[str]) -> None:
    """Take the pictures of the screens named, or of all."""
    from tests.browser import browsers
    from tests.browser.screens import SCREENS
    from tests.browser.stage import Stage
    from tests.browser.system import System

    system = System(servers.servers().postgres, "quenotte_pictures")
    async with async_playwright() as playwright:
        browser = await browsers.launch(playwright)
        try:
            await system.start(template=None)
            stage = Stage(system, browsers.Windows(browser, system.url))
            await stage.set()
            for screen in SCREENS:
                if not wanted or screen.name in wanted:
                    await _both_sizes(await stage.open(screen), screen.name)
            if not wanted:
                await _for_the_readme(await stage.page("mother"))
        finally:
            await browser.close()
            await system.stop()


async def _both_sizes(page: Page, name: str) -> None:
    from tests.browser.browsers import DESK, PHONE

    for size in (PHONE, DESK):
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size(size)
            await _stretch(page, size)
            await page.screenshot(path=PICTURES / f"{name}-{size['width']}-{scheme}.png")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(PHONE)
    print(name, flush=True)


async def _stretch(page: Page, size: ViewportSize) -> None:
    """Make the window as high as the page, so that bars which stick to its edges are where they belong."""
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size(ViewportSize(width=size["width"], height=min(height, LONGEST)))


async def _for_the_readme(page: Page) -> None:
    await page.goto("/")
    README.parent.mkdir(exist_ok=True)
    await page.screenshot(path=README)


if __name__ == "__main__":
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    servers.start()
    try:
        asyncio.run(main(sys.argv[1:]))
    finally:
        servers.stop()
