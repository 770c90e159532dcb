"""The list by day with script: it pages and holds without leaving the page, and says when a place is gone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.steps import (
    ZONE,
    book_at_once,
    enter,
    modules_started,
    mornings_after,
    see_slots,
    starts_of,
)

pytestmark = pytest.mark.browser


async def see_list(page: Page) -> None:
    """The places for a daughter, with the module at work."""
    await enter(page, "mother")
    await see_slots(page, "Lila")
    await modules_started(page)


async def test_more_days_are_added_to_the_page_and_take_the_focus(phone: Page) -> None:
    await see_list(phone)
    days = phone.locator("[data-days] h3")
    before, address = await days.all_inner_texts(), phone.url
    await phone.get_by_role("link", name="Voir les jours suivants").click()
    await expect(days).to_have_count(len(before) * 2)
    assert (await days.all_inner_texts())[: len(before)] == before
    await expect(days.nth(len(before))).to_be_focused()
    assert phone.url == address


async def test_a_place_taken_meanwhile_is_said_with_three_others(windows: Any, phone: Page) -> None:
    await see_list(phone)
    other_family = await windows.open()
    await enter(other_family, "outsider")
    wanted = mornings_after(datetime.now(ZONE) + timedelta(days=1))
    _, taken = await book_at_once(other_family, "outsider_child", wanted)
    places = phone.locator("[data-days] form")
    gone = places.nth((await starts_of(places)).index(taken)).get_by_role("button")
    await gone.click()
    told = phone.get_by_role("alert").filter(has_text="n’est plus disponible")
    await expect(told).to_be_visible()
    await expect(gone).to_be_disabled()
    await expect(told.get_by_role("button")).to_have_count(3)
    await told.get_by_role("button").first.click()
    await expect(phone.get_by_role("heading", name="Vérifiez et confirmez")).to_be_visible()


async def test_a_list_that_does_not_arrive_says_so(phone: Page) -> None:
    await see_list(phone)
    await phone.context.set_offline(True)
    await phone.get_by_role("link", name="Voir les jours suivants").click()
    await expect(phone.get_by_text("La liste n’est pas arrivée")).to_be_visible()


async def test_a_tap_whose_answer_was_lost_holds_once_when_it_is_repeated(phone: Page) -> None:
    await see_list(phone)
    keys, answers = [], []

    async def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        answer = await route.fetch()
        answers.append(await answer.json())
        await (route.fulfill(response=answer) if len(keys) > 1 else route.abort())

    await phone.route("**/api/v1/holds", lose_the_first)
    place = phone.locator("[data-days] form").first.get_by_role("button")
    await place.click()
    await expect(phone.get_by_text("La liste n’est pas arrivée")).to_be_visible()
    await place.click()
    await expect(phone.get_by_role("heading", name="Vérifiez et confirmez")).to_be_visible()
    assert keys[0] and keys == [keys[0]] * 2
    assert answers[0] == answers[1]
