"""Signing up, out and in as in production: no demo, a passkey in a virtual authenticator, codes by e-mail."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from backend.kit import dates
from tests.browser.authenticator import Authenticator, plug_in
from tests.browser.fixtures import new_system
from tests.browser.steps import ZONE, book_at_once, mornings_after
from tests.browser.system import System
from tests.conftest import TEMPLATE

pytestmark = pytest.mark.browser

NEWCOMER = "nadege.perrin@example.org"
MOTHER = "camille.roche@example.org"
CARE = "M’T dents"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[System]:
    """The app with the demo off."""
    system: System = new_system("production", demo=False)
    await system.start(TEMPLATE)
    yield system
    await system.stop()


@pytest.fixture
async def system(running: System) -> System:
    """The same on its first day, instead of the demo."""
    await running.forget()
    return running


@pytest.fixture
async def authenticator(phone: Page) -> Authenticator:
    """The phone's."""
    return await plug_in(phone)


async def test_there_is_no_demo_door(phone: Page) -> None:
    for path in ("/demo", "/demo/messages"):
        answer = await phone.goto(path)
        assert answer
        assert answer.status == 404
    assert (await phone.request.post("/demo/enter", form={"person": "mother"})).status == 404
    assert (await phone.request.post("/demo/clock", form={"to": "2030-01-01T00:00:00Z"})).status == 404


async def test_up_out_and_in_with_a_passkey(
    system: System, phone: Page, authenticator: Authenticator
) -> None:
    await when_a_newcomer_signs_up(phone, system)
    await when_she_makes_a_passkey_and_a_file(phone)
    [passkey] = await authenticator.passkeys()
    assert passkey["isResidentCredential"]
    await when_she_signs_out(phone)
    await when_she_taps_the_button(phone, authenticator)
    await then_her_account_is_open(phone, "Nadège")

    await when_she_signs_out(phone)
    await phone.goto("/connexion")  # the browser offers the passkey in the e-mail field, and she takes it
    await expect(phone.get_by_role("heading", name="Bonjour Nadège")).to_be_visible()

    await when_she_signs_out(phone)
    await authenticator.user_verified(False)
    await when_she_taps_the_button(phone, authenticator)
    await expect(phone.get_by_text("La vérification a été interrompue")).to_be_visible()
    await phone.goto("/compte")
    await expect(phone).to_have_url(re.compile("/connexion"))


async def when_a_newcomer_signs_up(page: Page, system: System) -> None:
    await page.goto("/inscription")
    await page.get_by_label("Prénom").fill("Nadège")
    await page.get_by_label("Nom", exact=True).fill("Perrin")
    await page.get_by_label("Adresse e-mail").fill(NEWCOMER)
    await page.get_by_role("button", name="Continuer").click()
    await type_the_code(page, system, NEWCOMER)


async def type_the_code(page: Page, system: System, address: str) -> None:
    mail = await system.outside.message(address, "Votre code")
    found = re.search(r"\b\d{3}\s?\d{3}\b", mail.text)
    assert found, mail.text
    assert found.group() not in mail.subject
    await page.get_by_label("Code à six chiffres").fill(found.group())
    await page.get_by_role("button", name="Entrer").click()


async def when_she_makes_a_passkey_and_a_file(page: Page) -> None:
    await page.get_by_role("button", name="Créer ma clé d’accès").click()
    await expect(page.get_by_role("heading", name="Bienvenue, Nadège")).to_be_visible()
    for label, number in (("Jour", "9"), ("Mois", "4"), ("Année", "1990")):
        await page.get_by_label(label).fill(number)
    await page.get_by_role("button", name="Continuer").click()
    await expect(page).to_have_url(re.compile("^(?!.*bienvenue)"))


async def when_she_signs_out(page: Page) -> None:
    await page.goto("/compte")
    await page.get_by_role("button", name="Me déconnecter").click()
    await expect(page.get_by_role("link", name="Se connecter").first).to_be_visible()


async def when_she_taps_the_button(page: Page, authenticator: Authenticator) -> None:
    """Not the offer in the e-mail field: nobody answers that one, so it waits until the button ends it."""
    await authenticator.somebody_is_there(False)
    await page.goto("/connexion", wait_until="networkidle")
    await authenticator.somebody_is_there(True)
    await page.get_by_role("button", name=re.compile("Me connecter avec mon visage")).click()


async def then_her_account_is_open(page: Page, given_name: str) -> None:
    await expect(page).not_to_have_url(re.compile("/connexion"))
    await page.goto("/compte")
    await expect(page.get_by_label("Prénom")).to_have_value(given_name)
    await expect(page.get_by_text("Avec la clé d’accès")).to_be_visible()


async def test_a_code_by_mail_opens_time_place_and_practitioner_only(system: System, phone: Page) -> None:
    await phone.goto("/connexion")
    await phone.get_by_label("Adresse e-mail").fill(MOTHER)
    await phone.get_by_role("button", name="Envoyer le code").click()
    await type_the_code(phone, system, MOTHER)
    await expect(phone.get_by_role("heading", name=re.compile("Camille"))).to_be_visible()

    visit, start = await book_at_once(phone, "daughter", mornings_after(datetime.now(ZONE)))
    await then_the_visit_says_when_and_where_alone(phone, visit, start)
    await system.database.execute(
        "insert into business_clock (ahead) values ($1)", start - datetime.now(ZONE) + timedelta(days=1)
    )
    await phone.goto("/rendez-vous")
    await expect(phone.get_by_text("Pour voir les rendez-vous passés")).to_be_visible()
    await expect(phone.get_by_role("article")).to_have_count(0)
    answer = await phone.goto(visit)
    assert answer
    assert answer.status == 404


async def then_the_visit_says_when_and_where_alone(page: Page, visit: str, start: datetime) -> None:
    for path in (visit, "/rendez-vous", "/"):
        await page.goto(path)
        await expect(page.locator("main")).not_to_contain_text(CARE)
    await page.goto(visit)
    for words in (dates.moment(start, ZONE.key), "12 place des Tilleuls", re.compile("Dre? (Hélène|Marc)")):
        await expect(page.locator("main")).to_contain_text(words)
    read = await (await page.request.get(f"/api/v1/appointments/{visit.rpartition('/')[2]}")).json()
    assert (read["care"], read["practitioner_name"][:2]) == ("", "Dr")
