"""Listings from kept bitmaps say what the database says, whoever changed it and when time passes."""

import random
from datetime import timedelta

import pytest

from backend.booking import actions, calendar_repository, kept_repository, slot_actions, start_actions
from backend.booking.calendar_repository import Own
from backend.booking.model import Book, Cancel, Move
from backend.booking.rules.changes import SlotTaken
from backend.kit.grid import moment
from tests.booking.test_external_busy import busy

CHANGES = 25


async def starts(steps, triage_id, person="mother"):
    """What a person is told is free, as (practitioner, start)."""
    listing = await start_actions.find_starts(await steps.viewer_of(person), triage_id)
    return {
        (listing.free.practitioners[number], moment(start))
        for _, found in listing.free.days
        for start, number in found
    }


def shown(place):
    return place.practitioner_id, getattr(place, "start", None) or place.starts_at


async def test_the_starts_are_those_of_the_page_day_by_day(steps):
    triage_id = await steps.decided()
    viewer = await steps.viewer_of("mother")
    page = await slot_actions.find_slots(viewer, triage_id)
    listing = await start_actions.find_starts(viewer, triage_id)
    assert [day for day, _ in listing.free.days] == [day for day, _ in page.days]
    assert await starts(steps, triage_id) == {shown(slot) for _, day in page.days for slot in day}
    assert (listing.free.duration, listing.next_from) == (page.duration, page.next_from)


async def test_until_a_day_is_every_page_up_to_it(steps):
    triage_id, viewer = await steps.decided(), await steps.viewer_of("mother")
    first = await start_actions.find_starts(viewer, triage_id)
    second = await start_actions.find_starts(viewer, triage_id, from_day=first.next_from)
    both = await start_actions.find_starts(viewer, triage_id, until=second.free.days[-1][0])
    assert both.free.days == [*first.free.days, *second.free.days]
    assert both.next_from is None


async def test_what_one_books_is_gone_for_the_other_and_back_when_it_is_cancelled(steps):
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    before = await starts(steps, theirs, "outsider")
    held = await steps.held((await steps.slots(mine))[0], mine)
    assert shown(held) not in await starts(steps, theirs, "outsider")
    viewer = await steps.viewer_of("mother")
    booked = await actions.book(viewer, Book(hold_id=held.id))
    assert shown(held) not in await starts(steps, theirs, "outsider")
    await actions.cancel(viewer.actor, Cancel(appointment_id=booked.id, version=booked.version))
    assert await starts(steps, theirs, "outsider") == before


async def test_one_s_own_hold_stays_in_one_s_own_list(steps):
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    held = await steps.held((await steps.slots(mine))[0], mine)
    assert shown(held) in await starts(steps, mine)
    assert shown(held) not in await starts(steps, theirs, "outsider")


async def test_a_hold_ends_by_the_clock_alone(steps, clock):
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    held = await steps.held((await steps.slots(mine))[0], mine)
    assert shown(held) not in await starts(steps, theirs, "outsider")
    await clock.forward(minutes=11)
    assert shown(held) in await starts(steps, theirs, "outsider")


async def test_an_external_agenda_changes_the_list_too(steps, database):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    assert shown(slot) in await starts(steps, triage_id)
    await busy(database, slot.practitioner_id, slot.start, slot.end)
    assert shown(slot) not in await starts(steps, triage_id)
    await database.execute("delete from external_busy")
    assert shown(slot) in await starts(steps, triage_id)


@pytest.mark.parametrize("trigger", ["stamp_added", "stamp_removed"])
async def test_control_without_stamps_the_list_is_stale(steps, database, trigger):
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    slot = (await steps.slots(mine))[0]
    await database.execute(f"alter table resource_use disable trigger {trigger}")
    try:
        before = await starts(steps, theirs, "outsider")
        held = await steps.held(slot, mine)
        meanwhile = await starts(steps, theirs, "outsider")
        await database.execute("delete from resource_use where hold_id = $1", held.id)
        after = await starts(steps, theirs, "outsider")
    finally:
        await database.execute(f"alter table resource_use enable trigger {trigger}")
    assert (meanwhile == before) == (trigger == "stamp_added")
    assert (after == meanwhile) == (trigger == "stamp_removed" or meanwhile == before)


async def test_after_any_change_kept_and_read_are_the_same(steps, clock, monkeypatch):
    """Somebody holds, books, moves, cancels and lets time pass, at random; somebody else looks each time."""
    chance, booked = random.Random(20261122), []
    theirs, viewer = await steps.decided("outsider", "outsider_child"), await steps.viewer_of("mother")
    for _ in range(CHANGES):
        what = chance.choice(("hold", "book", "book", "move", "cancel", "wait"))
        if what == "wait":
            await clock.forward(minutes=6)
        elif what in ("move", "cancel") and booked:
            one = booked.pop(chance.randrange(len(booked)))
            if what == "move":
                to = chance.choice((await slot_actions.find_slots_to_move(viewer, one.id)).days[2][1])
                wanted = Move(
                    appointment_id=one.id,
                    version=one.version,
                    practitioner_id=to.practitioner_id,
                    starts_at=to.start,
                )
                booked.append(await actions.move(viewer, wanted))
            else:
                await actions.cancel(viewer.actor, Cancel(appointment_id=one.id, version=one.version))
        else:
            triage_id = await steps.decided()
            held = await steps.held(chance.choice(await steps.slots(triage_id)), triage_id)
            if what == "book":
                booked.append(await actions.book(viewer, Book(hold_id=held.id)))
        kept = await starts(steps, theirs, "outsider")
        with monkeypatch.context() as patch:
            patch.setattr(kept_repository, "load_with_basis", read_anew)
            patch.setattr(start_actions, "_answers", {})
            assert kept == await starts(steps, theirs, "outsider"), what


async def test_who_looks_for_the_same_is_given_the_same_list_until_something_changes(steps, monkeypatch):
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    first = await start_actions.find_starts(await steps.viewer_of("outsider"), theirs)
    made = count_made(monkeypatch)
    again = await start_actions.find_starts(await steps.viewer_of("outsider"), theirs)
    assert (made, again.free) == ([], first.free)
    await steps.held((await steps.slots(mine))[0], mine)
    changed = await start_actions.find_starts(await steps.viewer_of("outsider"), theirs)
    assert len(made) == 1 and changed.free.days != first.free.days


async def test_somebody_who_holds_a_place_has_a_list_of_their_own(steps, monkeypatch):
    mine = await steps.decided()
    await steps.held((await steps.slots(mine))[0], mine)
    made = count_made(monkeypatch)
    for _ in range(2):
        await starts(steps, mine)
    assert len(made) == 2


def count_made(monkeypatch):
    """One entry for each run of days whose starts are made out."""
    made, make = [], start_actions.starts_by_day
    monkeypatch.setattr(start_actions, "starts_by_day", lambda *given: made.append(1) or make(*given))
    return made


async def test_control_an_answer_that_nobody_looks_at_again_goes_stale(steps, clock, monkeypatch):
    monkeypatch.setattr(kept_repository.Basis, "holds", lambda *_: True)
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    before = await starts(steps, theirs, "outsider")
    held = await steps.held((await steps.slots(mine))[0], mine)
    assert shown(held) in before == await starts(steps, theirs, "outsider")


async def test_the_answer_made_longest_ago_makes_room(steps, monkeypatch):
    monkeypatch.setattr(start_actions, "MOST_SHAPES", 3)
    monkeypatch.setattr(start_actions, "_answers", {})
    triage_id, viewer = await steps.decided(), await steps.viewer_of("mother")
    first = (await start_actions.find_starts(viewer, triage_id)).free.days[0][0]
    for days in range(5):
        await start_actions.find_starts(viewer, triage_id, first, first + timedelta(days=days))
    assert [shape.days[1] for shape in start_actions._answers] == [3, 4, 5]


async def test_who_is_refused_is_shown_what_is_free_now(steps):
    """The others come from kept bitmaps too: never the place that is gone, nor one that went meanwhile."""
    mine, theirs = await steps.decided(), await steps.decided("outsider", "outsider_child")
    for wanted in (await steps.slots(mine))[:3]:
        await steps.held(wanted, mine)
        with pytest.raises(SlotTaken) as refused:
            await steps.held(wanted, theirs, "outsider")
        others = {shown(slot) for slot in refused.value.others}
        assert len(others) == 3 and shown(wanted) not in others
        assert others <= await starts(steps, theirs, "outsider")


async def read_anew(viewer, asked, practice, resource_ids, *run):
    own = Own(account_id=viewer.account_id)
    return await calendar_repository.load(practice, resource_ids, *run, own), None


async def test_the_least_asked_for_run_of_days_makes_room(steps, clock):
    triage_id, viewer = await steps.decided(), await steps.viewer_of("mother")
    first = (await start_actions.find_starts(viewer, triage_id)).free.days[0][0]
    for days in range(kept_repository.MOST_RUNS + 3):
        await start_actions.find_starts(viewer, triage_id, first, first + timedelta(days=days))
    assert len(kept_repository._kept) == kept_repository.MOST_RUNS
