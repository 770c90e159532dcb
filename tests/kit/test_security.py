"""What every answer carries, and which requests are refused because another site's page made them."""

import re

import httpx
import pytest

from backend.kit import i18n
from backend.kit.security import CONTENT_SECURITY_POLICY, HEADERS
from backend.kit.settings import settings

ASSET = "/static/whatever/patient.css"
ANSWERS = [
    ("GET", "/connexion", 200),
    ("GET", "/urgence", 200),
    ("GET", "/rendez-vous", 302),
    ("GET", "/api/v1/appointments", 401),
    ("GET", "/nowhere", 404),
    ("GET", "/api/nowhere", 404),
    ("GET", "/rendez-vous/not-an-id", 404),
    ("POST", "/urgence", 405),
    ("POST", "/connexion", 422),
    ("GET", "/static/whatever/nothing.css", 404),
    ("GET", ASSET, 200),
    ("GET", "/sw.js", 200),
    ("GET", "/api/openapi.json", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_every_answer_carries_the_headers(
    method: str, path: str, status: int, anonymous: httpx.AsyncClient
) -> None:
    answer = await anonymous.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    kept = answer.headers["Cache-Control"]
    assert kept == "no-store" or path in (ASSET, "/sw.js", "/urgence", "/static/whatever/nothing.css")


async def test_pages_of_a_person_are_never_kept(as_person) -> None:
    mother = await as_person("mother")
    for path in ("/", "/rendez-vous", "/famille", "/compte", "/demandes", "/api/v1/appointments"):
        answer = await mother.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-store", path


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    allowed = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert allowed.pop("img-src") == "'self' data:"
    assert allowed["default-src"] == allowed["object-src"] == allowed["frame-ancestors"] == "'none'"
    assert set(allowed.values()) == {"'self'", "'none'"}


async def test_https_is_remembered_where_it_is_used(
    anonymous: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Strict-Transport-Security" not in (await anonymous.get("/connexion")).headers
    monkeypatch.setenv("QUENOTTE_PUBLIC_URL", "https://rdv.tilleuls.example")
    monkeypatch.setenv("QUENOTTE_DEMO", "0")
    monkeypatch.delenv("QUENOTTE_DEMO_PEERS_URL")
    settings.cache_clear()
    try:
        answer = await anonymous.get("/connexion")
    finally:
        settings.cache_clear()
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


SAME_SITE = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8000"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost:8000"},
]
CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"},
    {"Sec-Fetch-Site": "anything"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "null"},
    {"Origin": ""},
]
UNSAFE = [("POST", "/connexion"), ("POST", "/api/v1/sign-in/options"), ("POST", "/deconnexion")]


@pytest.mark.parametrize("headers", SAME_SITE)
@pytest.mark.parametrize(("method", "path"), UNSAFE)
async def test_our_own_pages_and_no_browser_may_post(
    method: str, path: str, headers: dict[str, str], anonymous: httpx.AsyncClient
) -> None:
    assert (await anonymous.request(method, path, headers=headers)).status_code != 403


@pytest.mark.parametrize("headers", CROSS_SITE)
@pytest.mark.parametrize(("method", "path"), UNSAFE)
async def test_another_sites_page_may_not(
    method: str, path: str, headers: dict[str, str], anonymous: httpx.AsyncClient
) -> None:
    answer = await anonymous.request(method, path, headers=headers)
    assert answer.status_code == 403
    said = answer.json()["title"] if path.startswith("/api/") else answer.text
    assert i18n.t("fr", "kit.cross_site").split("’")[0] in said


@pytest.mark.parametrize("headers", CROSS_SITE)
async def test_reading_by_a_link_on_another_site_is_allowed(
    headers: dict[str, str], anonymous: httpx.AsyncClient
) -> None:
    assert (await anonymous.get("/connexion", headers=headers)).status_code == 200


async def test_every_unsafe_route_is_refused_across_sites(app, as_person) -> None:
    """Whoever is signed in, wherever the other site posts to."""
    desk, mother = await as_person("receptionist"), await as_person("mother")
    walked = 0
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            for method in handler.http_methods & {"POST", "PUT", "PATCH", "DELETE"}:
                path = _filled(route.path)
                client = desk if path.startswith("/bureau") else mother
                answer = await client.request(method, path, headers={"Sec-Fetch-Site": "cross-site"})
                assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
                walked += 1
    assert walked > 35


def _filled(path: str) -> str:
    nobody = "01970000-0000-7000-8000-00000000ffff"
    kinds = {"uuid": nobody, "int": "1", "date": "2026-03-03", "str": "x", "path": "x"}
    return re.sub(r"{\w+:(\w+)}", lambda found: kinds[found[1]], path)
