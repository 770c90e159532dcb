"""Holding, booking, moving, cancelling and confirming, against the real database."""

import asyncio
from datetime import timedelta

import pytest

from backend.audit.model import Actor, ActorKind
from backend.booking import actions, appointment_repository, jobs, slot_actions
from backend.booking.model import Book, Cancel, CancelReason, Confirm, Filters, Hold, Move, Status
from backend.booking.rules.changes import (
    AlreadyBooked,
    CallInstead,
    CannotBook,
    ChangedMeanwhile,
    HoldExpired,
    NoLongerBooked,
    NotOffered,
    SlotTaken,
)
from backend.booking.rules.suggestions import NEAR, SOON, SOONEST
from backend.kit.errors import NotFound
from backend.practice.model import Modifier
from backend.triage.model import Urgency
from tests import visits


async def uses(database, **owner):
    (column, value) = owner.popitem()
    rows = await database.fetch(
        f"select resource_id, starts_at, ends_at from resource_use where {column} = $1", value
    )
    return {row["resource_id"]: (row["starts_at"], row["ends_at"]) for row in rows}


async def events(database):
    return [row["name"] for row in await database.fetch("select name from outbox_event order by id")]


async def audited(database, subject_id):
    rows = await database.fetch(
        "select action from audit_entry where subject_id = $1 order by id", subject_id
    )
    return [row["action"] for row in rows]


def move_of(appointment, slot):
    return Move(
        appointment_id=appointment.id,
        version=appointment.version,
        practitioner_id=slot.practitioner_id,
        starts_at=slot.start,
    )


async def test_it_works_from_result_to_appointment(steps, database):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    held = await steps.held(slot, triage_id)
    booked = await actions.book(await steps.viewer_of("mother"), Book(hold_id=held.id))

    assert (booked.starts_at, booked.practitioner_id) == (slot.start, slot.practitioner_id)
    assert (booked.status, booked.version, booked.triage_id) == (Status.BOOKED, 1, triage_id)
    occupied = await uses(database, appointment_id=booked.id)
    assert occupied[booked.practitioner_id] == (booked.starts_at, booked.ends_at)
    # The chair stays taken while it is cleaned.
    assert occupied[booked.chair_id] == (booked.starts_at, booked.ends_at + timedelta(minutes=5))
    assert await events(database) == ["AppointmentBooked"]
    assert "appointment.book" in await audited(database, booked.id)
    assert await database.fetchval("select count(*) from hold") == 0


async def test_the_length_is_the_servers_and_says_why(steps):
    triage_id = await steps.decided(modifiers=(Modifier.VERY_ANXIOUS,))
    listing = await slot_actions.find_slots(await steps.viewer_of("mother"), triage_id)
    assert set(listing.duration.modifiers) >= {Modifier.VERY_ANXIOUS, Modifier.CHILD_6_11}
    slot = listing.days[0][1][0]
    assert slot.end - slot.start == timedelta(minutes=listing.duration.minutes)


async def test_a_visit_that_can_wait_is_put_where_it_leaves_no_gap(steps, clock):
    """A brother's visit an hour after the first start leaves 15 minutes beside one of 45."""
    # On a Sunday evening, visits of every urgency may begin on Monday morning.
    await clock.move_to(visits.at(visits.plain_thursday(await clock.now()) - timedelta(days=4), "20:00"))
    first = (await steps.slots(await steps.decided(care="DETA")))[0]
    assert first.end - first.start == timedelta(minutes=45)
    brothers = await steps.decided("mother", "teen")
    beside = first.start + timedelta(hours=1)
    same = Filters(practitioner_id=first.practitioner_id)
    found = await slot_actions.find_slots(await steps.viewer_of("mother"), brothers, filters=same)
    slot = next(one for _, slots in found.days for one in slots if one.start == beside)
    held = await steps.held(slot, brothers)
    await actions.book(await steps.viewer_of("mother"), Book(hold_id=held.id))

    async def soonest(urgency):
        triage_id = await steps.decided(urgency=urgency, care="DETA")
        listing = await slot_actions.find_slots(await steps.viewer_of("mother"), triage_id)
        seat = listing.suggestions[0]
        return seat.slot.start - listing.days[0][1][0].start, seat.key

    late, key = await soonest(Urgency.U4)
    assert timedelta(0) < late <= NEAR
    assert key == SOON
    assert await soonest(Urgency.U2) == (timedelta(0), SOONEST)


async def test_a_new_hold_replaces_the_one_before(steps, database):
    triage_id = await steps.decided()
    first, second = (await steps.slots(triage_id))[:2]
    before = await steps.held(first, triage_id)
    after = await steps.held(second, triage_id)
    assert await uses(database, hold_id=before.id) == {}
    assert len(await uses(database, hold_id=after.id)) == 2
    with pytest.raises(HoldExpired):
        await actions.book(await steps.viewer_of("mother"), Book(hold_id=before.id))


async def test_what_one_holds_oneself_stays_in_ones_list(steps):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    first = await steps.held(slot, triage_id)
    again = await steps.held(slot, triage_id)
    assert again.id != first.id
    assert (await steps.slots(triage_id))[0].start == slot.start


async def test_a_hold_keeps_the_place_from_others_until_it_expires(steps, clock):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    await steps.held(slot, triage_id)
    other = await steps.decided("outsider", "outsider_child")
    with pytest.raises(SlotTaken) as refused:
        await steps.held(slot, other, "outsider")
    assert len({each.start for each in refused.value.others}) == 3
    taken = (slot.start, slot.practitioner_id)
    assert taken not in {(each.start, each.practitioner_id) for each in refused.value.others}
    await clock.forward(minutes=11)
    assert (await steps.held(slot, other, "outsider")).starts_at == slot.start


async def test_an_expired_hold_cannot_be_booked(steps, clock, database):
    triage_id = await steps.decided()
    held = await steps.held((await steps.slots(triage_id))[0], triage_id)
    await clock.forward(minutes=10, seconds=1)
    with pytest.raises(HoldExpired):
        await actions.book(await steps.viewer_of("mother"), Book(hold_id=held.id))
    assert await events(database) == []


async def test_a_double_submit_is_one_booking(steps, database):
    triage_id = await steps.decided()
    held = await steps.held((await steps.slots(triage_id))[0], triage_id)
    viewer = await steps.viewer_of("mother")
    both = await asyncio.gather(*(actions.book(viewer, Book(hold_id=held.id)) for _ in range(5)))
    assert len({appointment.id for appointment in both}) == 1
    assert await events(database) == ["AppointmentBooked"]


async def test_one_result_leads_to_one_appointment(steps):
    booked = await steps.booked()
    with pytest.raises(AlreadyBooked):
        await steps.slots(booked.triage_id)


@pytest.mark.parametrize("urgency", [Urgency.U0, Urgency.U1])
async def test_emergencies_are_never_booked_online(steps, urgency):
    triage_id = await steps.decided(urgency=urgency)
    with pytest.raises(CallInstead):
        await steps.slots(triage_id)


@pytest.mark.parametrize(
    ("urgency", "within"), [(Urgency.U2, timedelta(hours=24)), (Urgency.U3, timedelta(days=7))]
)
async def test_urgent_visits_are_offered_within_their_time_only(steps, clock, urgency, within):
    triage_id = await steps.decided(urgency=urgency, care="URG")
    now = await clock.now()
    assert all(now < slot.start <= now + within for slot in await steps.slots(triage_id))
    late = Hold(
        triage_id=triage_id,
        practitioner_id=steps.cast["daughter"].usual_practitioner_id,
        starts_at=now + within + timedelta(days=1),
    )
    with pytest.raises(NotOffered):
        await actions.hold(await steps.viewer_of("mother"), late)


async def test_a_place_in_the_past_is_not_offered(steps, clock):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    past = Hold(
        triage_id=triage_id,
        practitioner_id=slot.practitioner_id,
        starts_at=await clock.now() - timedelta(days=1),
    )
    with pytest.raises(NotOffered):
        await actions.hold(await steps.viewer_of("mother"), past)


async def test_a_place_outside_opening_hours_is_refused(steps):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[-1]
    midnight = slot.start.replace(hour=0, minute=0) + timedelta(days=1)
    night = Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=midnight)
    with pytest.raises(SlotTaken):
        await actions.hold(await steps.viewer_of("mother"), night)


async def test_the_outsider_finds_nothing(steps):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    with pytest.raises(NotFound):
        await steps.slots(triage_id, "outsider")
    with pytest.raises(NotFound):
        await steps.held(slot, triage_id, "outsider")
    held = await steps.held(slot, triage_id)
    with pytest.raises(NotFound):
        await actions.book(await steps.viewer_of("outsider"), Book(hold_id=held.id))
    with pytest.raises(NotFound):
        await actions.read_hold(await steps.viewer_of("outsider"), held.id)


async def test_a_helper_books_only_by_leave(steps, database):
    triage_id = await steps.decided("helper", "elder")
    await database.execute("update guardian set may_book = false where relation = 'helper'")
    with pytest.raises(CannotBook):
        await steps.slots(triage_id, "helper")
    await database.execute("update guardian set may_book = true where relation = 'helper'")
    assert await steps.slots(triage_id, "helper")


async def test_moving_frees_the_old_place_and_asks_for_a_new_confirmation(steps, database):
    booked = await steps.booked()
    viewer = await steps.viewer_of("mother")
    await actions.confirm(viewer.actor, Confirm(appointment_id=booked.id, version=1))
    listing = await slot_actions.find_slots_to_move(viewer, booked.id)
    slot = listing.days[2][1][0]
    moved = await actions.move(viewer, move_of(booked, slot))
    assert (moved.starts_at, moved.version, moved.confirmed_at) == (slot.start, 2, None)
    occupied = await uses(database, appointment_id=booked.id)
    assert occupied[moved.practitioner_id] == (moved.starts_at, moved.ends_at)
    assert await events(database) == ["AppointmentBooked", "AppointmentConfirmed", "AppointmentMoved"]


async def test_a_visit_moves_onto_its_own_overlapping_time(steps, database):
    booked = await steps.booked(nth=1)
    later = booked.starts_at + timedelta(minutes=5)
    wanted = Move(
        appointment_id=booked.id, version=1, practitioner_id=booked.practitioner_id, starts_at=later
    )
    moved = await actions.move(await steps.viewer_of("mother"), wanted)
    assert moved.starts_at == later
    assert len(await uses(database, appointment_id=booked.id)) == 2


async def test_what_one_holds_for_another_visit_is_not_offered_to_move_to(steps):
    """A hold is replaced by a hold. A move would not give it back, and be refused."""
    visit, viewer = await steps.booked(nth=4), await steps.viewer_of("mother")
    triage_id = await steps.decided("mother", "mother")
    slot = (await steps.slots(triage_id))[0]
    await steps.held(slot, triage_id)
    listing = await slot_actions.find_slots_to_move(viewer, visit.id)
    taken = {(one.start, one.practitioner_id) for _, slots in listing.days for one in slots}
    assert taken
    assert (slot.start, slot.practitioner_id) not in taken
    with pytest.raises(SlotTaken):
        await actions.move(viewer, move_of(visit, slot))


async def test_a_double_tap_moves_once(steps, database):
    booked = await steps.booked()
    viewer = await steps.viewer_of("mother")
    slot = (await slot_actions.find_slots_to_move(viewer, booked.id)).days[1][1][0]
    both = await asyncio.gather(*(actions.move(viewer, move_of(booked, slot)) for _ in range(3)))
    assert {(moved.version, moved.starts_at) for moved in both} == {(2, slot.start)}
    assert (await events(database)).count("AppointmentMoved") == 1


async def test_an_old_page_does_not_undo_a_change(steps):
    booked = await steps.booked()
    viewer = await steps.viewer_of("father")
    days = (await slot_actions.find_slots_to_move(viewer, booked.id)).days
    await actions.move(viewer, move_of(booked, days[1][1][0]))
    mother = await steps.viewer_of("mother")
    with pytest.raises(ChangedMeanwhile):
        await actions.move(mother, move_of(booked, days[2][1][0]))
    with pytest.raises(ChangedMeanwhile):
        await actions.cancel(mother.actor, Cancel(appointment_id=booked.id, version=1))
    with pytest.raises(ChangedMeanwhile):
        await actions.confirm(mother.actor, Confirm(appointment_id=booked.id, version=1))


async def test_a_taken_place_leaves_the_visit_where_it_is(steps, database):
    mine = await steps.booked()
    triage_id = await steps.decided("outsider", "outsider_child")
    theirs = (await steps.slots(triage_id, "outsider"))[3]
    await steps.held(theirs, triage_id, "outsider")
    with pytest.raises(SlotTaken):
        await actions.move(await steps.viewer_of("mother"), move_of(mine, theirs))
    assert (await uses(database, appointment_id=mine.id))[mine.practitioner_id][0] == mine.starts_at


async def test_cancelling_gives_the_place_back_and_is_done_once(steps, database):
    booked = await steps.booked()
    viewer = await steps.viewer_of("mother")
    wanted = Cancel(appointment_id=booked.id, version=1, reason=CancelReason.ILL)
    await actions.cancel(viewer.actor, wanted)
    await actions.cancel(viewer.actor, wanted)
    assert await uses(database, appointment_id=booked.id) == {}
    assert (await events(database)).count("AppointmentCancelled") == 1
    with pytest.raises(NoLongerBooked):
        await actions.confirm(viewer.actor, Confirm(appointment_id=booked.id, version=1))
    assert await steps.slots(booked.triage_id)  # the same answers may book again


async def test_late_changes_are_marked_not_refused(steps, clock):
    booked = await steps.booked()
    await clock.move_to(booked.starts_at - timedelta(hours=2))
    viewer = await steps.viewer_of("mother")
    await actions.cancel(viewer.actor, Cancel(appointment_id=booked.id, version=1))
    assert (await appointment_repository.load(booked.id)).cancelled_late


async def test_nothing_changes_once_the_visit_has_begun(steps, clock):
    booked = await steps.booked()
    await clock.move_to(booked.starts_at)
    viewer = await steps.viewer_of("mother")
    with pytest.raises(NoLongerBooked):
        await actions.cancel(viewer.actor, Cancel(appointment_id=booked.id, version=1))
    with pytest.raises(NoLongerBooked):
        await actions.confirm(viewer.actor, Confirm(appointment_id=booked.id, version=1))


async def test_confirming_by_a_messages_link_is_done_once(steps, database):
    booked = await steps.booked()
    bearer = Actor(ActorKind.LINK, steps.cast["father"].account_id)
    for _ in range(2):
        await actions.confirm(bearer, Confirm(appointment_id=booked.id, version=1))
    assert (await events(database)).count("AppointmentConfirmed") == 1
    kinds = await database.fetch("select actor_kind from audit_entry where action = 'appointment.confirm'")
    assert [row["actor_kind"] for row in kinds] == ["link"]


async def test_old_holds_are_swept(steps, clock, database):
    triage_id = await steps.decided()
    await steps.held((await steps.slots(triage_id))[0], triage_id)
    assert await jobs.sweep_holds() == 0
    await clock.forward(hours=2)
    assert await jobs.sweep_holds() == 1
    assert await database.fetchval("select count(*) from resource_use where hold_id is not null") == 0
