"""Who reads which appointments, what a weak session sees, what messages and the journal get."""

from datetime import timedelta

import pytest

from backend.audit.model import Actor, ActorKind
from backend.booking.model import Status
from backend.booking.repository import (
    appointment_by_link,
    appointment_for,
    appointments_of,
    message_facts,
    message_facts_between,
)
from backend.kit.errors import NotFound
from backend.kit.ids import new_id


async def journal(database, patient_id):
    rows = await database.fetch("select action from audit_entry where patient_id = $1", patient_id)
    return [row["action"] for row in rows]


async def test_a_parent_reads_a_childs_visit_and_it_is_noted(steps, clock, database):
    booked = await steps.booked()
    father = await steps.viewer_of("father")
    assert await appointment_for(father, booked.id, await clock.now()) == booked
    assert "appointment.read" in await journal(database, booked.patient_id)


async def test_unknown_and_foreign_are_the_same(steps, clock, database):
    booked = await steps.booked()
    outsider, now = await steps.viewer_of("outsider"), await clock.now()
    for appointment_id in (booked.id, new_id()):
        with pytest.raises(NotFound):
            await appointment_for(outsider, appointment_id, now)
    assert "appointment.read" not in await journal(database, booked.patient_id)
    assert booked.id not in {each.id for each in await appointments_of(outsider, now)}


async def test_the_family_list_holds_both_children(steps, clock, database):
    lila = await steps.booked()
    noe = await steps.booked(patient="teen")
    found = await appointments_of(await steps.viewer_of("father"), await clock.now())
    assert {lila.id, noe.id} <= {each.id for each in found}
    assert [each.starts_at for each in found] == sorted(each.starts_at for each in found)
    assert "appointment.list" in await journal(database, lila.patient_id)


async def test_the_teen_sees_own_visits_only(steps, clock):
    lila = await steps.booked()
    noe = await steps.booked(patient="teen")
    found = {each.id for each in await appointments_of(await steps.viewer_of("teen"), await clock.now())}
    assert noe.id in found
    assert lila.id not in found


async def test_a_parents_sight_ends_on_the_18th_birthday(steps, clock, database):
    noe = await steps.booked(patient="teen")
    birthday = (await clock.now()).date() - timedelta(days=1)
    await database.execute(
        "update patient set birth_date = $2 where id = $1",
        noe.patient_id,
        birthday.replace(year=birthday.year - 18),
    )
    with pytest.raises(NotFound):
        await appointment_for(await steps.viewer_of("mother"), noe.id, await clock.now())
    assert (await appointment_for(await steps.viewer_of("teen"), noe.id, await clock.now())).id == noe.id


async def test_a_code_shows_coming_time_and_place_only(steps, clock):
    booked = await steps.booked()
    weak = await steps.viewer_of("mother", strong=False)
    seen = await appointment_for(weak, booked.id, await clock.now())
    assert (seen.starts_at, seen.practitioner_id) == (booked.starts_at, booked.practitioner_id)
    assert (seen.care_key, seen.urgency, seen.duration.lines, seen.triage_id) == ("", "", (), None)
    after = await clock.move_to(booked.starts_at + timedelta(hours=1))
    assert booked.id not in {each.id for each in await appointments_of(weak, after)}
    with pytest.raises(NotFound):
        await appointment_for(weak, booked.id, after)


async def test_a_link_never_shows_the_care(steps, database):
    booked = await steps.booked()
    bearer = Actor(ActorKind.LINK, steps.cast["mother"].account_id)
    seen = await appointment_by_link(bearer, booked.id)
    assert (seen.starts_at, seen.care_key) == (booked.starts_at, "")
    assert "appointment.read" in await journal(database, booked.patient_id)


async def test_what_a_message_needs(steps, cast):
    booked = await steps.booked()
    facts = await message_facts(booked.id)
    assert facts is not None
    assert (facts.starts_at, facts.version, facts.status) == (booked.starts_at, 1, Status.BOOKED)
    assert (facts.zone, facts.site_name) == ("Europe/Paris", "Cabinet des Tilleuls")
    assert facts.minutes == booked.minutes
    assert facts.practitioner_name in ("Dre Roux", "Dr Vidal")
    assert await message_facts(new_id()) is None


async def test_the_visits_of_a_household_on_a_day(steps, clock):
    lila = await steps.booked()
    noe = await steps.booked(patient="teen", nth=3)
    found = await message_facts_between(
        [lila.patient_id, noe.patient_id],
        lila.starts_at - timedelta(hours=12),
        lila.starts_at + timedelta(hours=12),
    )
    assert [facts.appointment_id for facts in found] == [lila.id, noe.id]
