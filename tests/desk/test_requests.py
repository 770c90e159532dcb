"""The queue of requests and the search by name."""

import re
from typing import Any

import asyncpg

from backend.booking import request_actions
from backend.booking.model import Ask, RequestKind
from backend.kit import i18n
from tests.desk.conftest import Visit, words
from tests.flows.scene import REASON


def _ask(kind: RequestKind, reason: str, **about: Any) -> Ask:
    return Ask(kind=kind, reason=reason, phone="+33639980001", preferred_time="", **about)


async def test_requests_stand_by_deadline(as_person: Any, visit: Visit, viewer_of: Any) -> None:
    mother = await viewer_of("mother")
    await request_actions.ask(mother, _ask(RequestKind.QUESTION, "Faut-il venir à jeun ?"))
    page = words(await (await as_person("receptionist")).get("/bureau/demandes"))
    # The call-back was asked for days ago, the question just now.
    assert page.index(REASON) < page.index("Faut-il venir à jeun ?")
    for said in ("Lila R., 6 ans", "06 39 98 00 01", "le soir", "À traiter avant"):
        assert said in page
    # A question about nobody in particular bears the name of whoever asked.
    assert "Camille R." in page


async def test_one_takes_it_and_everybody_sees_who(as_person: Any, visit: Visit) -> None:
    sam, nadia = await as_person("receptionist"), await as_person("assistant")
    here = f"/bureau/demandes/{visit.scene.request}"
    for _ in range(2):
        taken = await sam.post(f"{here}/prendre")
        assert taken.headers["location"].endswith(f"?choix={visit.scene.request}#d{visit.scene.request}")
    assert "Pris par Sam" in words(await nadia.get("/bureau/demandes"))
    late = await nadia.post(f"{here}/prendre")
    assert late.status_code == 409
    assert i18n.t("fr", "booking.request_taken") in words(late)
    assert (await sam.post(f"{here}/terminer")).status_code == 303
    assert REASON not in words(await nadia.get("/bureau/demandes"))
    assert (await nadia.post(f"{here}/terminer")).status_code == 409


async def test_the_family_sees_how_far_it_is(as_person: Any, visit: Visit) -> None:
    sam, mother = await as_person("receptionist"), await as_person("mother")
    before = words(await mother.get("/demandes"))
    await sam.post(f"/bureau/demandes/{visit.scene.request}/prendre")
    after = words(await mother.get("/demandes"))
    assert before != after
    assert "Sam" not in after


async def test_an_unknown_request_is_404(as_person: Any, visit: Visit) -> None:
    sam = await as_person("receptionist")
    assert (await sam.post(f"/bureau/demandes/{visit.scene.patient}/prendre")).status_code == 404


async def test_search_by_the_beginning_of_names(as_person: Any, visit: Visit) -> None:
    sam = await as_person("receptionist")
    for typed in ("lil", "roche lila", "LILA ROCHE", "  ro   li "):
        found = await sam.post("/bureau/chercher", data={"nom": typed})
        page = words(found)
        assert "Lila Roche, 6 ans" in page, typed
        assert f"/bureau/jour/{visit.day}?rdv={visit.id}" in found.text
        assert "Tom Morel" not in page


async def test_search_that_finds_nobody_or_asks_for_nothing(as_person: Any, visit: Visit) -> None:
    sam = await as_person("receptionist")
    nobody = words(await sam.post("/bureau/chercher", data={"nom": "Zwylda"}))
    assert i18n.t("fr", "desk.search_none") in nobody
    for typed in ("", "   ", "%", "_", "\\"):
        page = words(await sam.post("/bureau/chercher", data={"nom": typed}))
        assert i18n.t("fr", "desk.search_none" if typed.strip() else "desk.search_empty") in page
        assert "Roche" not in page


async def test_no_name_stands_in_an_address(
    as_person: Any, visit: Visit, database: asyncpg.Connection
) -> None:
    sam = await as_person("receptionist")
    assert (await sam.get("/bureau/chercher?nom=Roche")).status_code == 405
    found = await sam.post("/bureau/chercher", data={"nom": "Roche"})
    links = re.findall(r'(?:href|action)="([^"]*)"', found.text)
    assert [link for link in links if re.search("roche|lila", link, re.IGNORECASE)] == []
    noted = await database.fetch("select details::text from audit_entry where action = 'desk.search'")
    assert noted
    assert all("oche" not in row["details"] for row in noted)
