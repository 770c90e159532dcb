"""The app on a phone: what it keeps and shows without network, pushes, what signing out takes away."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from backend.kit import dates
from tests.browser.push_browser import PushBrowser
from tests.browser.steps import ZONE, book_at_once, enter, mornings_after, move_clock
from tests.browser.system import System

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
OFFLINE = json.loads((ROOT / "shared" / "offline.json").read_text(encoding="utf-8"))
CALL = re.compile(r"Appeler.le.cabinet.:.04.65.71.00.12")
KEPT = """async () => Promise.all((await caches.keys()).map(async (name) => {
    const cache = await caches.open(name);
    return Promise.all((await cache.keys()).map(async (request) =>
        [new URL(request.url).pathname, await (await cache.match(request)).text()]));
})).then((all) => all.flat())"""


async def worker_in_charge(page: Page) -> None:
    """The service worker is installed and controls this page."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.reload()  # it may have become ready just too late for this very page


async def without_seeded_push(system: System) -> None:
    """Nobody has a device that receives pushes."""
    await system.database.execute("delete from push_subscription")


async def test_the_browser_finds_nothing_wrong_with_the_manifest(phone: Page) -> None:
    await phone.goto("/")
    cdp = await phone.context.new_cdp_session(phone)
    found = await cdp.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert (manifest["id"], manifest["display"], manifest["lang"]) == ("/", "standalone", "fr")
    for picture in (*manifest["icons"], *manifest["screenshots"]):
        answer = await phone.request.get(picture["src"])
        assert answer.headers["content-type"] == picture["type"]
        assert _png_size(await answer.body()) == picture["sizes"]
    for shortcut in manifest["shortcuts"]:
        assert (await phone.request.get(shortcut["url"], max_redirects=5)).ok, shortcut["url"]
    faults = (await cdp.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [fault["errorId"] for fault in faults if fault["errorId"] != "in-incognito"] == []


def _png_size(picture: bytes) -> str:
    return f"{int.from_bytes(picture[16:20], 'big')}x{int.from_bytes(picture[20:24], 'big')}"


async def test_without_network_emergency_and_offline_page_show_with_the_number(phone: Page) -> None:
    await enter(phone, "mother")
    await worker_in_charge(phone)
    await phone.context.set_offline(True)
    await phone.goto("/urgence")
    await expect(phone.get_by_role("heading", name="Urgence dentaire")).to_be_visible()
    await expect(phone.locator("main").get_by_role("link", name=CALL)).to_be_visible()
    await phone.goto("/rendez-vous")
    await expect(phone.get_by_role("heading", name="Vous êtes hors connexion")).to_be_visible()
    await expect(phone.locator("main").get_by_role("link", name=CALL)).to_be_visible()
    await expect(phone.locator("main")).not_to_contain_text("Camille")
    await phone.context.set_offline(False)
    await phone.goto("/rendez-vous")
    await expect(phone.get_by_role("heading", name="Mes rendez-vous")).to_be_visible()


async def test_nothing_personal_is_ever_kept_on_the_phone(phone: Page) -> None:
    await enter(phone, "mother")
    await worker_in_charge(phone)
    visit, _ = await book_at_once(phone, "daughter")
    for path in ("/", "/rendez-vous", visit, "/compte", "/famille", "/demandes"):
        await phone.goto(path)
    kept: list[list[str]] = await phone.evaluate(KEPT)
    names = {re.sub(r"^/static/\w+/", "", path) for path, _ in kept}
    assert names == {*OFFLINE["pages"], *OFFLINE["assets"]}
    assert [path for path, text in kept if re.search("Camille|Lila|Roche|Noé", text)] == []
    assert await phone.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert await phone.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_a_form_filled_without_network_stays_as_it_is(phone: Page) -> None:
    await enter(phone, "mother")
    await phone.goto("/prendre-rendez-vous")
    await phone.get_by_role("checkbox", name="Lila").check()
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="Continuer").click()
    await expect(phone.get_by_text("Ce que vous avez écrit reste ici")).to_be_visible()
    await expect(phone.get_by_role("checkbox", name="Lila")).to_be_checked()
    await phone.context.set_offline(False)
    await phone.get_by_role("button", name="Continuer").click()
    await expect(phone).to_have_url(re.compile("/questions/1$"))


async def test_a_push_goes_from_a_tap_to_the_screen(system: System, phone: Page) -> None:
    await without_seeded_push(system)
    push = PushBrowser(phone, system.outside)
    await push.plug_in()
    start = await given_a_mother_who_taps_yes(phone)
    await expect(phone.get_by_text("C’est fait. Vos rappels arriveront")).to_be_visible()
    await move_clock(phone, start - timedelta(days=2) + timedelta(minutes=1))
    message = await system.outside.message(push.name, dates.moment(start, ZONE.key))
    await push.deliver(message)
    [shown] = await push.shown()
    assert shown["title"] == f"Rendez-vous {dates.moment(start, ZONE.key)} au cabinet"
    assert shown["navigate"] == message.link
    assert urlsplit(message.link).path.startswith("/m/")
    assert await tap_on_the_notification(phone) == message.link
    assert not await notifications(phone)


async def given_a_mother_who_taps_yes(page: Page) -> datetime:
    """She has just booked a visit some days ahead; its start."""
    await enter(page, "mother")
    await worker_in_charge(page)
    visit, start = await book_at_once(
        page, "daughter", mornings_after(datetime.now(ZONE) + timedelta(days=4))
    )
    await page.goto(f"{visit}?nouveau=1")
    await page.get_by_role("button", name="Oui, me prévenir ici").click()
    return start


async def notifications(page: Page) -> list[str]:
    """The titles on the screen now."""
    titles: list[str] = await page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
            .map((notification) => notification.title)"""
    )
    return titles


async def tap_on_the_notification(page: Page) -> str:
    """Where the service worker goes when it is tapped; only a person's own tap may really open a window."""
    [worker] = page.context.service_workers
    opened: str = await worker.evaluate(
        """async () => {
            const [notification] = await registration.getNotifications();
            const event = new NotificationEvent("notificationclick", { notification });
            return new Promise((opened) => {
                self.clients.openWindow = opened;
                event.waitUntil = () => {};
                self.dispatchEvent(event);
            });
        }"""
    )
    return opened


async def test_a_push_service_that_never_answers_falls_back_to_mail(system: System, phone: Page) -> None:
    await without_seeded_push(system)
    push = PushBrowser(phone, system.outside, silent=True)
    await push.plug_in()
    await phone.clock.install()
    start = await given_a_mother_who_taps_yes(phone)
    await push.asked.wait()
    await expect(phone.get_by_text("Votre téléphone demande votre accord")).to_be_visible()
    await phone.clock.fast_forward(8_000)
    await expect(phone.get_by_text("Le service de notifications ne répond pas")).to_be_visible()
    assert await system.database.fetchval("select count(*) from push_subscription") == 0
    await move_clock(phone, start - timedelta(days=2) + timedelta(minutes=1))
    await system.all_is_sent()
    mail = (await system.outside.messages("camille.roche@example.org"))[-1]
    assert mail.title == f"Rendez-vous {dates.moment(start, ZONE.key)}"
    push.give_up()


async def test_signing_out_takes_everything_personal_from_the_phone(system: System, phone: Page) -> None:
    await without_seeded_push(system)
    push = PushBrowser(phone, system.outside)
    await push.plug_in()
    await given_a_mother_who_taps_yes(phone)
    await expect(phone.get_by_text("C’est fait.")).to_be_visible()
    await phone.evaluate("caches.open('personal').then((cache) => cache.put('/x', new Response('x')))")
    await phone.evaluate(
        "navigator.serviceWorker.ready.then((worker) => worker.showNotification('Rendez-vous'))"
    )
    await phone.goto("/compte")
    await phone.get_by_role("button", name="Me déconnecter").click()
    await expect(phone).to_have_url(re.compile("/$"))
    assert push.subscription is None
    assert (
        await phone.evaluate("caches.keys().then((all) => all.filter((name) => !name.startsWith('shell-')))")
        == []
    )
    assert await notifications(phone) == []
    still_open = "select count(*) from push_subscription where closed_at is null"
    assert await system.database.fetchval(still_open) == 0
    await phone.goto("/rendez-vous")
    await expect(phone).to_have_url(re.compile("/connexion"))
    await phone.context.set_offline(True)
    await phone.goto("/urgence")
    await expect(phone.get_by_role("heading", name="Urgence dentaire")).to_be_visible()
