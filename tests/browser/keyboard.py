"""A person who uses the keyboard alone: Tab, arrows, Space, Enter. No mouse, no shortcut of the tests."""

from playwright.async_api import Locator, Page

MOST_TABS = 120
"""Stops on the longest page; a target that is not among them cannot be reached."""

_HAS_RING = """element => {
    const ringed = (one) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    return [element, element.labels?.[0], element.closest("li")].some((one) => one && ringed(one));
}"""
"""The ring is around the control, the label that is its card, or the block of the day that it opens."""


class Keyboard:
    """Goes from one stop to the next, as people do, and sees where it is."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def go_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and check that one can see it."""
        for _ in range(MOST_TABS):
            await self._page.keyboard.press("Tab")
            if await _is_focused(target):
                assert await target.evaluate(_HAS_RING), f"focus cannot be seen on {target}"
                return
        raise AssertionError(f"Tab never reaches {target}")

    async def press(self, target: Locator) -> None:
        """Go to a button or a link and use it."""
        await self.go_to(target)
        await self._page.keyboard.press("Enter")

    async def tick(self, target: Locator) -> None:
        """Go to a box and tick it."""
        await self.go_to(target)
        await self._page.keyboard.press("Space")

    async def choose(self, target: Locator) -> None:
        """Choose one of a group of radio buttons, which is a single stop: the arrows go through it."""
        group = self._page.locator(f"[name={await target.get_attribute('name')}]")
        for _ in range(MOST_TABS):
            await self._page.keyboard.press("Tab")
            if await group.evaluate_all("all => all.includes(document.activeElement)"):
                break
        await self._page.keyboard.press("Space")
        while not await _is_focused(target):
            await self._page.keyboard.press("ArrowDown")
        assert await target.is_checked()
        assert await target.evaluate(_HAS_RING), f"focus cannot be seen on {target}"

    async def type(self, target: Locator, text: str) -> None:
        """Go to a field and write into it."""
        await self.go_to(target)
        await self._page.keyboard.type(text)


async def _is_focused(target: Locator) -> bool:
    focused: bool = await target.evaluate("element => element === document.activeElement")
    return focused
