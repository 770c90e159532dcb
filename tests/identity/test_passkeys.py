"""Passkeys over HTTP, with real keys: what opens a session, and all that must not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from tests.identity.authenticator import Authenticator, Key, bytes_of, text_of

Enter = Callable[..., Awaitable[httpx.AsyncClient]]


async def options_for(client: httpx.AsyncClient, what: str) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/{what}/options", json={})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def register(client: httpx.AsyncClient, phone: Authenticator, **ways: Any) -> httpx.Response:
    return await client.post(
        "/api/v1/passkeys", json=phone.create(await options_for(client, "passkeys"), **ways)
    )


async def sign_in(client: httpx.AsyncClient, phone: Authenticator, **ways: Any) -> httpx.Response:
    return await client.post("/api/v1/sign-in", json=phone.get(await options_for(client, "sign-in"), **ways))


@pytest.fixture
async def phone(as_person: Enter) -> Authenticator:
    """The mother's phone, with a passkey made there."""
    made = Authenticator()
    answer = await register(await as_person("mother"), made)
    assert answer.status_code == 201, answer.text
    return made


async def sessions_of(database: asyncpg.Connection, account_id: Any) -> int:
    count: int = await database.fetchval(
        "select count(*) from session where account_id = $1 and ended_at is null", account_id
    )
    return count


async def test_a_passkey_opens_a_strong_session(
    anonymous: httpx.AsyncClient, phone: Authenticator, cast: Any
) -> None:
    answer = await sign_in(anonymous, phone)

    assert answer.status_code == 200
    assert answer.json() == {"next": "/"}
    page = await anonymous.get("/compte")
    assert page.status_code == 200
    assert cast["mother"].email in page.text


async def test_options_ask_for_a_verified_discoverable_key(as_person: Enter, phone: Authenticator) -> None:
    options = await options_for(await as_person("mother"), "passkeys")

    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [text_of(phone.keys[0].id)]
    assert (await options_for(await as_person("mother"), "sign-in"))["userVerification"] == "required"


async def test_registration_gives_a_new_token_and_ends_the_old_session(
    as_person: Enter, database: asyncpg.Connection, cast: Any
) -> None:
    browser = await as_person("outsider", strong=False)
    before = _cookie(browser)

    await register(browser, Authenticator())

    now = _cookie(browser)
    assert now != before
    assert await sessions_of(database, cast["outsider"].account_id) == 1
    browser.cookies.clear()
    browser.cookies.set("quenotte", before)
    assert (await browser.get("/compte")).headers["location"] == "/connexion?suite=/compte"
    browser.cookies.set("quenotte", now)
    assert (await browser.get("/compte")).status_code == 200


def _cookie(browser: httpx.AsyncClient) -> str:
    """The session's cookie as the latest answer set it; the fixture's own has no domain and stays beside."""
    return [one.value or "" for one in browser.cookies.jar if one.name == "quenotte"][-1]


async def test_staff_land_on_the_desk(anonymous: httpx.AsyncClient, as_person: Enter) -> None:
    key = Authenticator()
    await register(await as_person("receptionist"), key)
    assert (await sign_in(anonymous, key)).json() == {"next": "/bureau"}


async def test_the_way_back_stays_on_our_site(anonymous: httpx.AsyncClient, phone: Authenticator) -> None:
    for wanted, given in (("/compte", "/compte"), ("//evil.example", "/"), ("https://evil.example", "/")):
        answer = phone.get(await options_for(anonymous, "sign-in"))
        reply = await anonymous.post("/api/v1/sign-in", params={"suite": wanted}, json=answer)
        assert reply.json() == {"next": given}


async def test_a_synced_passkey_counts_nothing_and_is_noted_as_backed_up(
    anonymous: httpx.AsyncClient, as_person: Enter, database: asyncpg.Connection
) -> None:
    synced = Authenticator(synced=True)
    await register(await as_person("mother"), synced)
    for _ in range(2):
        assert (await sign_in(anonymous, synced)).status_code == 200
    row = await database.fetchrow("select sign_count, backed_up from passkey")
    assert tuple(row) == (0, True)


BAD_WAYS: dict[str, dict[str, Any]] = {
    "not verified": {"verified": False},
    "nobody there": {"present": False},
    "another origin": {"origin": "http://localhost:9999"},
    "another scheme": {"origin": "https://localhost:8000"},
    "another site's frame": {"cross_origin": True},
    "a frame under another site": {"top_origin": "https://evil.example"},
    "another relying party": {"rp_id": "evil.example"},
    "a challenge of one's own": {"challenge": text_of(b"x" * 32)},
    "an empty challenge": {"challenge": ""},
    "the other ceremony": {"kind": "payment.get"},
}
BAD_SIGN_INS: dict[str, dict[str, Any]] = {
    "another account's handle": {"user_handle": b"x" * 16},
    "no handle": {"user_handle": None},
    "a forged signature": {"forged": True},
}


@pytest.mark.parametrize("ways", (BAD_WAYS | BAD_SIGN_INS).values(), ids=(BAD_WAYS | BAD_SIGN_INS).keys())
async def test_a_bad_sign_in_opens_nothing(
    anonymous: httpx.AsyncClient, phone: Authenticator, ways: dict[str, Any]
) -> None:
    answer = await sign_in(anonymous, phone, **ways)

    assert answer.status_code == 400
    assert answer.json()["key"] == "identity.passkey_refused"
    assert "quenotte" not in anonymous.cookies


@pytest.mark.parametrize("ways", BAD_WAYS.values(), ids=BAD_WAYS.keys())
async def test_a_bad_registration_keeps_nothing(
    as_person: Enter, database: asyncpg.Connection, ways: dict[str, Any]
) -> None:
    answer = await register(await as_person("mother"), Authenticator(), **ways)

    assert answer.status_code == 400
    assert await database.fetchval("select count(*) from passkey") == 0


@pytest.mark.parametrize("break_it", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("junk", ["", "%%%", "AAAA", "é"])
async def test_junk_is_refused_with_a_sentence(
    anonymous: httpx.AsyncClient, phone: Authenticator, break_it: str, junk: str
) -> None:
    answer = phone.get(await options_for(anonymous, "sign-in"))
    answer["response"][break_it] = junk
    refused = await anonymous.post("/api/v1/sign-in", json=answer)
    assert refused.status_code == 400
    assert refused.json()["title"].startswith("Votre clé d’accès")


@pytest.mark.parametrize("body", [[], "passkey", 7, {"id": 1}, {"id": "a", "rawId": "a", "type": "x"}])
async def test_json_of_the_wrong_type_is_refused_with_a_sentence(
    anonymous: httpx.AsyncClient, body: object
) -> None:
    answer = await anonymous.post("/api/v1/sign-in", json=body)
    assert answer.status_code == 400
    assert answer.json()["key"] == "kit.bad_request"


async def test_without_the_requirement_an_unverified_person_would_come_in(
    anonymous: httpx.AsyncClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the refusal above is this setting's doing, not a fault of the test's own key."""
    monkeypatch.setattr("backend.identity.passkeys.REQUIRE_USER_VERIFICATION", False)
    assert (await sign_in(anonymous, phone, verified=False)).status_code == 200


async def test_one_answer_sent_twenty_times_opens_one_session(
    anonymous: httpx.AsyncClient, phone: Authenticator, database: asyncpg.Connection, cast: Any
) -> None:
    before = await sessions_of(database, cast["mother"].account_id)
    answer = phone.get(await options_for(anonymous, "sign-in"))

    replies = await asyncio.gather(*(anonymous.post("/api/v1/sign-in", json=answer) for _ in range(20)))

    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 19
    # The winner's cookie may have gone along with a later answer of the same browser, so count the rows.
    assert await sessions_of(database, cast["mother"].account_id) == before + 1


async def test_if_challenges_were_kept_a_replay_would_come_in(
    anonymous: httpx.AsyncClient, as_person: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above, with a key that does not count and so could not tell by itself."""
    synced = Authenticator(synced=True)
    await register(await as_person("mother"), synced)

    async def kept(*_: object) -> bool:
        return True

    monkeypatch.setattr("backend.identity.passkey_repository.take_challenge", kept)
    answer = synced.get(await options_for(anonymous, "sign-in"))
    for _ in range(2):
        assert (await anonymous.post("/api/v1/sign-in", json=answer)).status_code == 200


async def test_a_challenge_lives_five_minutes(
    anonymous: httpx.AsyncClient, phone: Authenticator, database: asyncpg.Connection
) -> None:
    answer = phone.get(await options_for(anonymous, "sign-in"))
    await database.execute("update passkey_challenge set expires_at = now()")
    assert (await anonymous.post("/api/v1/sign-in", json=answer)).status_code == 400


async def test_a_challenge_to_register_is_bound_to_its_account(as_person: Enter) -> None:
    options = await options_for(await as_person("mother"), "passkeys")
    stolen = Authenticator().create(options)
    answer = await (await as_person("outsider")).post("/api/v1/passkeys", json=stolen)
    assert answer.status_code == 400


async def test_a_challenge_to_register_signs_nobody_in(as_person: Enter, phone: Authenticator) -> None:
    browser = await as_person("mother")
    answer = phone.get(await options_for(browser, "passkeys"))
    assert (await browser.post("/api/v1/sign-in", json=answer)).status_code == 400


async def test_an_unknown_passkey_is_told_so(anonymous: httpx.AsyncClient, phone: Authenticator) -> None:
    stranger = Key(b"stranger" * 4, phone.keys[0].private, phone.keys[0].user_handle)
    answer = await sign_in(anonymous, phone, key=stranger)
    assert answer.status_code == 400
    assert answer.json()["key"] == "identity.passkey_unknown"


@pytest.mark.parametrize("count", [0, 4, 5])
async def test_a_count_that_goes_back_freezes_that_passkey_alone(
    anonymous: httpx.AsyncClient, as_person: Enter, phone: Authenticator, count: int
) -> None:
    other = Authenticator()
    await register(await as_person("mother"), other)
    assert (await sign_in(anonymous, phone, count=5)).status_code == 200

    copied = await sign_in(anonymous, phone, count=count)
    assert copied.status_code == 403
    assert copied.json()["key"] == "identity.passkey_frozen"
    assert (await sign_in(anonymous, phone, count=50)).status_code == 403

    assert (await sign_in(anonymous, other)).status_code == 200


async def test_nobody_freezes_a_passkey_without_its_key(
    anonymous: httpx.AsyncClient, phone: Authenticator, database: asyncpg.Connection
) -> None:
    assert (await sign_in(anonymous, phone, forged=True, count=0)).status_code == 400
    assert await database.fetchval("select frozen_at from passkey") is None


async def test_a_credential_is_registered_once(as_person: Enter, phone: Authenticator) -> None:
    known = phone.keys[0].id
    answer = await register(await as_person("outsider"), Authenticator(), credential_id=known)
    assert answer.status_code == 400


async def test_a_code_session_makes_the_first_passkey_but_no_other(as_person: Enter) -> None:
    by_code = await as_person("outsider", strong=False)
    await register(by_code, Authenticator())

    again = await as_person("outsider", strong=False)
    refused = await again.post("/api/v1/passkeys/options", json={})
    assert refused.status_code == 401
    assert refused.json()["key"] == "identity.strong_needed"


async def test_another_passkey_needs_a_fresh_proof(
    as_person: Enter, phone: Authenticator, database: asyncpg.Connection
) -> None:
    browser = await as_person("mother")
    await database.execute("update session set created_at = now() - interval '11 minutes'")
    refused = await browser.post("/api/v1/passkeys/options", json={})
    assert refused.json()["key"] == "identity.proof_needed"


async def test_a_closed_account_has_no_way_in(
    anonymous: httpx.AsyncClient, phone: Authenticator, database: asyncpg.Connection, cast: Any
) -> None:
    await database.execute("update account set closed_at = now() where id = $1", cast["mother"].account_id)
    assert (await sign_in(anonymous, phone)).status_code == 400


async def test_the_handle_is_the_account_id_and_nothing_personal(as_person: Enter, cast: Any) -> None:
    options = await options_for(await as_person("mother"), "passkeys")
    assert bytes_of(options["user"]["id"]) == cast["mother"].account_id.bytes


async def test_registering_leaves_lines_in_the_journal(
    phone: Authenticator, database: asyncpg.Connection, cast: Any
) -> None:
    rows = await database.fetch(
        "select action from audit_entry where actor_account_id = $1", cast["mother"].account_id
    )
    # The fixture's own session, the new one, and the key; written in one transaction, so in no order.
    assert sorted(row["action"] for row in rows) == ["passkey.add", "session.open", "session.open"]
