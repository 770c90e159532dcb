"""What must have happened for every screen to be there: visits, answers, a reminder, requests, a passkey."""

import asyncio
import sys
from datetime import datetime, timedelta

from playwright.async_api import Page, expect

from backend.demo.cast import cast
from backend.kit import dates
from tests.browser.authenticator import plug_in
from tests.browser.browsers import Windows
from tests.browser.calendar_stage import set_clash
from tests.browser.family_stage import set_families, set_waiting
from tests.browser.length_stage import set_lengths
from tests.browser.screens import Screen
from tests.browser.site_stage import open_far_site
from tests.browser.steps import (
    WELL,
    ZONE,
    ask,
    book_at_once,
    choose_from_list,
    decide_at_once,
    enter,
    find_place,
    hold_at_once,
    mornings_after,
    move_clock,
)
from tests.browser.system import ROOT, System

PAIN = {**WELL, "what": ["pain"], "pain_rest": ["no"], "pain_kind": ["provoked"]}
AIRWAY = {"red_flags": ["airway"]}
UNSURE = {"red_flags": ["unsure"]}
Form = dict[str, str | float | bool]

MAIL = "camille.roche@example.org"


class Stage:
    """The demo some days on: a visit is two days away, another is off, answers stand half-way and whole."""

    def __init__(self, system: System, windows: Windows) -> None:
        self._system, self._windows = system, windows
        self._pages: dict[str | None, Page] = {}
        self.facts: dict[str, str] = {}
        self._sites = 1

    async def set(self) -> None:
        """Let it all happen."""
        mother = await self.page("mother")
        start = await self._visits(mother)
        await self._system.all_is_sent()  # a reminder is planned by the clock of its planning
        await move_clock(mother, start - timedelta(days=2) + timedelta(minutes=1))
        reminder = await self._system.outside.message("mother", dates.moment(start, ZONE.key))
        self.facts["link"] = reminder.link.removeprefix(self._system.url)
        await self._answers(mother)
        await self._requests(mother)
        await self._passkey(mother)
        self.facts |= await set_families(await self.page("outsider"), await self.page("helper"))
        self.facts |= await set_waiting(self._system, mother, await self.page("father"))
        self.facts |= await set_lengths(self._system)
        owner, outsider = await self.page("owner"), await self.page("outsider")
        self.facts["clash"] = await set_clash(self._system, owner, outsider)
        self.facts["invitation"] = await _invitation(self._system)

    async def page(self, person: str | None) -> Page:
        """The page of one of the cast, or of nobody."""
        if person not in self._pages:
            page = self._pages[person] = await self._windows.open()
            if person:
                await enter(page, person)
        return self._pages[person]

    async def open(self, screen: Screen) -> Page:
        """That screen, on its person's page."""
        if screen.sites > self._sites:
            await open_far_site(self._system, await self.page("receptionist"))
            self._sites = screen.sites
        page = await self.page(screen.person)
        await page.goto(screen.path.format(**self.facts))
        if screen.then:
            await screen.then(page)
        return page

    async def _visits(self, mother: Page) -> datetime:
        """Her daughter's, to be reminded of; her son's, moved since she was told; her own, cancelled."""
        now = await self._system.now()
        son, start = await book_at_once(mother, "teen", mornings_after(now + timedelta(days=6)))
        told = await self._system.outside.message(MAIL, dates.moment(start, ZONE.key))
        self.facts["old_link"] = told.link.removeprefix(self._system.url)
        await mother.goto(f"{son}/deplacer")
        await choose_from_list(mother, mornings_after(start + timedelta(days=1)))
        own, _ = await book_at_once(mother, "mother", mornings_after(now + timedelta(days=5)))
        await mother.goto(f"{own}/annuler")
        await mother.get_by_role("button", name="Oui, annuler").click()
        await expect(mother.get_by_text("Le rendez-vous est annulé.")).to_be_visible()
        visit, start = await book_at_once(mother, "daughter", mornings_after(now + timedelta(days=4)))
        day = f"/bureau/jour/{start:%Y-%m-%d}"
        self.facts |= {"visit": visit, "visit_id": visit.rpartition("/")[2], "cancelled": own, "day": day}
        self.facts["week"] = day.replace("/jour/", "/semaine/")
        return start

    async def _answers(self, mother: Page) -> None:
        """Runs at every point of the road, and two holds, of which only the newer counts."""
        for name, given in (("asked", ["red_flags"]), ("answered", [*WELL])):
            body = {"patient_id": str(cast()["daughter"].patient_id)}
            self.facts[name] = (await ask(mother, "/api/v1/triage", body))["id"]
            for question in given:
                answer = {"question": question, "answers": WELL[question]}
                await ask(mother, f"/api/v1/triage/{self.facts[name]}/answers", answer)
        note = {"question": "note", "answers": ["Elle adore les chats."]}
        await ask(mother, f"/api/v1/triage/{self.facts['answered']}/answers", note)
        for name, answers in (("checkup", WELL), ("pain", PAIN), ("airway", AIRWAY), ("unsure", UNSURE)):
            self.facts[name] = await decide_at_once(mother, "daughter", answers)
        soonest, first = await find_place(mother, self.facts["checkup"])
        _, second = await find_place(mother, self.facts["checkup"], lambda start: start > soonest)
        self.facts["old_hold"] = await hold_at_once(mother, self.facts["checkup"], first)
        self.facts["hold"] = await hold_at_once(mother, self.facts["checkup"], second)

    async def _requests(self, mother: Page) -> None:
        urgent: Form = {"triage_id": self.facts["unsure"], "phone": "06 39 98 00 01"}
        assert (await mother.request.post("/demandes/rappel", form=urgent)).ok
        question: Form = {"kind": "question", "reason": "Faut-il venir à jeun ?", "phone": "06 39 98 00 01"}
        assert (await mother.request.post("/demandes", form=question)).ok

    async def _passkey(self, mother: Page) -> None:
        await plug_in(mother)
        await mother.goto("/compte/cles/nouvelle")
        await mother.get_by_role("button", name="Créer ma clé d’accès").click()
        await mother.wait_for_url("/compte")
        link = mother.locator("a[href^='/compte/cles/']:not([href$='nouvelle'])")
        self.facts["passkey"] = await link.get_attribute("href") or ""


async def _invitation(system: System) -> str:
    """The path that the command line prints for a practice's first owner."""
    command = [sys.executable, "-m", "backend", "invite-owner"]
    running = await asyncio.create_subprocess_exec(
        *command, env=system.env, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await running.communicate()
    return printed.decode().strip().removeprefix(system.url)
