"""Marked values are planted wherever somebody types, the whole road is walked, and everything that leaves the
house or outlives a page is searched for them: logs, events, messages, addresses, Valkey, error pages.
"""

import html
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from backend.booking import repository as appointments
from backend.kit import log
from backend.kit.settings import settings
from backend.worker import CHECKS
from tests.post import Post, open_post
from tests.triage.roads import CHECKUP
from tests.visits import hand_on

# Letters alone, so that a name may be one; nothing else in the house contains them.
GIVEN, FAMILY, NOTE, REASON, EVENING = "Zwylda", "Qarbonex", "Wuxgrince", "Jyzenfle", "Kwysoir"
PHONE = "639985544"
MARKS = (GIVEN, FAMILY, NOTE, REASON, EVENING, PHONE, "06 39 98 55 44")
# What the visit is for, as ids and as words.
CARE = ("EBD_6_12", "M’T dents", "Examen", "checkup", "red_flags")


def hits(text: str, words: tuple[str, ...] = (*MARKS, *CARE)) -> list[str]:
    """The marks in a text, also where it is quoted for an address or escaped for a page."""
    plain = html.unescape(unquote(text)).lower()
    return [word for word in words if word.lower() in plain]


class Road:
    """A browser that notes every address it was sent to or shown."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser
        self.addresses: set[str] = set()
        self.error_pages: list[str] = []

    async def go(self, method: str, path: str, **sent: Any) -> httpx.Response:
        answer = await self.browser.request(method, path, **sent)
        self.addresses |= {path, answer.headers.get("location", ""), str(answer.headers)}
        self.addresses |= set(re.findall(r'(?:href|action|src|data-[\w-]+)="([^"]*)"', answer.text))
        if answer.status_code in (401, 403, 404, 409, 500):
            self.error_pages.append(answer.text)
        return answer

    async def fill_in(self, path: str, **typed: str) -> str:
        """Send a form and follow where it leads; the address of the page one ends on."""
        answer = await self.go("POST", path, data=typed)
        assert answer.status_code == 303, html.unescape(answer.text)
        await self.go("GET", answer.headers["location"])
        return str(answer.headers["location"])


@pytest.fixture(autouse=True)
def every_log(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Our log and the libraries' reach this test, down to what they would say when asked for details."""
    log.set_up()
    caplog.set_level(logging.DEBUG)
    yield


@pytest.fixture
async def post(tmp_path: Path, database: asyncpg.Connection) -> AsyncIterator[Post]:
    async with open_post(tmp_path, CHECKS, database) as office:
        yield office


async def plant(road: Road, database: asyncpg.Connection) -> str:
    """A mother types the marks wherever she can; the address of her daughter's visit."""
    await road.fill_in("/compte/coordonnees", given_name=GIVEN, family_name=FAMILY, phone="06 39 98 55 44")
    born = {"birth_date_day": "3", "birth_date_month": "4", "birth_date_year": "2019"}
    await road.fill_in("/famille/enfant", given_name=GIVEN, family_name=FAMILY, authority="1", **born)
    patient = await database.fetchval("select id from patient where given_name = $1", GIVEN)
    answers = {**CHECKUP, "note": [NOTE]}
    decided = await road.go("POST", "/api/v1/triage", json={"patient_id": str(patient), "answers": answers})
    places = f"/prendre-rendez-vous/{decided.json()['triage_id']}"
    await road.go("GET", f"{places}/resultat")
    shown = (await road.go("GET", f"{places}/creneaux")).text
    start, practitioner = _a_place(shown)
    held = await road.fill_in(f"{places}/retenir", start=start, practitioner_id=practitioner)
    visit = (await road.fill_in(held)).removesuffix("?nouveau=1")
    asked = {"kind": "question", "reason": REASON, "preferred_time": EVENING, "phone": "06 39 98 55 44"}
    await road.fill_in("/demandes", **asked, patient_id=str(patient))
    return visit


def _a_place(page: str) -> tuple[str, str]:
    """The last place of a page: far enough for reminders."""
    starts = re.findall(r'name="start" value="([^"]+)"', page)
    practitioners = re.findall(r'name="practitioner_id" value="([^"]+)"', page)
    return starts[-1], practitioners[-1]


async def look_around(road: Road, desk: Road, outsider: Road, visit: str) -> None:
    """Everybody looks: the family at each page, the desk by name, an outsider at what is not hers."""
    for path in ("/", "/rendez-vous", "/famille", "/demandes", "/compte", visit, f"{visit}/deplacer"):
        assert (await road.go("GET", path)).status_code == 200
        await outsider.go("GET", path)
    found = await desk.go("POST", "/bureau/chercher", data={"nom": f"{GIVEN} {FAMILY}"})
    assert GIVEN in found.text
    (day,) = re.findall(r'href="(/bureau/jour/[^"]+)"', found.text.split("<main")[-1])[-1:]
    await desk.go("GET", html.unescape(day))
    await desk.go("GET", "/bureau/demandes")
    await road.go("POST", "/demandes", data={"reason": REASON, "kind": "zzz"})


async def break_something(road: Road, visit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug whose message and whose frames hold what was typed."""

    def broken(_: Any) -> Any:
        typed = f"{GIVEN} {FAMILY} {NOTE} {PHONE}"
        raise ValueError(typed)

    with monkeypatch.context() as patched:
        patched.setattr(appointments, "appointment_of", broken)
        assert (await road.go("GET", visit)).status_code == 500


async def rows_that_leave(owner: asyncpg.Connection) -> str:
    """Events, owed messages, receipts and the journal, as text."""
    tables = ("outbox_event", "delivery", "delivery_receipt", "audit_entry")
    found = [await owner.fetch(f"select to_jsonb(t)::text from {table} t") for table in tables]
    assert all(found)
    return "\n".join(row[0] for rows in found for row in rows)


async def everything_in_valkey() -> str:
    client = Redis.from_url(settings().redis_url)
    try:
        keys = [key async for key in client.scan_iter()]
        return "\n".join([repr(key) + repr(await client.dump(key)) for key in keys])
    finally:
        await client.aclose()


async def test_nothing_that_was_typed_leaves_or_stays(
    as_person: Any,
    cast: Any,
    clock: Any,
    database: asyncpg.Connection,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    road, desk, outsider = [Road(await as_person(who)) for who in ("mother", "receptionist", "outsider")]
    await post.subscribe("mother", cast["mother"].account_id)
    visit = await plant(road, database)
    await look_around(road, desk, outsider, visit)
    await break_something(road, visit, monkeypatch)
    await hand_on()
    await post.send_due()
    starts_at = await database.fetchval(
        "select starts_at from appointment where id = $1", visit.rsplit("/", 1)[-1]
    )
    await clock.move_to(await database.fetchval("select max(due_at) from delivery"))
    assert await clock.now() < starts_at
    sent = await post.send_due()
    ics = await road.go("GET", f"{visit}/calendrier.ics")
    await road.fill_in(f"{visit}/annuler", version="1", reason="afraid")
    await hand_on()

    assert {message.channel for message in sent} == {"push", "email"}
    letters = [message.subject + message.text + str(message.headers) for message in sent]
    assert [hits(letter) for letter in letters if hits(letter)] == []
    assert [hits(part.text) for message in sent for part in message.attachments if hits(part.text)] == []
    assert hits(ics.text) == []
    assert hits(await rows_that_leave(database)) == []
    rung = await everything_in_valkey()
    assert "arq:queue" in rung
    assert hits(rung) == []
    for browser in (road, desk, outsider):
        assert len(browser.addresses) > 20
        # A `tel:` link of the desk calls the family; it opens no page and stands in no log.
        assert [one for one in browser.addresses if hits(one) and not one.startswith("tel:")] == []
        assert [hits(page) for page in browser.error_pages if hits(page)] == []
    written = capsys.readouterr().err + caplog.text
    assert '"incident"' in written
    assert hits(written) == []


async def test_the_marks_would_be_found() -> None:
    assert hits(json.dumps({"name": GIVEN})) == [GIVEN]
    assert hits(f"/bureau?nom=%5a{FAMILY[1:]}&x=06%2039%2098%2055%2044") == ["06 39 98 55 44"]
    assert hits("M&rsquo;T dents, 6 &agrave; 12 ans") == ["M’T dents"]
