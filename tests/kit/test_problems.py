"""Refusals and bugs as answers: a sentence and a status, or a number to quote and nothing else."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import httpx
import pytest
from litestar import Litestar, Router, get, post
from litestar.params import FromPath

from backend.frame import make_frame
from backend.kit import log, problems, render
from backend.kit.errors import Refusal, SignInNeeded, Unavailable
from backend.kit.forms import FormReader

SECRET = "Lila Roche, molaire douloureuse, 06 39 98 00 01"


class Taken(Refusal):
    """A refusal of this test, with a sentence that there is."""

    key: ClassVar[str] = "kit.field_number"
    status: ClassVar[int] = 409


@get("/breaks/{typed:str}")
async def breaks(typed: FromPath[str]) -> str:
    """A bug, with what was typed in its message and in its frames."""
    raise ValueError(f"{SECRET} {typed}")


@get("/refuses")
async def refuses() -> str:
    """A rule's refusal."""
    raise Taken(least=5, most=180)


@get("/busy")
async def busy() -> str:
    """Too many at once."""
    raise Unavailable


@get("/private")
async def private() -> str:
    """Only for those signed in."""
    raise SignInNeeded


@post("/reads", sync_to_thread=False)
def reads() -> str:
    """A form with mistakes."""
    form = FormReader({"email": "nobody"})
    form.email("email")
    form.text("name")
    form.finish()
    return ""


@pytest.fixture
async def browser(database: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A small app of the routes above, under / and under /api/."""
    render.set_frame_maker(make_frame)
    log.set_up()
    handlers = [breaks, refuses, busy, private, reads]
    app = Litestar(
        [*handlers, Router("/api", route_handlers=handlers)],
        exception_handlers=problems.HANDLERS,
        logging_config=None,
        openapi_config=None,
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


async def test_a_bug_shows_a_number_and_no_trace(
    browser: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    page = await browser.get("/breaks/typed")
    assert page.status_code == 500
    number = re.search(r"\b[0-9A-F]{8}\b", page.text)
    assert number is not None
    for word in ("ValueError", "Traceback", "Lila", "typed", ".py"):
        assert word not in page.text
    written = capsys.readouterr().err
    (line,) = [json.loads(one) for one in written.splitlines()]
    assert line["incident"] == number[0]
    assert (line["event"], line["method"], line["route"]) == ("bug", "GET", "/breaks/{typed}")
    assert line["error"] == "ValueError"
    assert any("breaks" in place for place in line["where"])
    assert not any(word in written for word in (*SECRET.split(", "), "/typed"))


async def test_a_bug_as_json(browser: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = await browser.get("/api/breaks/typed")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert set(body) == {"type", "title", "status", "key"}
    assert body["key"] == "kit.bug"
    assert json.loads(capsys.readouterr().err)["incident"] in body["title"]


async def test_a_refusal_is_its_sentence(browser: httpx.AsyncClient) -> None:
    page, answer = await browser.get("/refuses"), await browser.get("/api/refuses")
    assert page.status_code == answer.status_code == 409
    body = answer.json()
    assert body == {
        "type": "urn:quenotte:kit.field_number",
        "title": body["title"],
        "status": 409,
        "key": "kit.field_number",
    }
    assert body["title"] in page.text
    assert "5" in body["title"]
    assert "180" in body["title"]


async def test_a_refusal_speaks_the_readers_language(browser: httpx.AsyncClient) -> None:
    french = await browser.get("/api/refuses")
    english = await browser.get("/api/refuses", headers={"Accept-Language": "en-GB,en"})
    assert french.json()["title"] != english.json()["title"]


async def test_a_form_names_every_field(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/reads")
    assert answer.status_code == 422
    assert set(answer.json()["mistakes"]) == {"email", "name"}
    assert all(sentence.endswith(".") for sentence in answer.json()["mistakes"].values())


async def test_whoever_must_sign_in_is_led_there_and_back(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/private")).headers["location"] == "/connexion?suite=/private"
    assert (await browser.get("/api/private")).status_code == 401


async def test_a_door_that_stays_shut_is_noted_without_who_or_what(
    browser: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await browser.get("/api/private?name=Lila")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["route"], line["status"]) == ("refused", "/api/private", 401)
    assert "Lila" not in str(line)


async def test_a_busy_database_says_when_to_come_again(browser: httpx.AsyncClient) -> None:
    for path in ("/busy", "/api/busy"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


async def test_what_is_not_there_is_said_in_our_words(browser: httpx.AsyncClient) -> None:
    page, answer = await browser.get("/nowhere"), await browser.get("/api/nowhere")
    assert page.status_code == answer.status_code == 404
    assert answer.json()["title"] in page.text
    assert "Not Found" not in page.text
