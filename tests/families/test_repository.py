"""Who sees whom, in the database itself: the cast's families, birthdays, rights that end."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from backend.families import actions, repository, rules
from backend.families.message_repository import patients_told_to
from backend.families.model import Guardian, Relation
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed, NotFound
from backend.kit.ids import new_id

ViewerOf = Callable[..., Awaitable[Viewer]]
PARIS = ZoneInfo("Europe/Paris")


async def names_of(viewer: Viewer, now: datetime | None = None) -> list[tuple[str, Relation]]:
    family = await repository.patients_of(viewer, now or await business_now())
    return [(one.given_name, one.relation) for one in family]


async def test_both_parents_see_both_children(viewer_of: ViewerOf) -> None:
    children = [("Noé", Relation.PARENT), ("Lila", Relation.PARENT)]
    assert await names_of(await viewer_of("mother")) == [("Camille", Relation.SELF), *children]
    assert await names_of(await viewer_of("father")) == [("Malik", Relation.SELF), *children]


async def test_a_teenager_sees_their_own_file_alone(viewer_of: ViewerOf) -> None:
    assert await names_of(await viewer_of("teen")) == [("Noé", Relation.SELF)]


async def test_an_outsider_never_sees_them_and_cannot_tell_them_from_nobody(
    viewer_of: ViewerOf, cast: Any
) -> None:
    outsider, now = await viewer_of("outsider"), await business_now()
    refusals = []
    for person in ("mother", "daughter", "teen", "father", "elder"):
        with pytest.raises(NotFound) as refused:
            await repository.patient_for(outsider, cast[person].patient_id, now)
        refusals.append((refused.value.key, refused.value.values))
    with pytest.raises(NotFound) as unknown:
        await repository.patient_for(outsider, new_id(), now)
    assert set(map(str, refusals)) == {str((unknown.value.key, unknown.value.values))}


async def test_staff_have_no_patients_by_their_role(viewer_of: ViewerOf, cast: Any) -> None:
    for person in ("receptionist", "assistant", "dentist", "owner"):
        viewer = await viewer_of(person)
        assert await names_of(viewer) == []
        with pytest.raises(NotFound):
            await repository.patient_for(viewer, cast["daughter"].patient_id, await business_now())


async def test_the_database_and_the_rule_agree_around_the_18th_birthday(
    viewer_of: ViewerOf, cast: Any, database: asyncpg.Connection
) -> None:
    mother, noe = await viewer_of("mother"), cast["teen"].patient_id
    for born in (date(2010, 3, 28), date(2008, 2, 29), date(2010, 10, 31), date(2009, 12, 31)):
        await database.execute("update patient set birth_date = $1 where id = $2", born, noe)
        midnight = rules.majority_at(born, PARIS)
        for now in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=12)):
            given = Guardian(
                account_id=mother.account_id,
                patient_id=noe,
                relation=Relation.PARENT,
                may_book=True,
                gets_messages=True,
                since=datetime(2000, 1, 1, tzinfo=UTC),
            )
            await database.execute("update guardian set since = $1", given.since)
            seen = noe in [one.id for one in await repository.patients_of(mother, now)]
            told = noe in await patients_told_to(mother.account_id, now)
            expected = rules.may_act(given, born, now, PARIS)
            assert (seen, told) == (expected, expected), (born, now)


async def test_at_18_the_parents_are_out_on_the_next_reading_and_the_child_stays_in(
    viewer_of: ViewerOf, cast: Any, clock: Any, database: asyncpg.Connection
) -> None:
    noe = cast["teen"].patient_id
    born = await database.fetchval("select birth_date from patient where id = $1", noe)
    mother, teen = await viewer_of("mother"), await viewer_of("teen")
    assert (await repository.patient_for(mother, noe, await clock.now())).given_name == "Noé"

    await clock.move_to(rules.majority_at(born, PARIS))

    with pytest.raises(NotFound):
        await repository.patient_for(mother, noe, await clock.now())
    assert (await repository.patient_for(teen, noe, await clock.now())).relation is Relation.SELF
    accounts = [one.account_id for one in await repository.guardians_of(noe, await clock.now())]
    assert accounts == [cast["teen"].account_id]


async def test_a_right_that_was_withdrawn_is_gone_at_once(
    viewer_of: ViewerOf, cast: Any, database: asyncpg.Connection
) -> None:
    father, lila = await viewer_of("father"), cast["daughter"].patient_id
    await repository.patient_for(father, lila, await business_now())
    await database.execute(
        "update guardian set until = business_now() where account_id = $1", father.account_id
    )
    with pytest.raises(NotFound):
        await repository.patient_for(father, lila, await business_now())


async def test_both_holders_get_a_childs_messages(cast: Any, database: asyncpg.Connection) -> None:
    lila = cast["daughter"].patient_id
    guardians = await repository.guardians_of(lila, await business_now())
    told = {one.account_id for one in guardians if one.gets_messages}
    assert told == {cast["mother"].account_id, cast["father"].account_id}
    await database.execute("update account set closed_at = now() where id = $1", cast["father"].account_id)
    left = await repository.guardians_of(lila, await business_now())
    assert [one.account_id for one in left] == [cast["mother"].account_id]


async def test_the_desk_sees_everybody_but_alerts_are_for_the_clinical_team(
    viewer_of: ViewerOf, cast: Any
) -> None:
    elder = cast["elder"].patient_id
    for person, reads in (("receptionist", False), ("owner", False), ("assistant", True), ("dentist", True)):
        patient = await repository.patient_for_desk(await viewer_of(person), elder)
        assert patient.has_alerts
        assert bool(patient.alerts) is reads
    with pytest.raises(NotAllowed):
        await repository.patient_for_desk(await viewer_of("mother"), elder)
    with pytest.raises(NotFound):
        await repository.patient_for_desk(await viewer_of("dentist"), new_id())


async def test_every_reading_leaves_a_line(
    viewer_of: ViewerOf, cast: Any, database: asyncpg.Connection
) -> None:
    mother, dentist, now = await viewer_of("mother"), await viewer_of("dentist"), await business_now()
    lila = cast["daughter"].patient_id
    await actions.my_family(mother, now)
    await actions.open_patient(mother, lila, now)
    await actions.open_patient_at_desk(dentist, lila)
    rows = await database.fetch(
        "select action, actor_account_id from audit_entry where patient_id = $1 order by at", lila
    )
    assert [tuple(row) for row in rows] == [
        ("patient.list", mother.account_id),
        ("patient.read", mother.account_id),
        ("patient.read", dentist.account_id),
    ]


async def test_a_reading_that_was_refused_leaves_none(
    viewer_of: ViewerOf, cast: Any, database: asyncpg.Connection
) -> None:
    with pytest.raises(NotFound):
        await actions.open_patient(
            await viewer_of("outsider"), cast["daughter"].patient_id, await business_now()
        )
    assert await database.fetchval("select count(*) from audit_entry where patient_id is not null") == 0


async def test_today_is_the_practices_day(database: asyncpg.Connection) -> None:
    late = datetime.combine(date(2026, 7, 1), time(22, 30), UTC)
    assert await repository.today(late) == date(2026, 7, 2)
