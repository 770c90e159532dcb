"""What people do, in the words of the screens."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from backend.demo.cast import cast
from backend.kit.days import holidays_between, is_working_day
from tests.browser.waiting import until
from tests.listings import places_of

ZONE = ZoneInfo("Europe/Paris")

Answers = Mapping[str, Sequence[str]]

CHECKUP = {"red_flags": ["Aucun de ces signes"], "what": ["Un contrôle"], "health": ["Rien de cela"]}
"""Answers for a child who is well: the labels to choose, by question."""

WELL: Answers = {"red_flags": ["none"], "what": ["checkup"], "health": ["none"], "help": ["none"]}
"""The same, as the JSON API takes it."""

AIRWAY = {"red_flags": ["Du mal à respirer, à parler ou à avaler, même la salive"]}
"""The answer that stops everything."""


async def enter(page: Page, person: str) -> None:
    """Come in by the demo's door."""
    who = cast()[person]
    await page.goto("/demo")
    await page.get_by_role("button", name=f"{who.given_name} {who.family_name}").first.click()
    await expect(page).not_to_have_url(re.compile("/demo$"))


async def go_on(page: Page) -> None:
    """The main button of a step."""
    await page.get_by_role("button", name="Continuer").click()


async def begin_for(page: Page, given_name: str) -> None:
    """From wherever one is to the first question."""
    await page.goto("/prendre-rendez-vous")
    await page.get_by_role("checkbox", name=given_name).check()
    await go_on(page)
    await expect(page.locator("[name=question]")).to_be_attached()


async def answer(page: Page, answers: Answers) -> None:
    """Answer question after question until there is none left; those not in `answers` are passed."""
    while await page.locator("[name=question]").count():
        question = await page.locator("[name=question]").get_attribute("value") or ""
        for label in answers.get(question, ()):
            await page.get_by_label(label, exact=True).check()
        before = page.url
        await go_on(page)
        await page.wait_for_url(lambda url, before=before: url != before)  # type: ignore[misc]


async def see_result(page: Page, given_name: str, answers: Answers = CHECKUP) -> None:
    """From wherever one is to what the practice proposes."""
    await begin_for(page, given_name)
    await answer(page, answers)
    await page.get_by_role("button", name="Voir ce que nous proposons").click()
    await expect(page).to_have_url(re.compile("/resultat$"))


async def see_slots(page: Page, given_name: str, answers: Answers = CHECKUP) -> None:
    """From wherever one is to the places that are free."""
    await see_result(page, given_name, answers)
    await page.get_by_role("link", name="Voir les créneaux").click()
    await expect(page).to_have_url(re.compile("/creneaux$"))


async def modules_started(page: Page) -> None:
    """Wait until every module that the page names listens: before, a click works as without script."""
    await expect(page.locator("[data-module]:not([data-started])")).to_have_count(0)


def suggestions(page: Page) -> Locator:
    """The three cards."""
    return page.locator(".slot-card button")


async def choose_from_list(page: Page, fits: Callable[[datetime], bool]) -> datetime:
    """Choose the first place of the list by day whose start (in Paris) `fits`, turning its pages."""
    places = page.locator("[data-days] form")
    while True:
        starts = await starts_of(places)
        for number, start in enumerate(starts):
            if fits(start):
                await places.nth(number).get_by_role("button").click()
                return start

        async def turned(known: list[datetime] = starts) -> bool:
            return await starts_of(places) not in ([], known)

        await page.get_by_role("link", name="Voir les jours suivants").click()
        await until(turned, 60, "the list shows other days")


async def starts_of(places: Locator) -> list[datetime]:
    """When the places of a list begin, in Paris."""
    found = await places.evaluate_all("forms => forms.map(form => form.elements.start.value)")
    return [datetime.fromisoformat(text).astimezone(ZONE) for text in found]


async def confirm_booking(page: Page) -> str:
    """From the check page to the visit; its address."""
    await page.get_by_role("button", name="Confirmer le rendez-vous").click()
    await expect(page.get_by_role("heading", name="Rendez-vous pris")).to_be_visible()
    return page.url.partition("?")[0]


async def move_clock(page: Page, moment: datetime) -> None:
    """Let it be `moment` for the practice."""
    answer = await page.request.post("/demo/clock", form={"to": moment.isoformat()})
    assert answer.ok, await answer.text()


def mornings_after(soonest: datetime) -> Callable[[datetime], bool]:
    """Mornings whose J-2 is a working day, with an hour free behind them for the desk to move into."""
    closed = holidays_between("FR", None, soonest.date(), soonest.date() + timedelta(days=60))

    def fits(start: datetime) -> bool:
        reminded = (start - timedelta(days=2)).date()
        morning = (9, 30) <= (start.hour, start.minute) <= (10, 30) and start.isoweekday() < 6
        return start > soonest and morning and is_working_day(reminded, closed)

    return fits


async def book_at_once(
    page: Page, person: str, fits: Callable[[datetime], bool] = bool
) -> tuple[str, datetime]:
    """Whoever is signed in books a check-up for one of the cast by the JSON API; its address and start."""
    triage = await decide_at_once(page, person, WELL)
    start, place = await find_place(page, triage, fits)
    held = await hold_at_once(page, triage, place)
    booked = await ask(page, "/api/v1/appointments", {"hold_id": held})
    return f"/rendez-vous/{booked['id']}", start


async def decide_at_once(page: Page, person: str, answers: Answers) -> str:
    """All the answers about one of the cast by the JSON API; the result's id."""
    body = {"patient_id": str(cast()[person].patient_id), "answers": answers}
    return str((await ask(page, "/api/v1/triage", body))["triage_id"])


async def find_place(
    page: Page, triage: str, fits: Callable[[datetime], bool] = bool
) -> tuple[datetime, dict[str, Any]]:
    """The first free place whose start (in Paris) `fits`, as `/slots` tells it."""
    asked: dict[str, str | float | bool] = {"triage": triage}
    while True:
        listing = await (await page.request.get("/api/v1/slots", params=asked)).json()
        for slot in places_of(listing):
            start = datetime.fromisoformat(slot["start"]).astimezone(ZONE)
            if fits(start):
                return start, slot
        asked["from"] = listing["next_from"]


async def hold_at_once(page: Page, triage: str, place: Mapping[str, Any]) -> str:
    """Hold a place; the hold's id."""
    wanted = {"triage_id": triage, "start": place["start"], "practitioner_id": place["practitioner"]}
    return str((await ask(page, "/api/v1/holds", wanted))["id"])


async def ask(page: Page, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST to the JSON API as whoever is signed in."""
    answer = await page.request.post(path, data=dict(body))
    assert answer.ok, await answer.text()
    read: dict[str, Any] = await answer.json()
    return read
