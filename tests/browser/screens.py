"""Every screen there is: whose it is, where it is, what is done on it first.

The tests look at each for faults that a machine can find; `make pictures` takes its picture for people.
"""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from playwright.async_api import Page, expect

UNKNOWN = "01970000-0000-7000-8000-0000000000ff"
SURGEON = "01970000-0000-7000-8000-000000000012"
"""Who is not there on Wednesdays."""

Deed = Callable[[Page], Awaitable[None]]


class Screen(NamedTuple):
    """`path` may name facts of the stage in braces; `then` is done on the page before it is looked at.

    Those of two `sites` come last: the second one is opened for them, and is not closed again.
    """

    name: str
    person: str | None
    path: str
    then: Deed | None = None
    sites: int = 1


async def _send_empty(page: Page) -> None:
    await page.locator("main form button[type=submit]").last.click()
    await expect(page).to_have_title(re.compile("^Erreur"))


async def _search(page: Page) -> None:
    await page.get_by_role("searchbox").fill("roche")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Patients trouvés")).to_be_visible()


async def _open_filters(page: Page) -> None:
    await page.get_by_text("Choisir un jour ou un praticien").click()


async def _make_address(page: Page) -> None:
    await page.get_by_role("button", name="Créer une adresse").click()
    await expect(page.get_by_label("Adresse secrète")).to_be_visible()


PUBLIC = (
    Screen("demo", None, "/demo"),
    Screen("demo-messages", None, "/demo/messages"),
    Screen("welcome", None, "/"),
    Screen("sign-in", None, "/connexion"),
    Screen("sign-in-mistake", None, "/connexion", _send_empty),
    Screen("sign-in-code", None, f"/connexion/code?demande={UNKNOWN}"),
    Screen("sign-up", None, "/inscription"),
    Screen("sign-up-mistakes", None, "/inscription", _send_empty),
    Screen("invitation", None, "{invitation}"),
    Screen("emergency", None, "/urgence"),
    Screen("offline", None, "/hors-connexion"),
    Screen("privacy", None, "/confidentialite"),
    Screen("accessibility", None, "/accessibilite"),
    Screen("message-link", None, "{link}"),
    Screen("message-link-cancel", None, "{link}/annuler"),
    Screen("message-link-moved", None, "{old_link}"),
)
FAMILY = (
    Screen("home", "mother", "/"),
    Screen("who", "mother", "/prendre-rendez-vous"),
    Screen("who-mistake", "mother", "/prendre-rendez-vous", _send_empty),
    Screen("question-danger", "mother", "/prendre-rendez-vous/{asked}/questions/1"),
    Screen("question-one", "mother", "/prendre-rendez-vous/{asked}/questions/2"),
    Screen("question-mistake", "mother", "/prendre-rendez-vous/{asked}/questions/2", _send_empty),
    Screen("question-note", "mother", "/prendre-rendez-vous/{answered}/questions/5"),
    Screen("answers", "mother", "/prendre-rendez-vous/{answered}/verifier"),
    Screen("result", "mother", "/prendre-rendez-vous/{pain}/resultat"),
    Screen("result-checkup", "mother", "/prendre-rendez-vous/{checkup}/resultat"),
    Screen("stop-15", "mother", "/prendre-rendez-vous/{airway}/resultat"),
    Screen("stop-call", "mother", "/prendre-rendez-vous/{unsure}/resultat"),
    Screen("slots", "mother", "/prendre-rendez-vous/{checkup}/creneaux"),
    Screen("slots-filters", "mother", "/prendre-rendez-vous/{checkup}/creneaux", _open_filters),
    Screen("slots-nothing", "mother", "/prendre-rendez-vous/{pain}/creneaux?jour=6&moment=soir"),
    Screen("slots-later", "mother", "/prendre-rendez-vous/{checkup}/creneaux?jour=6"),
    Screen("slots-never", "mother", f"/prendre-rendez-vous/{{checkup}}/creneaux?jour=3&praticien={SURGEON}"),
    Screen("slots-mistake", "mother", "/prendre-rendez-vous/{pain}/creneaux?de=hier"),
    Screen("slots-soon", "mother", "/prendre-rendez-vous/{pain}/creneaux"),
    Screen("held", "mother", "/prendre-rendez-vous/retenu/{hold}"),
    Screen("held-no-more", "mother", "/prendre-rendez-vous/retenu/{old_hold}"),
    Screen("booked", "mother", "{visit}?nouveau=1"),
    Screen("visit", "mother", "{visit}"),
    Screen("visit-move", "mother", "{visit}/deplacer"),
    Screen("visit-cancel", "mother", "{visit}/annuler"),
    Screen("visit-cancelled", "mother", "{cancelled}?fait=annule"),
    Screen("visits", "mother", "/rendez-vous"),
    Screen("requests", "mother", "/demandes"),
    Screen("request-new", "mother", "/demandes/nouvelle"),
    Screen("request-mistakes", "mother", "/demandes/nouvelle", _send_empty),
    Screen("call-back", "mother", "/demandes/rappel"),
    Screen("family", "mother", "/famille"),
    Screen("family-child", "mother", "/famille/enfant"),
    Screen("family-child-mistakes", "mother", "/famille/enfant", _send_empty),
    Screen("agenda", "mother", "/agenda"),
    Screen("agenda-made", "mother", "/agenda", _make_address),
    Screen("account", "mother", "/compte"),
    Screen("account-email", "mother", "/compte/email"),
    Screen("passkey-new", "mother", "/compte/cles/nouvelle"),
    Screen("passkey", "mother", "{passkey}"),
    Screen("passkey-remove", "mother", "{passkey}/retirer"),
    Screen("not-found", "mother", f"/rendez-vous/{UNKNOWN}"),
)


async def _open_free_time(page: Page) -> None:
    await page.locator(".gap a").first.click()
    await expect(page.get_by_role("heading", name="Temps libre")).to_be_visible()


async def _change_care(page: Page) -> None:
    minutes = page.get_by_label("Durée du soin")
    await minutes.fill("25" if await minutes.input_value() == "20" else "20")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_text("C’est enregistré.")).to_be_visible()


async def _mistake_care(page: Page) -> None:
    await page.get_by_label("Durée du soin").fill("22")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page).to_have_title(re.compile("^Erreur"))


async def _one_plan(page: Page) -> None:
    await page.get_by_role("link", name="Dre Roux").click()
    await expect(page.get_by_role("heading", name="Dre Roux", level=1)).to_be_visible()


async def _new_hours(page: Page) -> None:
    await _one_plan(page)
    await page.get_by_role("link", name="Ajouter des heures").click()
    await expect(page.get_by_role("heading", name="Ajouter des heures", level=1)).to_be_visible()


async def _check_hours(page: Page) -> None:
    await _one_plan(page)
    await page.get_by_role("button", name=re.compile(r"^Retirer\s: ")).first.click()
    await expect(page.get_by_role("heading", name="Vérifier avant d’enregistrer")).to_be_visible()


TOGETHER = (
    Screen("group", "helper", "/prendre-rendez-vous/ensemble/{group}"),
    Screen("group-slots", "helper", "/prendre-rendez-vous/ensemble/{group}/creneaux"),
    Screen("group-held", "helper", "/prendre-rendez-vous/ensemble/{group}/verifier"),
    Screen("group-visits", "outsider", "/rendez-vous/ensemble/{group_visits}"),
    Screen("group-move", "outsider", "/rendez-vous/ensemble/{group_visits}/deplacer"),
    Screen("group-cancel", "outsider", "/rendez-vous/ensemble/{group_visits}/annuler"),
    Screen("earlier", "father", "{wish}"),
    Screen("earlier-offer", None, "{offer}"),
)


async def _open_times(page: Page) -> None:
    await page.get_by_text("Corriger les heures").click()


STAFF = (
    Screen("desk-today", "receptionist", "/bureau"),
    Screen("desk-visit", "receptionist", "{day}?rdv={visit_id}"),
    Screen("desk-visit-clinical", "dentist", "{day}?rdv={visit_id}"),
    Screen("desk-requests", "receptionist", "/bureau/demandes"),
    Screen("desk-search", "receptionist", "/bureau", _search),
    Screen("desk-stuck", "receptionist", "/bureau/taches-bloquees"),
    Screen("desk-clash", "receptionist", "{clash}"),
    Screen("calendars", "owner", "/bureau/agendas-externes"),
    Screen("calendars-mistakes", "owner", "/bureau/agendas-externes", _send_empty),
    Screen("own-agenda", "dentist", "/bureau/mon-agenda"),
    Screen("own-agenda-made", "dentist", "/bureau/mon-agenda", _make_address),
    Screen("desk-week", "receptionist", "{week}"),
    Screen("desk-places", "owner", "/bureau/places-liberees"),
    Screen("desk-free-time", "receptionist", "{day}", _open_free_time),
    Screen("desk-menu", "owner", "/bureau/cabinet"),
    Screen("desk-in-chair", "receptionist", "{over}", _open_times),
    Screen("desk-lengths", "owner", "/bureau/durees"),
    Screen("desk-lengths-mistake", "owner", "/bureau/durees", _send_empty),
    Screen("desk-account", "receptionist", "/compte"),
    Screen("owner-care-list", "owner", "/bureau/soins"),
    Screen("owner-care", "owner", "/bureau/soins/CTRL", _change_care),
    Screen("owner-care-mistake", "owner", "/bureau/soins/CTRL", _mistake_care),
    Screen("owner-care-new", "owner", "/bureau/soins/nouveau"),
    Screen("owner-modifiers", "owner", "/bureau/soins/supplements"),
    Screen("owner-hours", "owner", "/bureau/horaires"),
    Screen("owner-plan", "owner", "/bureau/horaires", _one_plan),
    Screen("owner-hours-form", "owner", "/bureau/horaires", _new_hours),
    Screen("owner-hours-check", "owner", "/bureau/horaires", _check_hours),
    Screen("desk-sites", "receptionist", "/bureau", sites=2),
    Screen("desk-week-sites", "receptionist", "{week}", sites=2),
)
SITES = (
    Screen("slots-sites", "mother", "/prendre-rendez-vous/{checkup}/creneaux", sites=2),
    Screen("group-slots-sites", "helper", "/prendre-rendez-vous/ensemble/{group}/creneaux", sites=2),
)
SCREENS = (*PUBLIC, *FAMILY, *TOGETHER, *STAFF, *SITES)
