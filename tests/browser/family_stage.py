"""What must have happened for the screens of families and of the waiting list: groups, a wish, an offer."""

from datetime import timedelta
from typing import Any

from playwright.async_api import Page

from tests.browser.steps import WELL, ask, book_at_once, decide_at_once, mornings_after
from tests.browser.system import System


async def together(page: Page, *people: str) -> str:
    """A group of people who have answered; its id."""
    triages = [await decide_at_once(page, person, WELL) for person in people]
    return str((await ask(page, "/api/v1/groups", {"triage_ids": triages}))["id"])


async def hold_together(page: Page, group: str) -> dict[str, Any]:
    """Keep the best bundle for a group; that bundle."""
    listing = await (await page.request.get(f"/api/v1/groups/{group}/slots")).json()
    best: dict[str, Any] = listing["suggestions"][0]
    wanted = {"start": best["start"], "arrangement": best["arrangement"]}
    await ask(page, f"/api/v1/groups/{group}/holds", wanted)
    return best


async def set_families(outsider: Page, helper: Page) -> dict[str, str]:
    """One family whose visits are booked, another that is choosing."""
    booked = await together(outsider, "outsider", "outsider_child")
    await hold_together(outsider, booked)
    await ask(outsider, f"/api/v1/groups/{booked}/appointments", {})
    begun = await together(helper, "helper", "elder")
    await hold_together(helper, begun)
    return {"group": begun, "group_visits": booked}


async def set_waiting(system: System, mother: Page, father: Page) -> dict[str, str]:
    """He would come earlier, and is offered the place that she gives back."""
    now = await system.now()
    visit, _ = await book_at_once(father, "father", lambda start: start > now + timedelta(days=12))
    await father.goto(f"{visit}/plus-tot")
    for day in await father.get_by_role("checkbox").all():
        await day.check()
    await father.get_by_label("Toute la journée").check()
    await father.get_by_label("Une heure suffit").check()
    await father.get_by_role("button", name="Me prévenir").click()
    await father.wait_for_url("**?fait=attend")
    given_back, _ = await book_at_once(mother, "mother", mornings_after(now + timedelta(days=2)))
    await mother.goto(f"{given_back}/annuler")
    await mother.get_by_role("button", name="Oui, annuler").click()
    offered = await system.outside.message("father", "Une place se libère")
    return {"wish": f"{visit}/plus-tot", "offer": offered.link.removeprefix(system.url)}
