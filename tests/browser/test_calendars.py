"""Agendas in and out, with the real worker and another software on this machine: what it says is busy is no
longer offered and clashes with what is booked; an address to subscribe to is made, copied, and works."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from playwright.async_api import Browser, Page, expect

from tests.browser.browsers import Windows
from tests.browser.calendar_stage import NAME, set_clash, tell_busy
from tests.browser.steps import WELL, ZONE, decide_at_once, enter, find_place

pytestmark = pytest.mark.browser


@pytest.fixture
async def windows(demo_system: Any, chromium: Browser) -> AsyncIterator[Windows]:
    await demo_system.forget()
    found = Windows(chromium, demo_system.url)
    yield found
    await found.close()
    assert found.breaches == []


async def page_of(windows: Windows, person: str) -> Page:
    page = await windows.open()
    await enter(page, person)
    return page


async def test_what_another_software_says_is_busy_is_offered_no_more(
    demo_system: Any, windows: Windows
) -> None:
    owner, mother = await page_of(windows, "owner"), await page_of(windows, "mother")
    triage = await decide_at_once(mother, "daughter", WELL)
    start, place = await find_place(mother, triage)
    practitioner = await demo_system.database.fetchval(
        "select short_name from practitioner where id = $1::uuid", place["practitioner"]
    )
    await tell_busy(demo_system, owner, practitioner, start.astimezone(ZONE))
    later, next_place = await find_place(mother, triage)
    assert (later, next_place["practitioner"]) != (start, place["practitioner"])

    card = owner.locator("section", has=owner.get_by_role("heading", name=NAME))
    await card.get_by_text("Retirer cet agenda…").click()
    await card.get_by_role("button", name="Retirer").click()
    await expect(card).to_be_hidden()
    assert (await find_place(mother, triage))[0] == start


async def test_the_desk_sees_the_clash_come_and_go(demo_system: Any, windows: Windows) -> None:
    owner, mother, desk = [await page_of(windows, one) for one in ("owner", "outsider", "receptionist")]
    await desk.goto(await set_clash(demo_system, owner, mother))
    await expect(desk.get_by_text("est occupé pendant ce rendez-vous")).to_be_visible()
    queue = desk.get_by_role("link", name="Agenda externe")
    await expect(queue).to_be_visible()
    card = owner.locator("section", has=owner.get_by_role("heading", name=NAME))
    await card.get_by_text("Retirer cet agenda…").click()
    await card.get_by_role("button", name="Retirer").click()
    await expect(queue).to_be_hidden()


async def test_an_address_is_made_copied_and_works(windows: Windows) -> None:
    mother = await page_of(windows, "mother")
    await mother.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await mother.goto("/agenda")
    await mother.get_by_label("Le lieu aussi").check()
    await mother.get_by_role("button", name="Créer une adresse").click()
    await mother.get_by_role("button", name="Copier l’adresse").click()
    await expect(mother.get_by_text("Adresse copiée.")).to_be_visible()
    address = await mother.evaluate("navigator.clipboard.readText()")
    assert address == await mother.get_by_label("Adresse secrète").input_value()
    async with httpx.AsyncClient() as calendar:
        answer = await calendar.get(address)
    assert answer.status_code == 200
    assert Calendar.from_ical(answer.content).name == "VCALENDAR"
