"""Another software says that a practitioner is busy during a booked visit: connected, read, and a clash."""

from datetime import datetime, timedelta

from playwright.async_api import Page, expect

from backend.demo.peers.agenda import calendar
from tests.browser.steps import ZONE, book_at_once, mornings_after
from tests.browser.system import System

NAME = "Cours du lycée"


async def tell_busy(system: System, owner: Page, practitioner: str, start: datetime) -> None:
    """The owner connects an agenda that is busy for half an hour from then, and sees it read."""
    told = f"UID:cours@lycee.example\nSUMMARY:Cours\nDTSTART:{start:%Y%m%dT%H%M%S}\nDURATION:PT30M"
    await system.outside.put_agenda("lycee.ics", calendar(told))
    await owner.goto("/bureau/agendas-externes")
    await owner.get_by_label("Praticien").select_option(label=practitioner)
    await owner.get_by_label("Nom de l’autre logiciel").fill(NAME)
    url = f"{system.env['QUENOTTE_DEMO_PEERS_URL']}/agenda/lycee.ics"
    await owner.get_by_label("Adresse de l’agenda (iCal)").fill(url)
    await owner.get_by_role("button", name="Ajouter").click()
    card = owner.locator("section", has=owner.get_by_role("heading", name=NAME))
    await expect(card).to_contain_text("En attente")
    await system.is_looked_at()
    await owner.reload()
    await expect(card).to_contain_text("1 plage occupée connue")


async def set_clash(system: System, owner: Page, mother: Page) -> str:
    """Her visit, and an agenda that wants its practitioner at the same time; the visit on the desk's day."""
    path, start = await book_at_once(
        mother, "outsider", mornings_after(await system.now() + timedelta(days=8))
    )
    visit = path.rsplit("/", 1)[-1]
    practitioner = await system.database.fetchval(
        "select p.short_name from appointment a join practitioner p on p.id = a.practitioner_id"
        " where a.id = $1::uuid",
        visit,
    )
    await tell_busy(system, owner, practitioner, start.astimezone(ZONE))
    return f"/bureau/jour/{start.astimezone(ZONE).date()}?rdv={visit}"
