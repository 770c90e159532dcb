"""What the desk does with a visit: marks, length, moving, cancelling; and who may not."""

from datetime import timedelta

import pytest

from backend.booking import desk_actions, repository
from backend.booking.model import Cancel, ChangeDuration, Move
from backend.booking.rules.changes import BadLength, ChangedMeanwhile, NoRoom
from backend.kit.errors import NotAllowed


async def stands(steps, appointment):
    return await repository.appointment_for(
        await steps.viewer_of("mother"), appointment.id, appointment.created_at
    )


def length(appointment, minutes, version=1):
    return ChangeDuration(appointment_id=appointment.id, version=version, minutes=minutes)


async def test_the_desk_makes_a_visit_longer_and_the_mother_sees_why(steps, database):
    booked = await steps.booked()
    sam = await steps.viewer_of("receptionist")
    changed = await desk_actions.change_duration(sam, length(booked, booked.minutes + 5))
    seen = await stands(steps, booked)
    assert seen == changed
    assert seen.ends_at == booked.ends_at + timedelta(minutes=5)
    assert seen.duration_lines[-1].key == "practice.duration.desk_more"
    assert seen.version == 1  # messages name the start, which stays
    assert await database.fetchval("select count(*) from outbox_event where name = 'DurationChanged'") == 1


async def test_a_longer_visit_does_not_run_into_the_next(steps):
    first = await steps.booked()
    triage_id = await steps.decided("outsider", "outsider_child")
    places = await steps.slots(triage_id, "outsider")
    after = next(slot for slot in places if slot.practitioner_id == first.practitioner_id)
    await steps.held(after, triage_id, "outsider")
    sam = await steps.viewer_of("receptionist")
    gap = int((after.start - first.starts_at).total_seconds() // 60)
    with pytest.raises(NoRoom):
        await desk_actions.change_duration(sam, length(first, gap + 5))
    assert (await stands(steps, first)).ends_at == first.ends_at


@pytest.mark.parametrize("minutes", [0, 7, 185, -5])
async def test_lengths_that_are_none(steps, minutes):
    booked = await steps.booked()
    with pytest.raises(BadLength):
        await desk_actions.change_duration(await steps.viewer_of("receptionist"), length(booked, minutes))


async def test_the_desks_minutes_travel_with_a_move(steps):
    booked = await steps.booked()
    sam = await steps.viewer_of("receptionist")
    await desk_actions.change_duration(sam, length(booked, booked.minutes + 10))
    wanted = Move(
        appointment_id=booked.id,
        version=1,
        practitioner_id=booked.practitioner_id,
        starts_at=booked.starts_at + timedelta(days=7),
    )
    moved = await desk_actions.move(sam, wanted)
    assert (moved.minutes, moved.version, moved.moved_late) == (booked.minutes + 10, 2, False)


async def test_two_colleagues_do_not_undo_each_other(steps):
    booked = await steps.booked()
    sam = await steps.viewer_of("receptionist")
    wanted = Move(
        appointment_id=booked.id,
        version=1,
        practitioner_id=booked.practitioner_id,
        starts_at=booked.starts_at + timedelta(days=7),
    )
    await desk_actions.move(sam, wanted)
    nadia = await steps.viewer_of("assistant")
    with pytest.raises(ChangedMeanwhile):
        await desk_actions.cancel(nadia, Cancel(appointment_id=booked.id, version=1))
    with pytest.raises(ChangedMeanwhile):
        await desk_actions.change_duration(nadia, length(booked, 60))


async def test_patients_do_nothing_of_this(steps):
    booked = await steps.booked()
    mother = await steps.viewer_of("mother")
    with pytest.raises(NotAllowed):
        await desk_actions.change_duration(mother, length(booked, 60))
    with pytest.raises(NotAllowed):
        await desk_actions.cancel(mother, Cancel(appointment_id=booked.id, version=1))
