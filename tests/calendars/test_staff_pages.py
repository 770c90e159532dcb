"""The owner connects an external agenda, sees how fresh it is, and takes it away."""

import html
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.calendars import rules
from backend.calendars.model import Trouble
from backend.kit.clock import machine_now
from backend.kit.i18n import sentences
from backend.kit.ids import new_id
from tests.calendars.conftest import Elsewhere
from tests.calendars.test_looking import entry

PAGE = "/bureau/agendas-externes"
URL = "https://agenda.example/secret-4711/basic.ics"


@pytest.fixture
async def owner(as_person: Any) -> httpx.AsyncClient:
    found: httpx.AsyncClient = await as_person("owner")
    return found


def form(cast: Any, **other: str) -> dict[str, str]:
    who = str(cast["dentist"].practitioner_id)
    return {"praticien": who, "nom": "Faculté", "adresse": URL, **other}


async def shown(browser: httpx.AsyncClient) -> str:
    answer = await browser.get(PAGE)
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def test_an_agenda_is_connected_shown_by_its_host_alone_and_taken_away(
    owner: httpx.AsyncClient, cast: Any, database: Any
) -> None:
    assert "Aucun agenda externe" in await shown(owner)
    answer = await owner.post(PAGE, data=form(cast))
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = await shown(owner)
    assert "Dre Roux · Faculté" in page
    assert "agenda.example" in page
    assert "secret-4711" not in page
    assert "En attente" in page
    (calendar_id,) = await database.fetchrow("select id from external_calendar")
    await owner.post(f"{PAGE}/{calendar_id}/retirer")
    assert "Aucun agenda externe" in await shown(owner)
    noted = await database.fetch(
        "select action from audit_entry where subject_id = $1 order by id", calendar_id
    )
    assert [line["action"] for line in noted] == ["calendar.connect", "calendar.disconnect"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("nom", "", "Donnez un nom à cet agenda."),
        ("adresse", "", "Indiquez l’adresse de l’agenda."),
        ("adresse", "http://agenda.example/a.ics", "Cette adresse ne convient pas"),
        ("adresse", "https://10.0.0.1/a.ics", "Cette adresse ne convient pas"),
        ("adresse", "https://me:secret@agenda.example/a.ics", "Cette adresse ne convient pas"),
        ("adresse", "agenda", "Cette adresse ne convient pas"),
        ("praticien", "01970000-0000-7000-8000-0000000000ff", "Choisissez"),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_is_connected(
    owner: httpx.AsyncClient, cast: Any, database: Any, field: str, value: str, sentence: str
) -> None:
    answer = await owner.post(PAGE, data=form(cast, **{field: value}))
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert await database.fetchval("select count(*) from external_calendar") == 0


async def test_webcal_is_https(owner: httpx.AsyncClient, cast: Any, database: Any) -> None:
    await owner.post(PAGE, data=form(cast, adresse="webcal://agenda.example/a.ics"))
    assert await database.fetchval("select url from external_calendar") == "https://agenda.example/a.ics"


async def test_there_is_an_end_to_agendas(
    owner: httpx.AsyncClient, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST", 1)
    await owner.post(PAGE, data=form(cast))
    assert (await owner.post(PAGE, data=form(cast))).status_code == 409


async def test_an_unknown_agenda_is_unknown(owner: httpx.AsyncClient) -> None:
    for deed in ("synchroniser", "retirer"):
        assert (await owner.post(f"{PAGE}/{new_id()}/{deed}")).status_code == 404


async def test_its_state_is_told_and_a_look_can_be_asked_for(
    owner: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    elsewhere.says(entry(), "UID:odd\nDTSTART:never")
    calendar_id = await elsewhere.connect()
    await elsewhere.look()
    page = await shown(owner)
    assert "À jour" in page
    assert "Dernière synchronisation réussie il y a 0 s." in page
    assert "1 plage occupée connue" in page
    assert "1 entrée n’a pas été comprise" in page

    elsewhere.says(body=b"no")
    await owner.post(f"{PAGE}/{calendar_id}/synchroniser")
    assert "En attente" in await shown(owner)
    assert await elsewhere.look() == 1
    page = await shown(owner)
    assert "Dernier essai échoué" in page
    assert "n’est pas un agenda iCalendar" in page
    assert "Les heures lues la dernière fois restent en place." in page


async def test_a_day_without_news_is_told(owner: httpx.AsyncClient, elsewhere: Elsewhere) -> None:
    elsewhere.says(entry())
    await elsewhere.connect()
    await elsewhere.look()
    before = machine_now() - timedelta(hours=25)
    await elsewhere.database.execute("update external_calendar set synced_at = $1", before)
    assert "Trop ancien" in await shown(owner)
    assert rules.is_stale(before, None, machine_now())


def test_every_trouble_has_its_sentence() -> None:
    assert {f"calendars.trouble_{one.value}" for one in Trouble} <= set(sentences("fr"))
