"""The account page and what hangs from it: details, channels, address, passkeys, sessions, devices."""

import base64
import os
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.identity import codes, device_repository
from backend.kit.ids import new_id
from tests.identity.authenticator import Authenticator, text_of
from tests.identity.test_passkeys import options_for, register

Enter = Callable[..., Awaitable[httpx.AsyncClient]]
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/"


def subscription(**changes: Any) -> dict[str, Any]:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": text_of(raw), "auth": text_of(os.urandom(16))} | changes.pop("keys", {})
    found = {"endpoint": ENDPOINT + text_of(os.urandom(12)), "expirationTime": None, "keys": keys}
    return {"subscription": found | changes}


async def test_the_page_shows_ones_own_and_nobody_elses(as_person: Enter, cast: Any) -> None:
    page = (await (await as_person("father")).get("/compte")).text
    assert cast["father"].email in page
    assert cast["mother"].email not in page


async def test_details_are_corrected(as_person: Enter, cast: Any, database: asyncpg.Connection) -> None:
    browser = await as_person("mother")
    answer = await browser.post(
        "/compte/coordonnees", data={"given_name": "Camille", "family_name": "Petit", "phone": ""}
    )
    assert answer.headers["location"] == "/compte?fait=1"
    assert "C’est enregistré." in (await browser.get("/compte?fait=1")).text
    row = await database.fetchrow("select * from account where id = $1", cast["mother"].account_id)
    assert (row["family_name"], row["phone"]) == ("Petit", None)


async def test_a_wrong_phone_is_said_and_kept(as_person: Enter) -> None:
    answer = await (await as_person("mother")).post(
        "/compte/coordonnees", data={"given_name": "Camille", "family_name": "Petit", "phone": "zéro"}
    )
    assert answer.status_code == 422
    assert 'value="zéro"' in answer.text
    assert 'href="#phone"' in answer.text


async def test_channels_are_chosen_anew_with_their_text(
    as_person: Enter, cast: Any, database: asyncpg.Connection
) -> None:
    await (await as_person("mother")).post("/compte/canaux", data={"wants_push": "1"})
    row = await database.fetchrow("select * from account where id = $1", cast["mother"].account_id)
    assert (row["wants_push"], row["wants_email"]) == (True, False)
    assert row["contact_text_version"].startswith("fr-")


async def change_address(browser: httpx.AsyncClient, email: str) -> UUID:
    answer = await browser.post("/compte/email", data={"email": email})
    assert answer.status_code == 303, answer.text
    return UUID(httpx.URL(answer.headers["location"]).params["demande"])


async def enter(browser: httpx.AsyncClient, code_id: UUID) -> httpx.Response:
    return await browser.post(
        "/connexion/code", data={"demande": str(code_id), "code": codes.code_for(code_id)}
    )


async def test_a_new_address_counts_once_its_code_comes_back(
    as_person: Enter, cast: Any, database: asyncpg.Connection
) -> None:
    browser = await as_person("mother")
    code_id = await change_address(browser, "new@example.org")
    addresses = await device_repository.addresses(code_id)
    assert addresses is not None
    assert addresses.email == "new@example.org"

    async def email() -> Any:
        return await database.fetchval("select email from account where id = $1", cast["mother"].account_id)

    assert await email() == cast["mother"].email
    await enter(browser, code_id)
    assert await email() == "new@example.org"


async def test_nobody_else_can_bring_that_code_back(
    as_person: Enter, anonymous: httpx.AsyncClient, cast: Any
) -> None:
    code_id = await change_address(await as_person("mother"), "new@example.org")
    for browser in (anonymous, await as_person("outsider")):
        assert (await enter(browser, code_id)).status_code == 422


async def test_an_address_of_another_account_is_refused_once_proven(as_person: Enter, cast: Any) -> None:
    browser = await as_person("mother")
    answer = await enter(browser, await change_address(browser, cast["outsider"].email))
    assert answer.status_code == 409
    assert "a déjà un compte" in answer.text


async def test_changing_the_address_needs_a_fresh_proof(
    as_person: Enter, database: asyncpg.Connection
) -> None:
    browser = await as_person("mother")
    await database.execute("update session set created_at = now() - interval '11 minutes'")
    assert (await browser.get("/compte/email")).headers["location"] == "/connexion?suite=/compte/email"
    assert (await browser.post("/compte/email", data={"email": "new@example.org"})).status_code == 401


@pytest.fixture
async def two_keys(as_person: Enter, database: asyncpg.Connection) -> tuple[httpx.AsyncClient, list[UUID]]:
    """The mother's browser, just proven, with two passkeys on the account."""
    browser = await as_person("mother")
    for _ in range(2):
        assert (await register(browser, Authenticator())).status_code == 201
    rows = await database.fetch("select id from passkey order by id")
    return browser, [row["id"] for row in rows]


async def test_a_passkey_is_renamed(two_keys: tuple[httpx.AsyncClient, list[UUID]]) -> None:
    browser, (first, _) = two_keys
    await browser.post(f"/compte/cles/{first}", data={"name": "Mon <téléphone>"})
    assert "Mon &lt;téléphone&gt;" in (await browser.get("/compte")).text
    refused = await browser.post(f"/compte/cles/{first}", data={"name": ""})
    assert refused.status_code == 422


async def test_a_passkey_is_removed_after_a_question(
    two_keys: tuple[httpx.AsyncClient, list[UUID]], database: asyncpg.Connection
) -> None:
    browser, (first, second) = two_keys
    assert "Retirer cette clé d’accès\u00a0?" in (await browser.get(f"/compte/cles/{first}/retirer")).text
    await browser.post(f"/compte/cles/{first}/retirer")
    assert await database.fetchval("select array_agg(id) from passkey") == [second]
    assert "seule clé" in (await browser.get(f"/compte/cles/{second}/retirer")).text


@pytest.mark.parametrize("path", ["/compte/cles/{}", "/compte/cles/{}/retirer"])
async def test_another_persons_passkey_and_an_unknown_one_look_the_same(
    as_person: Enter, two_keys: tuple[httpx.AsyncClient, list[UUID]], path: str
) -> None:
    outsider = await as_person("outsider")
    for passkey_id in (two_keys[1][0], new_id()):
        shown = await outsider.get(path.format(passkey_id))
        posted = await outsider.post(path.format(passkey_id), data={"name": "x"})
        assert (shown.status_code, posted.status_code) == (404, 404)


async def test_staff_keep_their_last_passkey(as_person: Enter, database: asyncpg.Connection) -> None:
    browser = await as_person("receptionist")
    await register(browser, Authenticator())
    last = await database.fetchval("select id from passkey")
    answer = await browser.post(f"/compte/cles/{last}/retirer")
    assert answer.status_code == 409
    assert "seule clé" in answer.text
    assert await database.fetchval("select count(*) from passkey") == 1


async def test_sessions_are_listed_and_ended(as_person: Enter, database: asyncpg.Connection) -> None:
    here, there = await as_person("mother"), await as_person("mother")
    page = (await here.get("/compte")).text
    assert "cet appareil" in page
    assert "Déconnecter tous les autres appareils" in page
    await here.post("/compte/sessions/fermer-les-autres")
    assert (await there.get("/compte")).status_code == 302
    assert (await here.get("/compte")).status_code == 200


async def test_a_browser_subscribes_and_is_reached(as_person: Enter, cast: Any) -> None:
    browser, body = await as_person("outsider"), subscription()

    answer = await browser.post("/api/v1/push-subscriptions", json=body)

    assert answer.status_code == 201
    addresses = await device_repository.addresses(cast["outsider"].account_id)
    assert addresses is not None
    assert addresses.devices[0].endpoint == body["subscription"]["endpoint"]
    gone = await browser.request(
        "DELETE", "/api/v1/push-subscriptions", json={"endpoint": body["subscription"]["endpoint"]}
    )
    assert gone.status_code == 204
    after = await device_repository.addresses(cast["outsider"].account_id)
    assert after is not None
    assert body["subscription"]["endpoint"] not in [device.endpoint for device in after.devices]


async def test_signing_out_closes_what_that_browser_receives(
    as_person: Enter, database: asyncpg.Connection
) -> None:
    browser, body = await as_person("outsider"), subscription()
    await browser.post("/api/v1/push-subscriptions", json=body)
    await browser.post("/deconnexion")
    closed = await database.fetchval(
        "select closed_at from push_subscription where endpoint = $1", body["subscription"]["endpoint"]
    )
    assert closed is not None


async def test_a_fresh_proof_keeps_what_the_browser_receives(
    as_person: Enter, database: asyncpg.Connection
) -> None:
    browser, body, key = await as_person("outsider"), subscription(), Authenticator()
    await register(browser, key)
    await browser.post("/api/v1/push-subscriptions", json=body)
    await browser.post("/api/v1/sign-in", json=key.get(await options_for(browser, "sign-in")))
    row = await database.fetchrow(
        "select p.closed_at, s.ended_at from push_subscription p join session s on s.id = p.session_id"
        " where endpoint = $1",
        body["subscription"]["endpoint"],
    )
    assert tuple(row) == (None, None)


async def test_a_device_is_taken_from_the_list_by_its_owner_alone(as_person: Enter) -> None:
    browser = await as_person("outsider")
    made = await browser.post("/api/v1/push-subscriptions", json=subscription())
    path = f"/compte/appareils/{made.json()['id']}/retirer"
    assert (await (await as_person("mother")).post(path)).status_code == 404
    assert (await browser.post(path)).status_code == 303
    assert (await browser.post(path)).status_code == 404


BAD_SUBSCRIPTIONS: dict[str, dict[str, Any]] = {
    "our own network": {"endpoint": "https://127.0.0.1/push"},
    "a stranger": {"endpoint": "https://push.evil.example/x"},
    "no https": {"endpoint": ENDPOINT.replace("https", "http")},
    "no address": {"endpoint": "zéro"},
    "a key off the curve": {"keys": {"p256dh": base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()}},
    "a short key": {"keys": {"p256dh": "AAAA"}},
    "a short secret": {"keys": {"auth": "AAAA"}},
    "junk": {"keys": {"auth": "%%%"}},
}


@pytest.mark.parametrize("changes", BAD_SUBSCRIPTIONS.values(), ids=BAD_SUBSCRIPTIONS.keys())
async def test_what_could_never_be_sent_to_is_refused(as_person: Enter, changes: dict[str, Any]) -> None:
    browser = await as_person("outsider")
    answer = await browser.post("/api/v1/push-subscriptions", json=subscription(**changes))
    assert answer.status_code == 422
    assert answer.json()["key"] == "identity.subscription_refused"


@pytest.mark.parametrize("body", [[], {"subscription": 1}, {"subscription": {"endpoint": "x", "keys": {}}}])
async def test_a_subscription_of_the_wrong_type_is_refused(as_person: Enter, body: object) -> None:
    answer = await (await as_person("outsider")).post("/api/v1/push-subscriptions", json=body)
    assert answer.status_code == 400
    assert answer.json()["key"] == "kit.bad_request"
