"""The owner's page of lengths: proposals, figures without patients, the history; and who may not enter."""

import re
from typing import Any

import asyncpg
import pytest

from backend.kit import i18n
from backend.practice.repository import load_practice
from tests.booking.test_lengths import ROUX, seen
from tests.desk.conftest import words
from tests.desk.test_chair import form_with

PAGE = "/bureau/durees"
FEW = "moins de 5"


async def test_it_works_from_proposal_to_history(as_person: Any, database: asyncpg.Connection) -> None:
    await seen(database, [24] * 10 + [28] * 12)
    owner = await as_person("owner")
    page = await owner.get(PAGE)
    assert "Sur 22 visites, la moitié a pris au plus 28 min, 7 sur 10 au plus 28 min" in words(page)
    action, fields = form_with(page, "Prévoir 30\xa0min")
    answer = await owner.post(action, data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = await owner.get(PAGE)
    assert "Rien à décider pour le moment" in words(page)
    assert "Élise" in words(page) and "20 → 30 min, proposition acceptée. 22 visites" in words(page)
    again = await owner.post(action, data=fields)
    assert again.status_code == 409
    assert i18n.t("fr", "durations.changed").replace("\xa0", " ") in words(again)


async def test_not_now_is_a_decision_too(as_person: Any, database: asyncpg.Connection) -> None:
    await seen(database, [28] * 20)
    owner = await as_person("owner")
    action, fields = form_with(await owner.get(PAGE), "Pas maintenant")
    assert (await owner.post(action, data=fields)).status_code == 303
    page = words(await owner.get(PAGE))
    assert "20 min gardées, 30 min proposées" in page and "Rien à décider" in page


async def test_few_visits_show_no_figure(as_person: Any, database: asyncpg.Connection) -> None:
    await seen(database, [28] * 4)
    page = words(await (await as_person("owner")).get(PAGE))
    assert FEW in page and "28 min" not in page
    await seen(database, [28])
    page = words(await (await as_person("owner")).get(PAGE))
    assert FEW not in page and "28 min" in page


async def test_nobody_is_named_who_was_seen(as_person: Any, database: asyncpg.Connection) -> None:
    await seen(database, [28] * 20)
    page = (await (await as_person("owner")).get(PAGE)).text
    assert not re.search("Lila|Roche", page)
    assert await database.fetchval("select count(*) from audit_entry where patient_id is not null") == 0


async def test_minutes_by_hand_and_what_bad_ones_get(as_person: Any, database: asyncpg.Connection) -> None:
    owner = await as_person("owner")
    typed = {"praticien": str(ROUX), "soin": "CTRL", "minutes": "35"}
    assert (await owner.post(f"{PAGE}/fixer", data=typed)).status_code == 303
    assert (await load_practice()).own_minutes("CTRL") == {ROUX: 35}
    assert "durée propre" in words(await owner.get(PAGE))
    for minutes, key in (("", "kit.field_number"), ("33", "booking.bad_length"), ("900", "kit.field_number")):
        wrong = await owner.post(f"{PAGE}/fixer", data={**typed, "minutes": minutes})
        assert wrong.status_code == 422
        said = i18n.t("fr", key, least=5, most=180)
        assert said.split(".")[0].replace("\xa0", " ") in words(wrong)
        assert f'value="{minutes}"' in wrong.text
    assert (await owner.post(f"{PAGE}/fixer", data={**typed, "soin": "NONE"})).status_code == 404


@pytest.mark.parametrize("person", ["receptionist", "assistant", "dentist", "mother"])
async def test_it_is_the_owners(person: str, as_person: Any) -> None:
    somebody = await as_person(person)
    assert (await somebody.get(PAGE)).status_code == 403
    assert (await somebody.post(f"{PAGE}/fixer", data={})).status_code == 403
