"""Fixtures for what a browser sees. One system and one Chromium a worker; a first day anew for every test."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests import servers


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The worker's one browser."""
    from tests.browser import browsers

    async with async_playwright() as playwright:
        browser = await browsers.launch(playwright)
        yield browser
        await browser.close()


def new_system(name: str, *, demo: bool) -> Any:
    """A system of this worker's own that has not been started."""
    from tests.browser.system import System

    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return System(servers.servers().postgres, f"quenotte_{name}_{worker}", demo=demo)


@pytest.fixture(scope="session")
async def demo_system() -> AsyncIterator[Any]:
    """The demo with its cast, running; tests ask for `system`."""
    from tests.conftest import TEMPLATE

    running = new_system("demo", demo=True)
    await running.start(TEMPLATE)
    yield running
    await running.stop()


@pytest.fixture
async def system(demo_system: Any) -> Any:
    """The running demo on its first day: nobody has a visit, nothing was sent, the clock is right."""
    await demo_system.forget()
    return demo_system


@pytest.fixture
async def windows(chromium: Browser, system: Any) -> AsyncIterator[Any]:
    """Opens pages; the test fails if one of them broke the policy, failed, or asked somebody else."""
    from tests.browser.browsers import Windows

    opened = Windows(chromium, system.url)
    yield opened
    await opened.close()
    assert opened.breaches == []


@pytest.fixture
async def phone(windows: Any) -> Page:
    """A page of 390 x 844, nobody signed in."""
    page: Page = await windows.open()
    return page


@pytest.fixture
async def desk(windows: Any) -> Page:
    """A page of 1366 x 768, nobody signed in."""
    from tests.browser.browsers import DESK

    page: Page = await windows.open(DESK)
    return page
