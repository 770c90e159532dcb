"""Arrived, in the chair, over: what each tap stores, takes back and refuses; and times put right by hand."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.booking import chair_actions, desk_actions
from backend.booking.model import Move, Status
from backend.booking.model.stages import ChairTimes, CorrectTimes, Mark, Stage, stage_of
from backend.booking.rules import stages
from backend.booking.rules.changes import ChangedMeanwhile, NoLongerBooked
from backend.booking.rules.stages import NotYet, WrongOrder
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed, NotFound
from backend.kit.ids import new_id

BOOKED, ARRIVED, SEATED, DONE, MISSED = Stage
NOBODY = UUID(int=0)
MIDNIGHT = datetime(2027, 3, 1, tzinfo=UTC)


def tap(visit, was, stage, version=1):
    return Mark(appointment_id=visit.id, version=version, was=was, stage=stage)


async def stands(database):
    row = await database.fetchrow("select status, seated_at, finished_at, changed_at from appointment")
    return row["status"], row["seated_at"], row["finished_at"]


@pytest.fixture
async def day(steps, clock):
    """A visit of Lila's that has begun, and somebody at the desk."""
    booked = await steps.booked()
    await clock.move_to(booked.starts_at)
    return booked, await steps.viewer_of("receptionist"), clock


async def test_three_taps_leave_two_times_and_three_lines(day, database):
    visit, sam, clock = day
    await chair_actions.mark(sam, tap(visit, BOOKED, ARRIVED))
    await clock.move_to(visit.starts_at + timedelta(minutes=5))
    await chair_actions.mark(sam, tap(visit, ARRIVED, SEATED))
    await clock.move_to(visit.starts_at + timedelta(minutes=38))
    await chair_actions.mark(sam, tap(visit, SEATED, DONE))
    await chair_actions.mark(sam, tap(visit, SEATED, DONE))  # a double tap is one
    status, seated_at, finished_at = await stands(database)
    assert status == "done"
    assert round((finished_at - seated_at) / timedelta(minutes=1)) == 33
    lines = "select action from audit_entry where action ~ 'arrived|seated|done' order by at, id"
    assert [row["action"] for row in await database.fetch(lines)] == [
        "appointment.arrived",
        "appointment.seated",
        "appointment.done",
    ]


async def test_a_wrong_tap_is_taken_back_and_the_first_time_in_the_chair_stays(day, database):
    visit, sam, clock = day
    await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))  # a forgotten arrival does no harm
    first = (await stands(database))[1]
    await clock.move_to(visit.starts_at + timedelta(minutes=20))
    await chair_actions.mark(sam, tap(visit, SEATED, DONE))
    await chair_actions.mark(sam, tap(visit, DONE, SEATED))
    assert await stands(database) == ("arrived", first, None)
    await chair_actions.mark(sam, tap(visit, SEATED, ARRIVED))
    await chair_actions.mark(sam, tap(visit, ARRIVED, BOOKED))
    assert await stands(database) == ("booked", None, None)


async def test_who_taps_on_an_old_page_changes_nothing(day, steps, database):
    visit, sam, _ = day
    await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))
    await chair_actions.mark(sam, tap(visit, SEATED, DONE))
    before = await stands(database)
    nadia = await steps.viewer_of("assistant")
    with pytest.raises(ChangedMeanwhile):  # her page still shows the chair, and she takes that back
        await chair_actions.mark(nadia, tap(visit, SEATED, ARRIVED))
    assert await stands(database) == before


async def test_without_the_comparison_an_old_page_would_take_it_back(day, steps, database, monkeypatch):
    """The control of the test before."""
    visit, sam, _ = day
    monkeypatch.setattr(stages, "check_mark", lambda *_: None)
    await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))
    await chair_actions.mark(sam, tap(visit, SEATED, DONE))
    before = await stands(database)
    await chair_actions.mark(await steps.viewer_of("assistant"), tap(visit, SEATED, ARRIVED))
    assert await stands(database) != before


async def test_a_visit_that_was_moved_is_not_the_one_that_sits_down(day, steps, database):
    visit, sam, _ = day
    to = visit.starts_at + timedelta(days=7)
    moved = Move(appointment_id=visit.id, version=1, practitioner_id=visit.practitioner_id, starts_at=to)
    await desk_actions.move(sam, moved)
    with pytest.raises(ChangedMeanwhile):
        await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))
    assert (await stands(database))[0] == "booked"


async def test_only_the_staff_and_only_what_there_is(day, steps):
    visit, sam, _ = day
    mother = await steps.viewer_of("mother")
    with pytest.raises(NotAllowed):
        await chair_actions.mark(mother, tap(visit, BOOKED, SEATED))
    with pytest.raises(NotAllowed):
        await chair_actions.correct_times(mother, times(visit))
    with pytest.raises(NotFound):
        await chair_actions.mark(
            sam, msgspec.structs.replace(tap(visit, BOOKED, DONE), appointment_id=new_id())
        )
    await chair_actions.mark(sam, tap(visit, BOOKED, MISSED))
    with pytest.raises(NoLongerBooked):
        await chair_actions.mark(sam, tap(visit, MISSED, DONE))


def times(visit, were=ChairTimes(), to=ChairTimes(), version=1):  # noqa: B008
    return CorrectTimes(appointment_id=visit.id, version=version, were=were, times=to)


async def test_forgotten_taps_are_told_by_hand(day, database):
    visit, sam, clock = day
    await clock.move_to(visit.starts_at + timedelta(hours=2))
    await chair_actions.mark(sam, tap(visit, BOOKED, DONE))
    _, seated_at, finished_at = await stands(database)
    assert seated_at is None
    shown = ChairTimes(None, finished_at.replace(second=0, microsecond=0))
    right = ChairTimes(visit.starts_at, visit.starts_at + timedelta(minutes=30))
    await chair_actions.correct_times(sam, times(visit, shown, right))
    assert await stands(database) == ("done", right.seated_at, right.finished_at)
    line = await database.fetchrow("select details, patient_id from audit_entry where action ~ 'times'")
    assert json.loads(line["details"])["are"] == [
        at.isoformat() for at in (right.seated_at, right.finished_at)
    ]
    with pytest.raises(ChangedMeanwhile):  # the other screen still shows the first hours
        await chair_actions.correct_times(sam, times(visit, shown, ChairTimes()))
    await chair_actions.correct_times(sam, times(visit, right, ChairTimes(None, right.finished_at)))
    assert await stands(database) == ("done", None, right.finished_at)


async def test_times_that_cannot_be(day, database):
    visit, sam, clock = day
    with pytest.raises(NoLongerBooked):  # nobody sat down yet
        await chair_actions.correct_times(sam, times(visit))
    await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))
    await clock.move_to(visit.starts_at + timedelta(minutes=30))
    await chair_actions.mark(sam, tap(visit, SEATED, DONE))
    stored = await stands(database)
    shown = ChairTimes(*(at.replace(second=0, microsecond=0) for at in stored[1:]))
    start, end = shown.seated_at, shown.finished_at
    with pytest.raises(WrongOrder):
        await chair_actions.correct_times(sam, times(visit, shown, ChairTimes(end, start)))
    with pytest.raises(WrongOrder):
        await chair_actions.correct_times(sam, times(visit, shown, ChairTimes(start, start)))
    with pytest.raises(NotYet):
        tomorrow = ChairTimes(start, end + timedelta(days=1))
        await chair_actions.correct_times(sam, times(visit, shown, tomorrow))
    with pytest.raises(ChangedMeanwhile):
        await chair_actions.correct_times(sam, times(visit, shown, shown, version=2))
    await chair_actions.correct_times(sam, times(visit, shown, shown))
    assert await stands(database) == stored  # to the second, and without a line
    assert await database.fetchval("select count(*) from audit_entry where action = 'appointment.times'") == 0


async def test_while_somebody_sits_there_is_no_end(day, database):
    visit, sam, _ = day
    await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))
    stored = await stands(database)
    shown = ChairTimes(stored[1].replace(second=0, microsecond=0))
    earlier = shown.seated_at - timedelta(minutes=10)
    told = times(visit, shown, ChairTimes(earlier, shown.seated_at))
    await chair_actions.correct_times(sam, told)
    assert await stands(database) == ("arrived", earlier, None)


async def test_the_database_keeps_the_order_too(day, database):
    visit, sam, _ = day
    await chair_actions.mark(sam, tap(visit, BOOKED, DONE))
    with pytest.raises(Exception, match="appointment_in_the_chair"):
        await database.execute("update appointment set seated_at = finished_at + interval '1 second'")


def test_who_was_treated_was_not_missed():
    with pytest.raises(NoLongerBooked):
        stages.check_mark(Mark(appointment_id=NOBODY, version=1, was=DONE, stage=MISSED), 1, DONE)


@given(st.lists(st.sampled_from(Stage), max_size=12))
def test_however_one_taps_the_times_fit_the_stage(taps):
    status, found, at = Status.BOOKED, ChairTimes(), 0
    for wanted in taps:
        now = stage_of(status, found)
        try:
            stages.check_mark(Mark(appointment_id=NOBODY, version=1, was=now, stage=wanted), 1, now)
        except NoLongerBooked:
            continue
        at += 1
        status, found = stages.marked(wanted, found, MIDNIGHT + timedelta(minutes=at))
        assert stage_of(status, found) is wanted
        assert (found.finished_at is not None) == (wanted is DONE)
        assert wanted in (SEATED, DONE) or found == ChairTimes()
        assert not (found.seated_at and found.finished_at) or found.seated_at <= found.finished_at


async def test_now_is_the_practices_clock(day, database):
    visit, sam, _ = day
    await chair_actions.mark(sam, tap(visit, BOOKED, SEATED))
    assert abs((await business_now()) - (await stands(database))[1]) < timedelta(seconds=30)
