"""The desk's day and week in a browser: by keys alone, by dragging, by two people at once, and on paper."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Error, FloatRect, Locator, Page, expect

from backend.kit import dates
from tests.browser import axe
from tests.browser.browsers import DESK, PHONE, Windows
from tests.browser.steps import ZONE, book_at_once, enter, modules_started, mornings_after
from tests.browser.system import System
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

MINUTE = timedelta(minutes=1)
UNDO = "Annuler le déplacement"
NO_MOUSE = """
    for (const kind of ["pointerdown", "mousedown", "touchstart", "dragstart"])
        addEventListener(kind, () => console.error("CSP the mouse was used"), { capture: true });
"""


class Day:
    """One visit of Lila's and the page of its day, opened by somebody at the desk."""

    def __init__(self, system: System, page: Page, start: datetime) -> None:
        self.system, self.page, self.start = system, page, start
        self.address = f"/bureau/jour/{start:%Y-%m-%d}"

    @property
    def block(self) -> Locator:
        """The visit on the grid."""
        return self.page.locator("[data-visit]", has_text="Lila")

    async def open(self, person: str, *, script: bool = True) -> None:
        await enter(self.page, person)
        await self.page.goto(self.address)
        if script:
            await modules_started(self.page)

    async def stands(self) -> tuple[datetime, int, str]:
        """Its start, its minutes and its chair, as the database has them."""
        row = await self.system.database.fetchrow(
            "select a.starts_at, extract(epoch from a.ends_at - a.starts_at)::int / 60 as minutes, r.name "
            "from appointment a join resource r on r.id = a.chair_id"
        )
        return row["starts_at"].astimezone(ZONE), row["minutes"], row["name"]

    async def becomes(self, start: datetime, minutes: int, chair: str = "Fauteuil 1") -> None:
        """In the database, then on the screen."""

        async def so() -> bool:
            return await self.stands() == (start, minutes, chair)

        await until(so, 60, f"{start:%H:%M} for {minutes} min in {chair}")
        await expect(self.block).to_have_attribute("data-start", f"{start:%H:%M}")
        await expect(self.block).to_have_attribute("data-minutes", str(minutes))

    async def waiting_news(self) -> int:
        """News of moves that are still to be told."""
        count: int = await self.system.database.fetchval(
            "select count(*) from outbox_event where name = 'AppointmentMoved' and done_at is null"
        )
        return count


@pytest.fixture
async def day(system: System, windows: Windows, phone: Page, desk: Page) -> Day:
    await enter(phone, "mother")
    soonest = await system.now() + timedelta(days=2)
    _, start = await book_at_once(phone, "daughter", mornings_after(soonest))
    await system.all_is_sent()
    return Day(system, desk, start)


async def reach(page: Page, wanted: Locator) -> None:
    """Go there with the Tab key."""
    for _ in range(60):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


async def test_a_visit_is_moved_lengthened_and_put_back_without_a_mouse(day: Day) -> None:
    page, keys = day.page, day.page.keyboard
    await day.open("receptionist")
    await page.evaluate(NO_MOUSE)
    await reach(page, day.block.get_by_role("link"))
    for _ in range(3):
        await keys.press("Alt+ArrowDown")
    await day.becomes(day.start + 15 * MINUTE, 35)
    await expect(page.get_by_role("status").filter(has_text="Lila R.")).to_contain_text(
        dates.hour(day.start + 15 * MINUTE, ZONE.key)
    )
    await expect(day.block.get_by_role("link")).to_be_focused()
    await keys.press("Control+z")  # three presses were one move
    await day.becomes(day.start, 35)
    assert await day.waiting_news() == 0
    await keys.press("Shift+ArrowDown")
    await day.becomes(day.start, 40)
    await reach(page, page.get_by_role("button", name="Annuler le changement de durée"))
    await keys.press("Enter")
    await day.becomes(day.start, 35)


async def test_moving_by_the_dialog_with_keys_alone(day: Day) -> None:
    page, keys = day.page, day.page.keyboard
    await day.open("receptionist")
    await page.evaluate(NO_MOUSE)
    await reach(page, day.block.get_by_role("link"))
    await keys.press("m")
    await expect(page.get_by_role("dialog")).to_contain_text("Lila R.")
    later = day.start + 60 * MINUTE
    await reach(page, page.locator("#m-heure"))
    await keys.type(f"{later:%H%M}")
    await reach(page, page.locator("#m-fauteuil"))
    await keys.press("ArrowDown")
    await reach(page, page.get_by_role("dialog").get_by_role("button", name="Déplacer"))
    await keys.press("Enter")
    await day.becomes(later, 35, "Fauteuil 2")
    await expect(page).to_have_url(re.compile(f"{day.address}.rdv="))


async def test_in_the_chair_and_over_by_keys_alone(day: Day, windows: Windows) -> None:
    page, keys = day.page, day.page.keyboard
    await day.open("receptionist")
    nadia = Day(day.system, await windows.open(DESK), day.start)
    await nadia.open("assistant")
    await page.evaluate(NO_MOUSE)
    await reach(page, day.block.get_by_role("link"))
    heard = page.get_by_role("status")
    for says in ("arrivé", "au fauteuil", "terminé"):
        await keys.press("e")
        await expect(day.block).to_contain_text(says)
        await expect(heard.filter(has_text=says)).to_have_count(1)
        await expect(nadia.block).to_contain_text(says)  # on the other screen too
        await expect(day.block.get_by_role("link")).to_be_focused()
    row = await day.system.database.fetchrow(
        "select status, seated_at <= finished_at as kept from appointment"
    )
    assert (row["status"], row["kept"]) == ("done", True)
    await reach(page, page.get_by_role("button", name="Pas encore terminé"))
    await keys.press("Enter")
    await expect(day.block).to_contain_text("au fauteuil")


async def test_single_letters_can_be_switched_off_and_the_help_says_so(day: Day) -> None:
    page, keys = day.page, day.page.keyboard
    await day.open("receptionist")
    await reach(page, day.block.get_by_role("link"))
    await keys.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("5 minutes plus tôt, plus tard")
    await page.get_by_label("Raccourcis d’une seule touche").uncheck()
    await keys.press("Escape")
    await keys.press("m")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await keys.press("Alt+ArrowDown")
    await day.becomes(day.start + 5 * MINUTE, 35)
    await page.get_by_role("link", name="Aujourd’hui").focus()
    await keys.press("Enter")
    await expect(page).not_to_have_url(re.compile(day.address))


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    await page.mouse.move(*start)
    await page.mouse.down()
    await page.mouse.move(*((a + b) / 2 for a, b in zip(start, end, strict=True)))
    await page.mouse.move(*end)
    await page.mouse.up()


async def box_of(found: Locator) -> FloatRect:
    """Where something stands, scrolled to; looked for anew where the page is just drawn again."""
    boxes: list[FloatRect] = []

    async def stands() -> bool:
        try:
            await found.scroll_into_view_if_needed()
            box = await found.bounding_box()
        except Error:  # it was drawn again between finding and scrolling
            return False
        boxes.extend([box] if box else [])
        return bool(boxes)

    await until(stands, 60, f"{found} on the screen")
    return boxes[0]


async def test_a_visit_is_dragged_pulled_and_put_back_with_a_mouse(day: Day) -> None:
    page = day.page
    await day.open("receptionist")
    box = await box_of(day.block)
    row = (box["height"] + 1) / 7  # 35 minutes and the pixel between two blocks
    x, y = box["x"] + 60, box["y"] + 8
    column = page.locator(".chair", has_text="Fauteuil 2")
    other = await box_of(column)
    await drag(page, (x, y), (other["x"] + 60, y + 6 * row))
    await day.becomes(day.start + 30 * MINUTE, 35, "Fauteuil 2")
    await page.get_by_role("button", name=UNDO).click()
    await day.becomes(day.start, 35)
    box = await box_of(day.block)
    edge = (box["x"] + 60, box["y"] + box["height"] - 3)
    await drag(page, edge, (edge[0], edge[1] + 2 * row))
    await day.becomes(day.start, 45)


async def test_two_receptionists_see_each_others_changes(day: Day, windows: Windows) -> None:
    await day.open("receptionist")
    nadia = Day(day.system, await windows.open(DESK), day.start)
    await nadia.open("assistant")
    await reach(day.page, day.block.get_by_role("link"))
    await day.page.keyboard.press("Alt+ArrowDown")
    await nadia.becomes(day.start + 5 * MINUTE, 35)
    await nadia.block.get_by_role("link").focus()
    await nadia.page.keyboard.press("Shift+ArrowDown")
    await day.becomes(day.start + 5 * MINUTE, 40)
    assert await day.page.get_by_role("button", name=UNDO).count() == 0  # Nadia has changed it since


async def test_who_looks_at_an_old_page_is_told_who_was_first(day: Day, windows: Windows) -> None:
    await day.open("receptionist")
    nadia = Day(day.system, await windows.open(DESK, java_script_enabled=False), day.start)
    await nadia.open("assistant", script=False)
    await nadia.block.get_by_role("link").click()
    await reach(day.page, day.block.get_by_role("link"))
    await day.page.keyboard.press("Alt+ArrowDown")
    await day.becomes(day.start + 5 * MINUTE, 35)
    await nadia.page.get_by_role("button", name="5 minutes de plus").click()
    await expect(nadia.page.get_by_role("alert")).to_contain_text(
        re.compile(r"Modifié par Sam il y a \d+\s?s")
    )
    await day.becomes(day.start + 5 * MINUTE, 35)


async def test_the_week_moves_a_visit_to_another_day(day: Day) -> None:
    page = day.page
    await enter(page, "dentist")
    await page.goto(f"/bureau/semaine/{day.start:%Y-%m-%d}")
    await modules_started(page)
    await expect(page.locator(".chair")).to_have_count(6)
    await reach(page, day.block.get_by_role("link"))
    await page.keyboard.press("Alt+ArrowDown")
    await day.becomes(day.start + 5 * MINUTE, 35)
    await expect(page).to_have_url(re.compile("/bureau/semaine/"))
    await page.get_by_role("button", name=UNDO).click()
    await day.becomes(day.start, 35)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1366"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_day_and_week(
    day: Day, windows: Windows, size: dict[str, int], scheme: str
) -> None:
    page = await windows.open(size, color_scheme=scheme)
    await enter(page, "receptionist")
    await page.goto(day.address)
    await page.get_by_role("link", name=re.compile("Lila")).click()
    await page.get_by_text("Déplacer", exact=True).first.click()
    await page.get_by_role("button", name="5 min plus tard").click()
    await expect(page.get_by_role("button", name=UNDO)).to_be_visible()
    assert await axe.violations(page) == []
    await page.goto(f"/bureau/semaine/{day.start:%Y-%m-%d}")
    assert await axe.violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def test_axe_would_find_a_picture_without_words(day: Day) -> None:
    await day.open("receptionist")
    # In the bar: the day itself may be drawn anew at any moment.
    await day.page.evaluate("document.querySelector('.brand').append(new Image())")
    assert [one.split(":")[0] for one in await axe.violations(day.page)] == ["image-alt"]


async def test_a_full_day_is_one_sheet_of_paper(day: Day) -> None:
    """Twenty-five visits in a chair, discreetly."""
    await day.open("receptionist")
    await day.page.goto(f"{day.address}?discret=1")
    await day.page.evaluate(
        """() => {
            const block = document.querySelector("[data-visit]");
            for (let number = 0; number < 24; number++) block.after(block.cloneNode(true));
        }"""
    )
    paper: Any = await day.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    await day.page.emulate_media(media="print")
    await expect(day.page.locator(".print-title")).to_be_visible()
    for hidden in (".staff-bar", ".pane-queue", ".day-tools", ".gap"):
        await expect(day.page.locator(hidden).first).to_be_hidden()
