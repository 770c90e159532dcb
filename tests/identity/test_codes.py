"""One-time codes: asked for alike by everybody, sent to those who have an account, good for one entry."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from backend.identity import codes, device_repository
from backend.identity.events import SignInCodeAsked
from backend.kit import db
from backend.kit.clock import business_now
from backend.messaging.model import Delivery, Drop, Send
from backend.messaging.render import catalogue

Enter = Callable[..., Awaitable[httpx.AsyncClient]]


async def ask(browser: httpx.AsyncClient, email: str, **more: str) -> UUID:
    answer = await browser.post("/connexion", data={"email": email, **more})
    assert answer.status_code == 303, answer.text
    return UUID(httpx.URL(answer.headers["location"]).params["demande"])


async def enter(browser: httpx.AsyncClient, code_id: UUID, typed: str, **more: str) -> httpx.Response:
    return await browser.post("/connexion/code", data={"demande": str(code_id), "code": typed, **more})


async def owed(code_id: UUID, database: asyncpg.Connection) -> int:
    """The worker's part, twice as a worker may; how many messages are owed for that code."""
    for _ in range(2):
        async with db.transaction():
            await codes.owe_code(SignInCodeAsked(code_id=code_id))
    count: int = await database.fetchval("select count(*) from delivery where subject_id = $1", code_id)
    return count


def wrong(code_id: UUID) -> str:
    return f"{(int(codes.code_for(code_id)) + 1) % 1_000_000:06d}"


async def test_the_code_opens_a_weak_session(anonymous: httpx.AsyncClient, cast: Any) -> None:
    code_id = await ask(anonymous, cast["mother"].email, suite="/famille")

    answer = await enter(anonymous, code_id, codes.code_for(code_id), suite="/famille")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/famille"
    assert (await anonymous.get("/compte")).status_code == 200
    assert (await anonymous.get("/compte/email")).headers["location"] == "/connexion?suite=/compte/email"


async def test_the_code_may_be_spaced_as_in_the_message(anonymous: httpx.AsyncClient, cast: Any) -> None:
    code_id = await ask(anonymous, cast["mother"].email.upper())
    digits = codes.code_for(code_id)
    assert (await enter(anonymous, code_id, f" {digits[:3]} {digits[3:]} ")).status_code == 303


async def test_everybody_gets_the_same_answer(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    """No page tells who has an account: same status, same words, same rows; only the worker knows."""
    pages, places = [], []
    for email in (cast["mother"].email, cast["dentist"].email, "nobody@example.org"):
        answer = await anonymous.post("/connexion", data={"email": email})
        places.append(re.sub(r"demande=[0-9a-f-]+", "demande=…", answer.headers["location"]))
        shown = await anonymous.get(answer.headers["location"])
        pages.append(re.sub(r'value="[0-9a-f-]{36}"', "", shown.text))
    assert len(set(places)) == 1
    assert len(set(pages)) == 1
    assert await database.fetchval("select count(*) from sign_in_code") == 3
    assert await database.fetchval("select count(*) from outbox_event where name = 'SignInCodeAsked'") == 3


async def test_only_a_patients_account_is_sent_a_code(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    counts = {
        email: await owed(await ask(anonymous, email), database)
        for email in (cast["mother"].email, cast["owner"].email, "nobody@example.org")
    }
    assert list(counts.values()) == [1, 0, 0]


async def test_a_code_never_opens_an_account_of_the_practice(anonymous: httpx.AsyncClient, cast: Any) -> None:
    code_id = await ask(anonymous, cast["owner"].email)
    answer = await enter(anonymous, code_id, codes.code_for(code_id))
    assert answer.status_code == 422
    assert "quenotte" not in anonymous.cookies


async def test_the_message_goes_to_the_address_it_was_asked_for_and_says_the_code(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    await owed(code_id, database)
    row = await database.fetchrow(
        "select id, kind, occasion, account_id, subject_id, subject_version, due_at, useless_after, attempts"
        " from delivery where subject_id = $1",
        code_id,
    )
    delivery = db.to_struct(Delivery, row)

    addresses = await device_repository.addresses(delivery.account_id)
    assert addresses is not None
    assert addresses.email == cast["mother"].email
    verdict = await codes.check(delivery, "fr", await business_now())
    assert isinstance(verdict, Send)
    text = catalogue().fill("sign_in_code", "fr", {**verdict.values, "link": verdict.link})["email"]
    digits = codes.code_for(code_id)
    assert f"{digits[:3]} {digits[3:]}" in text
    assert delivery.useless_after - delivery.due_at == timedelta(minutes=10)

    await enter(anonymous, code_id, digits)
    assert await codes.check(delivery, "fr", await business_now()) == Drop("expired")


async def test_nothing_readable_is_stored(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    everything = await database.fetchval("select c::text from sign_in_code c where id = $1", code_id)
    assert codes.code_for(code_id) not in everything
    assert "127.0.0.1" not in everything


async def test_a_wrong_code_is_told_at_the_field_and_costs_one_try(
    anonymous: httpx.AsyncClient, cast: Any
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    answer = await enter(anonymous, code_id, wrong(code_id))
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert "Ce code ne correspond pas" in answer.text
    assert (await enter(anonymous, code_id, codes.code_for(code_id))).status_code == 303


async def test_five_wrong_codes_spend_it(anonymous: httpx.AsyncClient, cast: Any) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    answers = [await enter(anonymous, code_id, wrong(code_id)) for _ in range(5)]
    assert all(answer.status_code == 422 for answer in answers)
    assert "n’est plus valable" in answers[-1].text

    right = await enter(anonymous, code_id, codes.code_for(code_id))

    assert right.status_code == 422
    assert "n’est plus valable" in right.text
    assert "quenotte" not in anonymous.cookies


async def test_a_hundred_guesses_at_once_are_five(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    await asyncio.gather(*(enter(anonymous, code_id, wrong(code_id)) for _ in range(100)))
    assert await database.fetchval("select tries from sign_in_code where id = $1", code_id) == 5


async def test_an_expired_code_is_refused_with_a_sentence(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    await database.execute("update sign_in_code set expires_at = now()")
    answer = await enter(anonymous, code_id, codes.code_for(code_id))
    assert answer.status_code == 422
    assert "plus de dix minutes" in answer.text


async def test_a_code_serves_once(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    answers = await asyncio.gather(*(enter(anonymous, code_id, codes.code_for(code_id)) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422, 422]
    assert await database.fetchval("select count(*) from session") == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "🦷" * 6, "1" * 20_000])
async def test_a_slip_is_told_and_costs_no_try(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection, typed: str
) -> None:
    code_id = await ask(anonymous, cast["mother"].email)
    answer = await enter(anonymous, code_id, typed)
    assert answer.status_code == 422
    assert "Il y a un problème" in answer.text
    assert await database.fetchval("select tries from sign_in_code") == 0


@pytest.mark.parametrize("address", ["", "camille", "a@b", "a b@example.org", "x" * 300 + "@example.org"])
async def test_a_wrong_address_is_told_and_kept(
    anonymous: httpx.AsyncClient, database: asyncpg.Connection, address: str
) -> None:
    answer = await anonymous.post("/connexion", data={"email": address})
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert f'value="{address}"' in answer.text
    assert await database.fetchval("select count(*) from sign_in_code") == 0


async def test_an_address_has_five_codes_an_hour_whether_or_not_it_has_an_account(
    anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    for email in (cast["mother"].email, "nobody@example.org"):
        for _ in range(5):
            await ask(anonymous, email)
        answer = await anonymous.post("/connexion", data={"email": email})
        assert answer.status_code == 429
        assert "Attendez 60 minutes" in answer.text
    await database.execute("update sign_in_code set created_at = created_at - interval '61 minutes'")
    await ask(anonymous, cast["mother"].email)


async def test_a_network_has_thirty_codes_an_hour(anonymous: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(anonymous.post("/connexion", data={"email": f"p{n}@example.org"}) for n in range(35))
    )
    assert sorted(answer.status_code for answer in answers) == [303] * 30 + [429] * 5


@pytest.mark.parametrize("damaged", ["", "x", "0" * 40])
async def test_a_damaged_request_number_leads_back(anonymous: httpx.AsyncClient, damaged: str) -> None:
    shown = await anonymous.get("/connexion/code", params={"demande": damaged})
    assert shown.headers["location"] == "/connexion"
    posted = await anonymous.post("/connexion/code", data={"demande": damaged, "code": "123456"})
    assert posted.headers["location"] == "/connexion"


async def test_somebody_with_a_code_is_told_what_the_passkey_is_for(as_person: Enter) -> None:
    browser = await as_person("mother", strong=False)
    page = await browser.get("/connexion", params={"suite": "/compte/email"})
    assert "Cette page demande votre clé d’accès" in page.text
    assert "/compte/cles/nouvelle?suite=%2Fcompte%2Femail" in page.text
