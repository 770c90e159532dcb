"""What axe finds wrong with a page. The script is evaluated from outside, which no content policy forbids."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Only what is wrong leaves the page, in a line: all that axe looked at would weigh a hundred times as much.
_RUN = """async rules => {
    const asked = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
    const { violations } = await axe.run(asked);
    return violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)}`));
}"""


async def violations(page: Page, rules: Sequence[str] | None = RULES) -> list[str]:
    """Every violation as "rule: element"; empty on a page that is in order.

    `rules` are tags or names of rules; None for all that axe looks at by itself.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found: list[str] = await page.evaluate(_RUN, rules)
    return found
