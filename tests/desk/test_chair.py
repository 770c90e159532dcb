"""The taps of the day on the visit's panel, without script: one step, one back, the hours put right."""

import re
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from backend.booking.model.stages import Mark, Stage
from backend.booking.rules.stages import check_mark
from backend.desk.chair_views import OFFERED, TAKEN_BACK
from backend.kit import i18n
from backend.kit.ids import new_id
from tests.desk.conftest import Visit, words

FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r' (name|value)="([^"]*)"')


def form_with(page: httpx.Response, label: str) -> tuple[str, dict[str, str]]:
    """The form whose button says so, as a browser would send it."""
    for action, inside in FORM.findall(page.text):
        if re.search(rf"<button[^>]*>\s*{label}\s*</button>", inside):
            found = (dict(ATTRIBUTE.findall(field)) for field in FIELD.findall(inside))
            return action, {field["name"]: field["value"] for field in found}
    raise AssertionError(f"no button {label!r}")


async def tap(browser: httpx.AsyncClient, page: str, label: str, **typed: str) -> httpx.Response:
    action, fields = form_with(await browser.get(page), label)
    return await browser.post(action, data=fields | typed)


@pytest.mark.parametrize("stage", Stage)
def test_what_the_panel_offers_is_what_the_rule_takes(stage: Stage) -> None:
    back = [TAKEN_BACK[stage]] if stage in TAKEN_BACK else []
    for then in (*OFFERED.get(stage, ()), *back):
        check_mark(Mark(appointment_id=new_id(), version=1, was=stage, stage=then), 1, stage)


async def test_it_takes_one_tap_each_and_the_page_says_how_far(
    as_person: Any, visit: Visit, clock: Any
) -> None:
    nadia = await as_person("assistant")
    for minutes, label, says in (
        (0, "Arrivée", "arrivé"),
        (5, "Au fauteuil", "au fauteuil"),
        (31, "Terminé", "terminé"),
    ):
        await clock.move_to(visit.starts_at + timedelta(minutes=minutes))
        answer = await tap(nadia, visit.page, label)
        assert answer.headers["location"].split("#")[0] == visit.page
        assert f"{says} ·" in words(await nadia.get(f"/bureau/jour/{visit.day}"))
    assert re.search(
        r"Au fauteuil de [\d h]+ à [\d h]+ : 26 min, \d+ min prévues\.", words(await nadia.get(visit.page))
    )


@pytest.mark.parametrize(
    ("taps", "back", "says"),
    [
        (["Arrivée"], "Pas encore arrivé", "attendu"),
        (["Au fauteuil"], "Pas encore au fauteuil", "arrivé"),
        (["Au fauteuil", "Terminé"], "Pas encore terminé", "au fauteuil"),
        (["Arrivée", "Terminé"], "Pas encore terminé", "arrivé"),
        (["Absence"], "Pas absent", "attendu"),
    ],
)
async def test_a_wrong_tap_is_one_tap_back(
    as_person: Any, visit: Visit, taps: list[str], back: str, says: str
) -> None:
    desk = await as_person("receptionist")
    for label in [*taps, back]:
        assert (await tap(desk, visit.page, label)).status_code == 303
    assert f"{says} ·" in words(await desk.get(f"/bureau/jour/{visit.day}"))


async def test_who_comes_second_reads_who_was_first(as_person: Any, visit: Visit) -> None:
    sam, nadia = await as_person("receptionist"), await as_person("assistant")
    await tap(sam, visit.page, "Au fauteuil")
    old, fields = form_with(await nadia.get(visit.page), "Pas encore au fauteuil")
    await tap(sam, visit.page, "Terminé")
    second = await nadia.post(old, data=fields)
    assert second.status_code == 409
    assert re.search(r"Modifié par Sam il y a \d+ s\.", words(second))
    assert "Pas encore terminé" in words(second)  # as it stands


async def test_hours_are_put_right_by_hand(
    as_person: Any, visit: Visit, clock: Any, database: asyncpg.Connection
) -> None:
    desk = await as_person("receptionist")
    await tap(desk, visit.page, "Au fauteuil")
    await clock.move_to(visit.starts_at + timedelta(hours=1))
    await tap(desk, visit.page, "Terminé")
    saved = await tap(desk, visit.page, "Enregistrer les heures", termine="")
    assert saved.status_code == 303
    page = await desk.get(visit.page)
    assert "Au fauteuil depuis" in words(page)
    _, fields = form_with(page, "Enregistrer les heures")
    assert fields["termine"] == fields["vu_termine"] == ""
    for typed, key in (
        ({"assis": "7h"}, "desk.no_such_hour"),
        ({"assis": "08:30", "termine": "08:15"}, "booking.times_order"),
        ({"termine": "23:59"}, "booking.times_ahead"),
        ({"vu_assis": "hier"}, "desk.no_such_hour"),
    ):
        refused = await tap(desk, visit.page, "Enregistrer les heures", **typed)
        assert refused.status_code == 422
        assert i18n.t("fr", key) in words(refused)
        for value in typed.values():
            assert f'value="{value}"' in refused.text or value == "hier"
        assert '<details class="card" open' in refused.text
    stored = "select seated_at, finished_at from appointment where id = $1"
    before = await database.fetchrow(stored, visit.id)
    await tap(desk, visit.page, "Enregistrer les heures", assis="06:40", termine="07:00")
    after = await database.fetchrow(stored, visit.id)
    assert before != after and after["finished_at"] - after["seated_at"] == timedelta(minutes=20)


async def test_a_mark_that_nobody_knows(as_person: Any, visit: Visit) -> None:
    desk = await as_person("receptionist")
    sent = {"version": "1", "vu": "booked", "etat": "cancelled"}
    assert (await desk.post(f"{visit.forms}/etat", data=sent)).status_code == 422
    assert (await desk.post(f"{visit.forms}/etat", data={"etat": "arrived"})).status_code == 422
    skipped = {"version": "1", "vu": "booked", "etat": "booked"}
    assert (await desk.post(f"{visit.forms}/etat", data=skipped)).status_code == 303


async def test_other_screens_hear_of_a_tap(
    as_person: Any, visit: Visit, database: asyncpg.Connection
) -> None:
    """The day's stamp is another one, and PostgreSQL told the day."""
    desk = await as_person("receptionist")
    stamp = re.compile(r'data-stamp="([^"]+)"')
    before = stamp.findall((await desk.get(visit.page)).text)
    heard: list[str] = []
    await database.add_listener("desk_day", lambda *told: heard.append(str(told[-1])))
    await tap(desk, visit.page, "Au fauteuil")
    assert stamp.findall((await desk.get(visit.page)).text) != before
    await database.fetchval("select 1")  # what was told comes with the next answer
    assert visit.day in heard
