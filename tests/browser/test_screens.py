"""Every screen, at both sizes, light and dark: what a machine can find wrong with it."""

import re
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser import axe
from tests.browser.browsers import DESK, PHONE, Windows
from tests.browser.screens import SCREENS, STAFF, Screen
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

NARROW = ViewportSize(width=320, height=640)
ZOOMED = ViewportSize(width=683, height=384)
"""1366 x 768 at 200 %."""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

LEAST_TARGET = 44
"""CSS pixels, for a thumb."""

LEAST_TARGET_AT_THE_DESK = 32
"""For a mouse."""

SMALL_TARGETS = """least => [...document.querySelectorAll(
        "button, .button, .input, summary, nav a, .chip, .choice label, .line[href]")]
    .filter((one) => one.checkVisibility() && !one.closest(".day, .unseen"))
    .filter((one) => one.getBoundingClientRect().height < least)
    .map((one) => one.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
async def stage(demo_system: Any, chromium: Browser) -> AsyncIterator[Stage]:
    """Everything has happened; one page for each person."""
    await demo_system.forget()
    windows = Windows(chromium, demo_system.url)
    made = Stage(demo_system, windows)
    await made.set()
    yield made
    await windows.close()
    assert windows.breaches == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_screen(stage: Stage, screen: Screen) -> None:
    page = await stage.open(screen)
    assert await page.title()
    assert await page.locator("h1").count() == 1
    assert " style=" not in await page.content()
    assert await page.evaluate("document.documentElement.lang") == "fr"
    at_the_desk = screen in STAFF
    assert at_the_desk or await page.locator("a[href^='tel:']").count()
    await nothing_overflows(page)
    least = LEAST_TARGET_AT_THE_DESK if at_the_desk else LEAST_TARGET
    assert await page.evaluate(SMALL_TARGETS, least) == []
    await nothing_is_inaccessible(page)


async def nothing_overflows(page: Page) -> None:
    for size in (NARROW, ZOOMED, PHONE):
        await page.set_viewport_size(size)
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{wider} px too wide at {size['width']}"


async def nothing_is_inaccessible(page: Page) -> None:
    faults = []
    for size in (PHONE, DESK):
        await page.set_viewport_size(size)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            rules = ["color-contrast"] if scheme == "dark" else None  # the rest is the same
            faults += [(size["width"], scheme, fault) for fault in await axe.violations(page, rules)]
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(PHONE)
    assert faults == []


async def test_home_weighs_little(demo_system: Any, stage: Stage, chromium: Browser) -> None:
    """The first view of a phone that has nothing of ours, signed in: all that is transferred."""
    signed_in = await (await stage.page("mother")).context.storage_state()
    windows = Windows(chromium, demo_system.url)
    page = await windows.open(service_workers="block", storage_state=signed_in)
    sizes: list[float] = []
    cdp = await page.context.new_cdp_session(page)
    cdp.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await cdp.send("Network.enable")
    await page.goto("/", wait_until="networkidle")
    assert re.search("Bonjour Camille", await page.content())
    await windows.close()
    assert sum(sizes) <= 60_000, f"{sum(sizes):.0f} bytes in {len(sizes)} answers"
    assert len(sizes) <= 16
