"""What axe finds wrong with a page. The script is evaluated from outside, which no content policy forbids."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    """Every violation as "rule: element"; empty on a page that is in order."""
    options: dict[str, Any] = {"runOnly": RULES}
    found = await Axe().run(page, options=options)
    return [
        f"{one['id']}: {node['html'][:120]}" for one in found.response["violations"] for node in one["nodes"]
    ]
