"""What the desk does with a visit: lengthen, move, mark, cancel; and what it is told when it cannot."""

import re
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from backend.booking import desk_actions
from backend.booking.model import Move
from backend.kit import i18n
from backend.kit.errors import NotAllowed
from tests.desk.conftest import Version, Visit, words
from tests.flows.scene import PARIS


async def minutes(database: asyncpg.Connection, visit: Visit) -> int:
    span = await database.fetchval("select ends_at - starts_at from appointment where id = $1", visit.id)
    return int(span / timedelta(minutes=1))


async def test_five_minutes_less_and_more(
    as_person: Any, visit: Visit, database: asyncpg.Connection, version: Version
) -> None:
    desk = await as_person("receptionist")
    page = (await desk.get(visit.page)).text
    buttons = re.findall(r'name="minutes" value="(\d+)"', page)
    assert buttons == ["30", "40"]
    for wanted in (30, 35):
        sent = {"version": str(await version()), "minutes": str(wanted)}
        answer = await desk.post(f"{visit.forms}/duree", data=sent)
        assert answer.headers["location"] == f"{visit.page}#fiche"
        assert await minutes(database, visit) == wanted
        assert f"{wanted} min" in words(await desk.get(visit.page))
    mother = await as_person("mother")
    assert "35 min" in words(await mother.get(f"/rendez-vous/{visit.id}"))


async def test_a_length_that_no_visit_has(as_person: Any, visit: Visit, database: asyncpg.Connection) -> None:
    desk, before = await as_person("receptionist"), await minutes(database, visit)
    for wanted, key, values in (
        ("7", "booking.bad_length", {"least": 5, "most": 180}),
        ("0", "kit.field_number", {"least": 5, "most": 180}),
        ("much", "kit.field_number", {"least": 5, "most": 180}),
    ):
        answer = await desk.post(f"{visit.forms}/duree", data={"version": "1", "minutes": wanted})
        assert answer.status_code == 422
        assert i18n.t("fr", key, **values) in words(answer)
        assert re.search(r"<title>Erreur\s:", answer.text)
    assert await minutes(database, visit) == before


async def test_a_colleague_was_faster(as_person: Any, visit: Visit) -> None:
    desk, scene = await as_person("receptionist"), visit.scene
    place = {"jour": scene.place_day, "heure": scene.place_hour, "praticien": str(scene.practitioner)}
    assert (await desk.post(f"{visit.forms}/deplacer", data={"version": "1", **place})).status_code == 303
    answer = await desk.post(f"{visit.forms}/duree", data={"version": "1", "minutes": "60"})
    assert answer.status_code == 409
    assert "Modifié par Sam il y a" in words(answer)
    assert "Lila R." in words(answer)


async def test_a_move_onto_a_taken_place_says_so_and_keeps_what_was_typed(
    as_person: Any, visit: Visit, database: asyncpg.Connection
) -> None:
    taken = await _another_visit(database, visit)
    desk = await as_person("receptionist")
    typed = {
        "version": "1",
        "jour": taken.date().isoformat(),
        "heure": f"{taken:%H:%M}",
        "praticien": str(visit.scene.practitioner),
    }
    answer = await desk.post(f"{visit.forms}/deplacer", data=typed)
    assert answer.status_code == 409
    assert i18n.t("fr", "booking.slot_taken") in words(answer)
    assert f'value="{typed["jour"]}"' in answer.text
    assert f'value="{typed["heure"]}"' in answer.text
    assert '<details class="card" open>' in answer.text
    assert "Lila R." in words(answer)
    stays = await database.fetchval("select starts_at from appointment where id = $1", visit.id)
    assert stays == visit.starts_at


async def _another_visit(database: asyncpg.Connection, visit: Visit) -> datetime:
    """The place that the scene offers, taken on every chair; its local start."""
    start = datetime.fromisoformat(visit.scene.place)
    await database.execute(
        """
        insert into resource_use (id, resource_id, starts_at, ends_at)
        select gen_random_uuid(), id, $1, $2 from resource where kind = 'chair'
        """,
        start,
        start + timedelta(minutes=35),
    )
    return start.astimezone(PARIS)


async def test_a_move_with_mistakes_names_each(as_person: Any, visit: Visit) -> None:
    desk = await as_person("receptionist")
    typed = {"version": "1", "jour": "demain", "heure": "25:99", "praticien": "?"}
    answer = await desk.post(f"{visit.forms}/deplacer", data=typed)
    assert answer.status_code == 422
    for key in ("kit.field_date", "desk.no_such_hour", "kit.field_choose"):
        assert i18n.t("fr", key) in words(answer)
    assert 'value="demain"' in answer.text


async def test_the_family_sees_the_move(as_person: Any, visit: Visit) -> None:
    desk, mother, scene = await as_person("receptionist"), await as_person("mother"), visit.scene
    place = {"jour": scene.place_day, "heure": scene.place_hour, "praticien": str(scene.practitioner)}
    answer = await desk.post(f"{visit.forms}/deplacer", data={"version": "1", **place})
    assert answer.headers["location"].startswith(f"/bureau/jour/{scene.place_day}?rdv={visit.id}")
    seen = words(await mother.get(f"/rendez-vous/{visit.id}"))
    hour, minute = scene.place_hour.split(":")
    assert f"{int(hour)} h {minute}" in seen


async def test_cancelling(as_person: Any, visit: Visit, database: asyncpg.Connection) -> None:
    desk = await as_person("receptionist")
    old = await desk.post(f"{visit.forms}/annuler", data={"version": "7"})
    assert old.status_code == 409
    for _ in range(2):
        assert (await desk.post(f"{visit.forms}/annuler", data={"version": "1"})).status_code == 303
    assert i18n.t("fr", "desk.cancelled") in words(await desk.get(visit.page))
    free = await database.fetchval("select count(*) from resource_use where appointment_id = $1", visit.id)
    assert free == 0


async def test_the_actions_ask_again_who_acts(visit: Visit, viewer_of: Any) -> None:
    mother, scene = await viewer_of("mother"), visit.scene
    wanted = Move(
        appointment_id=visit.id,
        version=1,
        practitioner_id=scene.practitioner,
        starts_at=datetime.fromisoformat(scene.place),
    )
    with pytest.raises(NotAllowed):
        await desk_actions.move(mother, wanted)
