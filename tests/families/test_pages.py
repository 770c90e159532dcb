"""The family's pages: one's own file, one's children, and every mistake with its sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest

from backend.identity import codes
from tests.identity.test_sign_up import sign_up

Enter = Callable[..., Awaitable[httpx.AsyncClient]]
LEO = {
    "given_name": "Léo",
    "family_name": "d’Arc",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "2019",
    "authority": "1",
}


@pytest.fixture
async def newcomer(anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody who has just signed up and has no file yet."""
    code_id = await sign_up(anonymous)
    await anonymous.post("/connexion/code", data={"demande": str(code_id), "code": codes.code_for(code_id)})
    return anonymous


def born(day: str, month: str, year: str) -> dict[str, str]:
    return {"birth_date_day": day, "birth_date_month": month, "birth_date_year": year}


async def test_a_newcomer_opens_their_own_file(
    newcomer: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    assert "Bienvenue, Zoé" in (await newcomer.get("/famille/bienvenue")).text

    answer = await newcomer.post("/famille/bienvenue", data=born("1", "2", "1988"))

    assert answer.headers["location"] == "/famille"
    assert "Zoé d’Arc-Müller" in (await newcomer.get("/famille")).text
    row = await database.fetchrow(
        "select p.id, p.birth_date, g.relation from patient p join guardian g on g.patient_id = p.id"
        " where p.given_name = 'Zoé'"
    )
    assert (row["birth_date"], row["relation"]) == (date(1988, 2, 1), "self")
    actions = await database.fetch(
        "select action from audit_entry where patient_id = $1 order by id", row["id"]
    )
    assert [one["action"] for one in actions] == ["patient.create", "patient.list"]


async def test_a_double_tap_opens_one_file(newcomer: httpx.AsyncClient, database: asyncpg.Connection) -> None:
    answers = await asyncio.gather(
        *(newcomer.post("/famille/bienvenue", data=born("1", "2", "1988")) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {303}
    assert await database.fetchval("select count(*) from patient where given_name = 'Zoé'") == 1


async def test_a_parent_adds_a_child(newcomer: httpx.AsyncClient, database: asyncpg.Connection) -> None:
    answers = await asyncio.gather(*(newcomer.post("/famille/enfant", data=LEO) for _ in range(5)))

    assert {answer.headers["location"] for answer in answers} == {"/famille"}
    assert await database.fetchval("select count(*) from patient where given_name = 'Léo'") == 1
    page = (await newcomer.get("/famille")).text
    assert "Léo d’Arc" in page
    assert "vous êtes son parent" in page


async def test_the_same_name_and_birth_date_reach_nobody_elses_child(
    newcomer: httpx.AsyncClient, database: asyncpg.Connection, cast: Any
) -> None:
    """Knowing when Lila was born gives a new, empty file, never hers."""
    lila = cast["daughter"]
    day = await database.fetchval("select birth_date from patient where id = $1", lila.patient_id)
    forged = LEO | {"given_name": lila.given_name, "family_name": lila.family_name}
    await newcomer.post("/famille/enfant", data=forged | born(str(day.day), str(day.month), str(day.year)))
    assert str(lila.patient_id) not in (await newcomer.get("/famille")).text


async def test_the_way_back_stays_on_our_site(newcomer: httpx.AsyncClient) -> None:
    own = await newcomer.post("/famille/enfant", data=LEO | {"suite": "/prendre-rendez-vous"})
    assert own.headers["location"] == "/prendre-rendez-vous"
    foreign = await newcomer.post("/famille/enfant", data=LEO | {"suite": "//evil.example"})
    assert foreign.headers["location"] == "/famille"


WRONG_DATES = {
    "nothing": born("", "", ""),
    "no such day": born("31", "2", "2019"),
    "no number": born("premier", "mai", "2019"),
    "to come": born("1", "1", "2999"),
    "too old": born("1", "1", "1850"),
    "year nought": born("1", "1", "0"),
    "other figures": born("１", "１", "２０１９"),
}
MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    **{name: (wrong, "#birth_date") for name, wrong in WRONG_DATES.items()},
    "an adult": (born("1", "1", "1990"), "18 ans ou plus"),
    "emoji": ({"given_name": "Léo 🦷"}, "sans chiffre ni dessin"),
    "20 KB": ({"family_name": "é" * 20_000}, "20000 caractères"),
    "no authority": ({"authority": ""}, "Cochez cette case"),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
async def test_a_mistake_is_said_and_everything_typed_is_kept(
    newcomer: httpx.AsyncClient, database: asyncpg.Connection, changes: dict[str, str], sentence: str
) -> None:
    answer = await newcomer.post("/famille/enfant", data=LEO | changes)

    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert sentence in answer.text
    for name in ("given_name", "family_name", "birth_date_day", "birth_date_year"):
        assert f'value="{(LEO | changes)[name]}"' in answer.text
    assert await database.fetchval("select count(*) from patient where family_name = 'd’Arc'") == 0


@pytest.mark.parametrize("wrong", WRONG_DATES.values(), ids=WRONG_DATES.keys())
async def test_a_wrong_date_of_ones_own_is_said(newcomer: httpx.AsyncClient, wrong: dict[str, str]) -> None:
    answer = await newcomer.post("/famille/bienvenue", data=wrong)
    assert answer.status_code == 422
    assert 'href="#birth_date"' in answer.text


async def test_neither_parent_sees_how_to_reach_the_other(as_person: Enter, cast: Any) -> None:
    for me, other in (("mother", "father"), ("father", "mother")):
        browser = await as_person(me)
        for path in ("/famille", "/compte", "/famille/enfant"):
            page = (await browser.get(path)).text
            assert cast[other].email not in page
            assert cast[other].phone[-9:] not in page.replace(" ", "").replace("\u202f", "")
            assert cast[other].given_name not in page


async def test_a_helper_without_leave_to_book_is_sent_to_the_desk(
    as_person: Enter, cast: Any, database: asyncpg.Connection
) -> None:
    await database.execute(
        "insert into guardian (id, account_id, patient_id, relation, may_book, gets_messages, since)"
        " values (gen_random_uuid(), $1, $2, 'helper', false, false, '2020-01-01')",
        cast["outsider"].account_id,
        cast["elder"].patient_id,
    )
    page = (await (await as_person("outsider")).get("/famille")).text
    assert "vous l’aidez" in page
    assert "Pour un rendez-vous, appelez le" in page


async def test_nobody_in_particular_has_no_family(anonymous: httpx.AsyncClient) -> None:
    for path in ("/famille", "/famille/bienvenue", "/famille/enfant"):
        assert (await anonymous.get(path)).headers["location"] == f"/connexion?suite={path}"
    assert (await anonymous.post("/famille/enfant", data=LEO)).status_code == 401
