"""A browser that runs no script: everything but passkeys and push is there."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from backend.kit import dates
from tests.browser.browsers import DESK
from tests.browser.steps import (
    AIRWAY,
    ZONE,
    answer,
    begin_for,
    book_at_once,
    choose_from_list,
    confirm_booking,
    enter,
    mornings_after,
    see_slots,
)

pytestmark = pytest.mark.browser


@pytest.fixture
async def plain(windows: Any) -> Page:
    """A phone with script switched off."""
    page: Page = await windows.open(java_script_enabled=False)
    return page


async def test_a_whole_booking_then_moved_confirmed_and_cancelled(plain: Page) -> None:
    await enter(plain, "mother")
    await see_slots(plain, "Lila")
    start = await choose_from_list(plain, mornings_after(datetime.now(ZONE) + timedelta(days=10)))
    visit = await confirm_booking(plain)
    await expect(plain.get_by_role("link", name="Ajouter à mon agenda")).to_be_visible()

    await plain.get_by_role("link", name="Déplacer").click()
    moved_to = await choose_from_list(plain, mornings_after(start + timedelta(days=1)))
    await expect(plain.locator("main")).to_contain_text(dates.moment(moved_to, ZONE.key))
    await plain.get_by_role("button", name="Je confirme").click()
    await expect(plain.get_by_text("Merci, votre venue est confirmée.")).to_be_visible()
    await plain.goto(f"{visit}/annuler")
    await plain.get_by_role("button", name="Oui, annuler").click()
    await expect(plain.get_by_text("Le rendez-vous est annulé.")).to_be_visible()


async def test_a_mistake_is_said_at_the_field_and_nothing_typed_is_lost(plain: Page) -> None:
    await enter(plain, "mother")
    await plain.goto("/demandes/nouvelle")
    reason = plain.get_by_label(re.compile("En quelques mots"))
    await reason.fill("Un papier pour l’école 🦷")
    await plain.get_by_label(re.compile("Votre numéro")).fill("pas un numéro")
    await plain.get_by_role("button", name="Envoyer").click()
    await expect(plain).to_have_title(re.compile("^Erreur"))
    await expect(plain.get_by_role("alert").get_by_role("link").first).to_be_visible()
    await expect(plain.get_by_label(re.compile("En quelques mots"))).to_have_value(
        "Un papier pour l’école 🦷"
    )


async def test_danger_ends_the_questions_and_says_whom_to_call(plain: Page) -> None:
    await enter(plain, "mother")
    await begin_for(plain, "Lila")
    await answer(plain, AIRWAY)
    await expect(plain.get_by_role("link", name="Appeler le 15")).to_have_attribute("href", "tel:15")
    await expect(plain.get_by_role("link", name="Voir les créneaux")).to_have_count(0)


async def test_the_desk_lengthens_and_moves(plain: Page, windows: Any) -> None:
    await enter(plain, "mother")
    _, start = await book_at_once(plain, "daughter", mornings_after(datetime.now(ZONE)))
    desk = await windows.open(DESK, java_script_enabled=False)
    await enter(desk, "receptionist")
    await desk.goto(f"/bureau/jour/{start:%Y-%m-%d}")
    await desk.get_by_role("link", name=re.compile("Lila")).click()
    await desk.get_by_role("button", name="5 minutes de plus").click()
    await expect(desk.locator("#fiche")).to_contain_text("40 min")
    moved_to = start + timedelta(minutes=30)
    await desk.locator("#fiche").get_by_text("Déplacer", exact=True).first.click()
    await desk.locator("#fiche").get_by_label("Heure").fill(f"{moved_to:%H:%M}")
    await desk.locator("#fiche").get_by_role("button", name="Déplacer").click()
    await expect(desk.locator("#fiche")).to_contain_text(dates.moment(moved_to, ZONE.key))
