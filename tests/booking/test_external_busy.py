"""Where an external agenda says that the practitioner is busy, nothing is offered, held or moved to, but by
the desk and knowingly."""

from datetime import timedelta

import pytest

from backend.booking import actions, calendar_repository, desk_actions, slot_actions
from backend.booking.model import Move
from backend.booking.rules.changes import BusyElsewhere, SlotTaken
from backend.kit.ids import new_id
from tests.laws import NO_LOOK, without


async def busy(database, practitioner_id, starts_at, ends_at):
    """An external agenda says so."""
    calendar_id = new_id()
    await database.execute(
        "insert into external_calendar (id, practitioner_id, name, url, due_at, created_at) "
        "values ($1, $2, 'Logiciel', 'https://agenda.example/a.ics', now(), now())",
        *(calendar_id, practitioner_id),
    )
    await database.execute(
        "insert into external_busy (id, calendar_id, practitioner_id, entry_digest, starts_at, ends_at) "
        "values ($1, $2, $3, '', $4, $5)",
        *(new_id(), calendar_id, practitioner_id, starts_at, ends_at),
    )


def without_the_external(monkeypatch):
    """The statement behind every look, blind for external agendas."""
    told, blind = "and not $7", "and $7 and not $7"
    assert told in calendar_repository._BUSY
    monkeypatch.setattr(calendar_repository, "_BUSY", calendar_repository._BUSY.replace(told, blind))


@pytest.fixture
async def place(steps):
    """The first place that the mother is shown for her daughter, with what it is for."""
    triage_id = await steps.decided()
    return (await steps.slots(triage_id))[0], triage_id


async def shows(steps, triage_id, slot):
    found = await slot_actions.find_slots(await steps.viewer_of("mother"), triage_id)
    starts = {(one.practitioner_id, one.start) for _, day in found.days for one in day}
    return (slot.practitioner_id, slot.start) in starts


async def test_a_busy_time_is_not_offered_and_cannot_be_held(steps, place, database):
    slot, triage_id = place
    await busy(database, slot.practitioner_id, slot.start + timedelta(minutes=5), slot.end)
    assert not await shows(steps, triage_id, slot)
    with pytest.raises(SlotTaken) as refused:
        await steps.held(slot, triage_id)
    assert refused.value.others


async def test_what_ends_at_the_start_or_is_anothers_is_in_nobodys_way(steps, place, database, cast):
    slot, triage_id = place
    await busy(database, slot.practitioner_id, slot.start - timedelta(hours=1), slot.start)
    await busy(database, slot.practitioner_id, slot.end, slot.end + timedelta(hours=1))
    other = next(
        cast[name].practitioner_id
        for name in ("dentist", "surgeon", "orthodontist")
        if cast[name].practitioner_id != slot.practitioner_id
    )
    await busy(database, other, slot.start, slot.end)
    assert await shows(steps, triage_id, slot)
    assert (await steps.held(slot, triage_id)).starts_at == slot.start


async def test_control_without_the_external_agendas_it_is_offered_and_held(
    steps, place, database, monkeypatch
):
    slot, triage_id = place
    await busy(database, slot.practitioner_id, slot.start, slot.end)
    without_the_external(monkeypatch)
    assert await shows(steps, triage_id, slot)
    async with without(database, NO_LOOK):
        assert (await steps.held(slot, triage_id)).starts_at == slot.start


LEARNS = """
create or replace function lock_resources(ids uuid[]) returns void language plpgsql as $$
begin
  update external_busy set ends_at = '{slot.end}' where ends_at = '{slot.start}';
  perform from resource r where r.id = any(ids) order by r.id for no key update;
end $$;
"""


@pytest.fixture
async def comes_before_the_lock(database, place):
    """The busy time grows into the place after the first look, a moment before the resources are locked."""
    slot = place[0]
    await busy(database, slot.practitioner_id, slot.start - timedelta(minutes=5), slot.start)
    async with without(database, LEARNS.format(slot=slot)):
        yield


async def test_the_second_look_sees_what_came_in_between(steps, place, comes_before_the_lock):
    with pytest.raises(SlotTaken):
        await steps.held(*place)


async def test_control_without_the_second_look_it_is_held(steps, place, comes_before_the_lock, database):
    async with without(database, NO_LOOK):
        assert await steps.held(*place)


async def test_the_desk_may_place_a_visit_there_but_only_knowingly(steps, database, viewer_of):
    booked = await steps.booked()
    to = booked.starts_at + timedelta(minutes=30)
    await busy(database, booked.practitioner_id, to + timedelta(minutes=10), to + timedelta(minutes=20))
    desk = await viewer_of("receptionist")
    wanted = Move(
        appointment_id=booked.id,
        version=booked.version,
        practitioner_id=booked.practitioner_id,
        starts_at=to,
    )
    with pytest.raises(BusyElsewhere):
        await desk_actions.move(desk, wanted)
    despite = Move(
        **{name: getattr(wanted, name) for name in wanted.__struct_fields__[:4]}, despite_external=True
    )
    assert (await desk_actions.move(desk, despite)).starts_at == to


async def test_a_patient_cannot_insist(steps, database, viewer_of):
    booked = await steps.booked()
    to = booked.starts_at + timedelta(minutes=30)
    await busy(database, booked.practitioner_id, to, to + timedelta(minutes=20))
    despite = Move(
        appointment_id=booked.id,
        version=booked.version,
        practitioner_id=booked.practitioner_id,
        starts_at=to,
        despite_external=True,
    )
    with pytest.raises(SlotTaken):
        await actions.move(await viewer_of("mother"), despite)
