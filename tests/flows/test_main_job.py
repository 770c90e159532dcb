"""The main job, in a browser and on real parts: from a child's questions to a visit that is reminded,
confirmed, lengthened and moved by the desk; and what must never leave.

Each step is a sentence. Times are Paris's.
"""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from backend.kit import dates
from tests.browser.browsers import Windows
from tests.browser.outside import Message
from tests.browser.steps import (
    ZONE,
    choose_from_list,
    confirm_booking,
    enter,
    mornings_after,
    move_clock,
    see_result,
    see_slots,
    suggestions,
)
from tests.browser.system import System

pytestmark = pytest.mark.browser

NAMES = re.compile("Lila|Noé|Camille|Malik|Roche", re.IGNORECASE)
CARE = re.compile("M’T|examen|dent|soin|contrôle|carie", re.IGNORECASE)
WHY = "35 min : 25 min pour l’examen M’T dents, + 10 min"
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["with the bell", pytest.param("without Valkey", marks=pytest.mark.slow)])
async def bell(request: pytest.FixtureRequest, system: System) -> AsyncIterator[None]:
    """Valkey rings, or is not there at all."""
    if request.param == "with the bell":
        yield
        return
    system.valkey.stop()
    yield
    system.valkey.start()


async def test_a_mother_books_is_reminded_and_the_desk_changes_it(
    bell: None, system: System, windows: Windows, phone: Page, desk: Page
) -> None:
    await given_a_father_without_push(await windows.open())
    await enter(phone, "mother")
    await when_she_asks_for_her_daughter(phone)
    await then_three_places_are_offered_and_one_is_held(phone)
    start = await when_she_takes_a_morning_from_the_list(phone, system)
    visit = await confirm_booking(phone)
    await then_the_confirmation_and_its_calendar_file_say(phone, system, visit, start)

    await move_clock(phone, start - timedelta(days=2) - MINUTE)
    await system.all_is_sent()
    await then_no_reminder_has_left(system)
    await move_clock(phone, start - timedelta(days=2) + MINUTE)
    push = await then_the_push_says_when_and_nothing_else(system, start)
    await then_who_has_no_push_is_reminded_by_mail(system, start)

    await then_opening_the_link_twice_changes_nothing(await windows.open(), desk, push.link, start)
    await when_she_confirms_from_the_message(await windows.open(), push.link)
    await then_the_desk_sees_it_confirmed(desk)
    await when_the_desk_gives_it_five_minutes_more(desk)
    moved_to = await when_the_desk_moves_it_an_hour(desk, start)
    await then_the_mother_sees(phone, visit, moved_to, minutes="40")
    await system.undo_time_is_over()
    await move_clock(phone, moved_to)
    await system.all_is_sent()
    await then_nobody_was_reminded_again_of(system, start)


async def given_a_father_without_push(page: Page) -> None:
    await enter(page, "father")
    await page.goto("/compte")
    await page.get_by_role("button", name=re.compile("Ne plus notifier")).click()
    await expect(page.get_by_text("Appareils qui reçoivent des notifications")).to_have_count(0)


async def when_she_asks_for_her_daughter(page: Page) -> None:
    await see_result(page, "Lila")
    for words in ("Sans urgence", "Examen M’T dents, de 6 à 12 ans", "L’examen M’T dents est annuel"):
        await expect(page.locator("main")).to_contain_text(words)
    await page.get_by_role("link", name="Voir les créneaux").click()
    await expect(page.locator("main")).to_contain_text(WHY)


async def then_three_places_are_offered_and_one_is_held(page: Page) -> None:
    await expect(suggestions(page)).to_have_count(3)
    await suggestions(page).nth(1).click()
    await expect(page.get_by_text("Cette place est gardée pour vous")).to_be_visible()
    await page.get_by_role("link", name="Choisir un autre créneau").click()


async def when_she_takes_a_morning_from_the_list(page: Page, system: System) -> datetime:
    start = await choose_from_list(page, mornings_after(await system.now() + timedelta(days=4)))
    await expect(page.get_by_role("heading", name="Vérifiez et confirmez")).to_be_visible()
    await expect(page.locator("main")).to_contain_text(dates.moment(start, ZONE.key))
    return start


async def then_the_confirmation_and_its_calendar_file_say(
    page: Page, system: System, visit: str, start: datetime
) -> None:
    mail = await system.outside.message("camille.roche@example.org", "Votre rendez-vous")
    assert dates.moment(start, ZONE.key) in mail.text
    assert not CARE.search(mail.subject)
    link = page.get_by_role("link", name="Ajouter à mon agenda")
    file = await (await page.request.get(await link.get_attribute("href") or "")).text()
    assert "BEGIN:VEVENT" in file
    assert f"DTSTART;TZID=Europe/Paris:{start:%Y%m%dT%H%M%S}" in file
    assert not NAMES.search(file)
    assert not CARE.search(re.sub("(URL|DESCRIPTION|LOCATION|UID|SUMMARY):.*dentaire", "", file))


async def then_no_reminder_has_left(system: System) -> None:
    assert await system.outside.messages("mother") == []  # confirmations go by mail


async def then_the_push_says_when_and_nothing_else(system: System, start: datetime) -> Message:
    push = await system.outside.message("mother", f"Rendez-vous {dates.moment(start, ZONE.key)} au cabinet")
    assert not NAMES.search(push.text)
    assert not CARE.search(push.text)
    return push


async def then_who_has_no_push_is_reminded_by_mail(system: System, start: datetime) -> None:
    await system.all_is_sent()
    mails = await system.outside.messages("malik.roche@example.org")
    assert [one.channel for one in mails][-1] == "email"
    assert "Confirmer, déplacer ou annuler" in mails[-1].text
    assert await system.outside.messages("father") == []


async def then_opening_the_link_twice_changes_nothing(
    page: Page, desk: Page, link: str, start: datetime
) -> None:
    for _ in range(2):
        await page.goto(link)
        await expect(page.get_by_role("button", name="Je confirme")).to_be_visible()
    await enter(desk, "receptionist")
    await desk.goto(f"/bureau/jour/{start:%Y-%m-%d}")
    await desk.get_by_role("link", name=re.compile("Lila")).click()
    await expect(desk.locator("#fiche")).to_contain_text("sans réponse")


async def when_she_confirms_from_the_message(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("button", name="Je confirme").click()
    await expect(page.get_by_text("C’est noté, nous vous attendons.")).to_be_visible()


async def then_the_desk_sees_it_confirmed(desk: Page) -> None:
    await desk.reload()
    for words in ("Sans urgence", "Examen M’T dents", WHY, "confirmé"):
        await expect(desk.locator("#fiche")).to_contain_text(words)
    await expect(desk.locator(".visit-confirmed")).to_contain_text("confirmé")


async def when_the_desk_gives_it_five_minutes_more(desk: Page) -> None:
    await desk.get_by_role("button", name="5 minutes de plus").click()
    await expect(desk.locator("#fiche .stepper")).to_contain_text("40 min")
    await expect(desk.locator("#fiche")).to_contain_text("+ 5 min ajoutées par le cabinet")


async def when_the_desk_moves_it_an_hour(desk: Page, start: datetime) -> datetime:
    moved_to = start + timedelta(hours=1)
    await desk.get_by_text("Déplacer", exact=True).first.click()
    await desk.locator("#fiche").get_by_label("Heure").fill(f"{moved_to:%H:%M}")
    await desk.get_by_role("button", name="Déplacer").click()
    await expect(desk.locator("#fiche")).to_contain_text(dates.moment(moved_to, ZONE.key))
    return moved_to


async def then_the_mother_sees(page: Page, visit: str, start: datetime, minutes: str) -> None:
    await page.goto(visit)
    await expect(page.locator("main")).to_contain_text(dates.moment(start, ZONE.key))
    await expect(page.locator("main")).to_contain_text(f"{minutes} min")


async def then_nobody_was_reminded_again_of(system: System, old: datetime) -> None:
    pushes = await system.outside.messages("mother")
    assert len([one for one in pushes if dates.moment(old, ZONE.key) in one.title]) == 1


async def test_what_moved_or_was_cancelled_is_never_reminded_of(system: System, phone: Page) -> None:
    await enter(phone, "mother")
    visit, old = await given_a_visit(phone, system, "Lila", days=4)
    new = await when_she_moves_it_three_days_later(phone, visit, old)
    await move_clock(phone, old - timedelta(days=2) + MINUTE)
    await system.all_is_sent()
    await then_no_reminder_has_left(system)
    await move_clock(phone, new - timedelta(days=2) + MINUTE)
    await system.outside.message("mother", dates.moment(new, ZONE.key))

    other, start = await given_a_visit(phone, system, "Noé", days=10)
    await when_she_cancels_it(phone, other)
    await system.outside.message("camille.roche@example.org", "Rendez-vous annulé")
    await move_clock(phone, start - timedelta(days=1))
    await system.all_is_sent()
    assert len(await system.outside.messages("mother")) == 1
    await then_the_family_s_list_holds_both(phone)


async def given_a_visit(page: Page, system: System, who: str, days: int) -> tuple[str, datetime]:
    await see_slots(page, who)
    start = await choose_from_list(page, mornings_after(await system.now() + timedelta(days=days)))
    return await confirm_booking(page), start


async def when_she_moves_it_three_days_later(page: Page, visit: str, old: datetime) -> datetime:
    await page.goto(visit)
    await page.get_by_role("link", name="Déplacer").click()
    await expect(page.get_by_text(f"Vous gardez {dates.moment(old, ZONE.key)}")).to_be_visible()
    new = await choose_from_list(page, mornings_after(old + timedelta(days=3)))
    await expect(page.get_by_text("C’est noté : le rendez-vous est déplacé.")).to_be_visible()
    await expect(page.locator("main")).to_contain_text(dates.moment(new, ZONE.key))
    return new


async def when_she_cancels_it(page: Page, visit: str) -> None:
    await page.goto(visit)
    await page.get_by_role("link", name="Annuler ce rendez-vous").click()
    await page.get_by_role("button", name="Oui, annuler").click()
    await expect(page.get_by_text("Le rendez-vous est annulé.")).to_be_visible()


async def then_the_family_s_list_holds_both(page: Page) -> None:
    await page.goto("/rendez-vous")
    past = page.get_by_role("region", name="Passés")
    await expect(past.get_by_role("article").filter(has_text="Lila")).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Annulé")
