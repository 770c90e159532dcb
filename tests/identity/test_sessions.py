"""Sessions against the real database: what a token opens, and when it stops."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest

from backend.identity import actions, repository, sessions
from backend.identity.model import Role, Viewer
from backend.kit.clock import machine_now
from backend.kit.errors import NotFound

ViewerOf = Callable[..., Awaitable[Viewer]]
Enter = Callable[..., Awaitable[httpx.AsyncClient]]


async def viewer_by(token: str, **later: float) -> Viewer | None:
    return await repository.viewer_by_token(token, machine_now() + timedelta(**later))


async def test_a_token_opens_the_session_of_its_account(cast: Any) -> None:
    token = await actions.open_session(cast["dentist"].account_id, strong=True, device="Safari sur Mac")

    viewer = await viewer_by(token)

    assert viewer is not None
    assert (viewer.account_id, viewer.strong) == (cast["dentist"].account_id, True)
    assert viewer.role is Role.PRACTITIONER
    assert viewer.practitioner_id == cast["dentist"].practitioner_id


async def test_the_token_itself_is_stored_nowhere(cast: Any, database: asyncpg.Connection) -> None:
    token = await actions.open_session(cast["mother"].account_id, strong=True, device="Test")
    row = await database.fetchrow("select s::text as everything, token_digest from session s")
    assert token not in row["everything"]
    assert len(row["token_digest"]) == 32


async def test_an_unknown_token_opens_nothing(database: asyncpg.Connection) -> None:
    assert await viewer_by("x" * 43) is None


@pytest.mark.parametrize(
    ("person", "lasts", "over"),
    [("mother", {"days": 29}, {"days": 31}), ("receptionist", {"hours": 11}, {"hours": 13})],
)
async def test_an_unused_session_ends(
    cast: Any, person: str, lasts: dict[str, float], over: dict[str, float]
) -> None:
    token = await actions.open_session(cast[person].account_id, strong=True, device="Test")
    assert await viewer_by(token, **over) is None
    assert await viewer_by(token, **lasts) is not None


@pytest.mark.parametrize(("person", "longest"), [("mother", {"days": 91}), ("owner", {"hours": 25})])
async def test_a_session_in_daily_use_ends_too(
    cast: Any, database: asyncpg.Connection, person: str, longest: dict[str, float]
) -> None:
    token = await actions.open_session(cast[person].account_id, strong=True, device="Test")
    at = machine_now() + timedelta(**longest)
    await database.execute("update session set last_seen_at = $1", at)
    assert await repository.viewer_by_token(token, at) is None


async def test_being_seen_is_noted_at_most_every_five_minutes(
    cast: Any, database: asyncpg.Connection
) -> None:
    token = await actions.open_session(cast["mother"].account_id, strong=True, device="Test")

    async def seen() -> Any:
        return await database.fetchval("select last_seen_at from session")

    first = await seen()
    await viewer_by(token, minutes=4)
    assert await seen() == first
    await viewer_by(token, minutes=6)
    assert await seen() > first


async def test_a_role_that_ended_is_gone_on_the_next_request(
    as_person: Enter, cast: Any, database: asyncpg.Connection
) -> None:
    token = await actions.open_session(cast["receptionist"].account_id, strong=True, device="Test")
    await database.execute(
        "update staff_member set until = now() where account_id = $1", cast["receptionist"].account_id
    )
    viewer = await viewer_by(token)
    assert viewer is not None
    assert viewer.role is None


async def test_a_closed_account_is_out_on_the_next_request(
    as_person: Enter, cast: Any, database: asyncpg.Connection
) -> None:
    browser = await as_person("mother")
    assert (await browser.get("/compte")).status_code == 200
    await database.execute("update account set closed_at = now() where id = $1", cast["mother"].account_id)
    assert (await browser.get("/compte")).status_code == 302


async def test_an_ended_session_is_out_on_the_next_request(viewer_of: ViewerOf, cast: Any) -> None:
    token = await actions.open_session(cast["mother"].account_id, strong=True, device="Test")
    here = await viewer_of("mother")
    there = await viewer_by(token)
    assert there is not None

    await actions.end_session(here, there.session_id)

    assert await viewer_by(token) is None
    with pytest.raises(NotFound):
        await actions.end_session(here, there.session_id)


async def test_nobody_ends_somebody_elses_session(viewer_of: ViewerOf) -> None:
    mother, outsider = await viewer_of("mother"), await viewer_of("outsider")
    with pytest.raises(NotFound):
        await actions.end_session(outsider, mother.session_id)


async def test_all_other_sessions_end_and_this_one_stays(viewer_of: ViewerOf, cast: Any) -> None:
    here = await viewer_of("mother")
    others = [
        await actions.open_session(cast["mother"].account_id, strong=True, device="Test") for _ in range(3)
    ]

    await actions.end_other_sessions(here)

    assert [await viewer_by(token) for token in others] == [None] * 3
    left = await repository.open_sessions(here.account_id, machine_now())
    assert [one.id for one in left] == [here.session_id]


async def test_a_page_that_needs_somebody_sends_to_sign_in_and_the_api_says_so(
    anonymous: httpx.AsyncClient,
) -> None:
    answer = await anonymous.get("/compte")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/connexion?suite=/compte"
    refused = await anonymous.post("/api/v1/passkeys/options", json={})
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


async def test_signing_out_ends_the_session_here_and_on_the_server(
    as_person: Enter, database: asyncpg.Connection
) -> None:
    browser = await as_person("mother")
    answer = await browser.post("/deconnexion")

    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert await database.fetchval("select count(*) from session where ended_at is null") == 0
    assert (await browser.get("/compte")).status_code == 302


async def test_signing_out_twice_does_no_harm(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post("/deconnexion")).status_code == 303


async def test_another_site_cannot_sign_anybody_out(as_person: Enter) -> None:
    browser = await as_person("mother")
    answer = await browser.post("/deconnexion", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (await browser.get("/compte")).status_code == 200


def _attributes(https: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sessions, "settings", lambda: SimpleNamespace(https=https))
    return sessions.cookie("token").to_header(header="")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    header = _attributes(False, monkeypatch)
    assert header.startswith("quenotte=token;")
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Path=/" in header
    assert "Secure" not in header


def test_over_https_the_cookie_is_bound_to_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    header = _attributes(True, monkeypatch)
    assert header.startswith("__Host-quenotte=token;")
    assert "Secure" in header
    assert "Domain" not in header


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox sur Linux"),
        ("<script>alert(1)</script>", "Navigateur"),
    ],
)
def test_a_device_is_named_without_version_or_address(agent: str, device: str) -> None:
    assert sessions.device_of(agent) == device
