"""The whole booking, and the desk's change of a duration, by the keyboard alone."""

import re
from datetime import datetime

import pytest
from playwright.async_api import Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.steps import ZONE, book_at_once, enter, mornings_after, suggestions

pytestmark = pytest.mark.browser


async def test_a_whole_booking(phone: Page) -> None:
    keys = Keyboard(phone)
    await phone.goto("/demo")
    await keys.press(phone.get_by_role("button", name=re.compile("Camille Roche")))
    await keys.press(phone.get_by_role("link", name="Prendre rendez-vous"))
    await keys.tick(phone.get_by_role("checkbox", name="Lila"))
    await go_on(phone, keys)
    await keys.tick(phone.get_by_role("checkbox", name="Aucun de ces signes"))
    await go_on(phone, keys)
    await keys.choose(phone.get_by_role("radio", name="Un contrôle"))
    await go_on(phone, keys)
    await keys.tick(phone.get_by_role("checkbox", name="Rien de cela"))
    await go_on(phone, keys)
    await keys.tick(phone.get_by_role("checkbox", name="Rien de cela"))
    await go_on(phone, keys)
    await keys.type(phone.get_by_role("textbox"), "Elle adore les chats.")
    await go_on(phone, keys)
    await keys.press(phone.get_by_role("button", name="Voir ce que nous proposons"))
    await keys.press(phone.get_by_role("link", name="Voir les créneaux"))
    await keys.press(suggestions(phone).nth(2))
    await keys.press(phone.get_by_role("button", name="Confirmer le rendez-vous"))
    await expect(phone.get_by_role("heading", name="Rendez-vous pris")).to_be_visible()


async def go_on(page: Page, keys: Keyboard) -> None:
    """Use the main button and wait for the next screen."""
    before = page.url
    await keys.press(page.get_by_role("button", name="Continuer"))
    await page.wait_for_url(lambda url: url != before)


async def test_the_first_stop_skips_to_the_content(phone: Page) -> None:
    await enter(phone, "mother")
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("link", name="Aller au contenu")).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.locator("main")).to_be_focused()


async def test_the_summary_of_mistakes_leads_to_the_field(phone: Page) -> None:
    await enter(phone, "mother")
    await phone.goto("/demandes/rappel")
    field = phone.get_by_label(re.compile("Votre numéro"))
    await field.fill("12")
    await phone.get_by_role("button", name="Envoyer").click()
    await expect(phone.get_by_role("alert")).to_be_focused()
    await Keyboard(phone).press(phone.get_by_role("alert").get_by_role("link").last)
    await expect(field).to_be_focused()


async def test_the_desk_changes_a_duration(phone: Page, desk: Page) -> None:
    await enter(phone, "mother")
    _, start = await book_at_once(phone, "daughter", mornings_after(datetime.now(ZONE)))
    await enter(desk, "receptionist")
    await desk.goto(f"/bureau/jour/{start:%Y-%m-%d}")
    keys = Keyboard(desk)
    await keys.press(desk.get_by_role("link", name=re.compile("Lila")))
    await expect(desk.locator("#fiche")).to_contain_text("35 min")
    await keys.press(desk.get_by_role("button", name="5 minutes de plus"))
    await expect(desk.locator("#fiche")).to_contain_text("40 min")
