"""Signing up and being invited: an account exists once its address is proven, and nobody learns of others."""

import re
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from backend.identity import actions, codes
from backend.identity.forms import CHANNEL_SENTENCES, channels_version
from backend.kit import i18n
from tests.identity.authenticator import Authenticator
from tests.identity.test_passkeys import register

NEW = {
    "given_name": "Zoé",
    "family_name": "d’Arc-Müller",
    "email": "Zoe@Example.org",
    "phone": "06 39 98 12 34",
    "wants_email": "1",
}


async def sign_up(browser: httpx.AsyncClient, **changes: str) -> UUID:
    answer = await browser.post("/inscription", data=NEW | changes)
    assert answer.status_code == 303, answer.text
    return UUID(httpx.URL(answer.headers["location"]).params["demande"])


async def enter(browser: httpx.AsyncClient, code_id: UUID) -> httpx.Response:
    return await browser.post(
        "/connexion/code", data={"demande": str(code_id), "code": codes.code_for(code_id)}
    )


async def test_a_new_person_comes_in_and_makes_a_passkey(
    anonymous: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    code_id = await sign_up(anonymous)
    assert await database.fetchval("select count(*) from account where email = 'zoe@example.org'") == 0

    answer = await enter(anonymous, code_id)

    assert answer.headers["location"] == "/compte/cles/nouvelle?suite=%2Ffamille%2Fbienvenue"
    page = await anonymous.get(answer.headers["location"])
    assert 'data-finish="/api/v1/passkeys?suite=%2Ffamille%2Fbienvenue"' in page.text
    row = await database.fetchrow("select * from account where email = 'zoe@example.org'")
    assert (row["given_name"], row["family_name"], row["phone"]) == ("Zoé", "d’Arc-Müller", "+33639981234")
    assert (row["wants_email"], row["wants_push"]) == (True, False)
    assert row["contact_text_version"] == channels_version("fr")
    assert row["email_confirmed_at"] is not None

    assert (await register(anonymous, Authenticator())).status_code == 201
    assert (await anonymous.get("/compte/email")).status_code == 200


async def test_without_a_passkey_the_way_goes_on(anonymous: httpx.AsyncClient) -> None:
    answer = await enter(anonymous, await sign_up(anonymous))
    page = await anonymous.get(answer.headers["location"])
    assert re.search(r'href="/famille/bienvenue"[^>]*>Plus tard', page.text)


async def test_what_was_typed_is_forgotten_once_the_code_is_used(
    anonymous: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    await enter(anonymous, await sign_up(anonymous))
    assert await database.fetchval("select sign_up from sign_in_code") is None


async def test_an_address_with_an_account_gets_the_same_page_and_keeps_its_account(
    anonymous: httpx.AsyncClient, database: asyncpg.Connection, cast: Any
) -> None:
    fresh = await anonymous.post("/inscription", data=NEW)
    known = await anonymous.post("/inscription", data=NEW | {"email": cast["mother"].email})
    assert fresh.status_code == known.status_code == 303
    code_id = UUID(httpx.URL(known.headers["location"]).params["demande"])

    answer = await enter(anonymous, code_id)

    assert answer.headers["location"] == "/"
    name = await database.fetchval("select given_name from account where id = $1", cast["mother"].account_id)
    assert name == cast["mother"].given_name


async def test_two_codes_of_one_new_address_make_one_account(
    anonymous: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    first, second = await sign_up(anonymous), await sign_up(anonymous, given_name="Zoë")
    for code_id in (first, second):
        assert (await enter(anonymous, code_id)).status_code == 303
    rows = await database.fetch("select given_name from account where email = 'zoe@example.org'")
    assert [row["given_name"] for row in rows] == ["Zoé"]


async def test_an_unused_sign_up_cannot_be_waited_for_by_somebody_else(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    """Whoever types a stranger's address first gains nothing: no account, no passkey, before its code."""
    await sign_up(anonymous, email="victim@example.org")
    assert (await anonymous.get("/compte")).status_code == 302
    assert (await anonymous.post("/api/v1/passkeys/options", json={})).status_code == 401


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "no name": ({"given_name": ""}, "Écrivez votre prénom."),
    "emoji": ({"given_name": "Zoé 🦷"}, "sans chiffre ni dessin"),
    "figures": ({"family_name": "R2D2"}, "sans chiffre ni dessin"),
    "marks alone": ({"family_name": "-'-"}, "sans chiffre ni dessin"),
    "20 KB": ({"given_name": "a" * 20_000}, "la limite est 80"),
    "no address": ({"email": "zoe"}, "Écrivez une adresse e-mail"),
    "no phone": ({"phone": "12"}, "Écrivez un numéro de téléphone"),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
async def test_a_mistake_is_said_and_everything_typed_is_kept(
    anonymous: httpx.AsyncClient,
    database: asyncpg.Connection,
    changes: dict[str, str],
    sentence: str,
) -> None:
    answer = await anonymous.post("/inscription", data=NEW | changes)

    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert sentence in answer.text
    for typed in (NEW | changes).values():
        if typed != "1":
            assert f'value="{typed.replace(chr(39), "&#39;")}"' in answer.text
    assert await database.fetchval("select count(*) from sign_in_code") == 0


@pytest.mark.parametrize(
    "name", ["Zoé", "Jean-François", "O’Neill", "d'Arc", "Đặng", "علي", "李", "N’Diaye Jr."]
)
async def test_names_of_many_kinds_are_names(anonymous: httpx.AsyncClient, name: str) -> None:
    await sign_up(anonymous, family_name=name)


async def test_all_mistakes_are_said_at_once(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post("/inscription", data={})
    for field in ("given_name", "family_name", "email"):
        assert f'href="#{field}"' in answer.text


def test_another_text_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = channels_version("fr")
    assert channels_version("en") != before
    changed = i18n.sentences("fr") | {CHANNEL_SENTENCES[0]: "Autre chose."}
    monkeypatch.setattr(i18n, "sentences", lambda _: changed)
    assert channels_version("fr") != before


INVITED = {"given_name": "Élise", "family_name": "Garnier", "email": "elise@example.org"}


async def test_an_invitation_makes_an_owner_who_needs_a_passkey(
    anonymous: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    path = await actions.invite_owner()

    answer = await anonymous.post(path, data=INVITED)

    assert answer.headers["location"] == "/compte/cles/nouvelle?suite=%2Fbureau"
    assert (await anonymous.get("/compte/email")).headers["location"].startswith("/connexion")
    made = await register(anonymous, Authenticator())
    assert made.json() == {"next": "/bureau"}
    role = await database.fetchval(
        "select role from staff_member join account on account.id = account_id where email = $1",
        INVITED["email"],
    )
    assert role == "owner"


async def test_opening_an_invitation_uses_nothing_up(anonymous: httpx.AsyncClient) -> None:
    path = await actions.invite_owner()
    for _ in range(2):
        assert (await anonymous.get(path)).status_code == 200
    assert (await anonymous.post(path, data=INVITED)).status_code == 303


async def test_an_invitation_serves_once(anonymous: httpx.AsyncClient) -> None:
    path = await actions.invite_owner()
    await anonymous.post(path, data=INVITED)
    again = await anonymous.post(path, data=INVITED | {"email": "second@example.org"})
    assert again.status_code == 404
    assert "a déjà servi" in again.text


async def test_an_invitation_lives_a_day(anonymous: httpx.AsyncClient, database: asyncpg.Connection) -> None:
    path = await actions.invite_owner()
    await database.execute("update invitation set expires_at = now()")
    assert (await anonymous.get(path)).status_code == 404
    assert (await anonymous.post(path, data=INVITED)).status_code == 404


async def test_a_taken_address_is_said_and_leaves_the_invitation(
    anonymous: httpx.AsyncClient, cast: Any
) -> None:
    path = await actions.invite_owner()
    answer = await anonymous.post(path, data=INVITED | {"email": cast["mother"].email})
    assert answer.status_code == 422
    assert "a déjà un compte" in answer.text
    assert (await anonymous.post(path, data=INVITED)).status_code == 303


async def test_a_guessed_invitation_is_no_invitation(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get(f"/invitation/{'x' * 43}")).status_code == 404
