"""What booking tells becomes what is owed, and to whom."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.audit.model import JOB
from backend.booking import actions as booking
from backend.booking.events import AppointmentBooked
from backend.booking.model import Cancel
from backend.kit import db
from backend.outbox.publish import publish
from tests.visits import at, booked, deliveries, hand_on, moved, owed

pytestmark = pytest.mark.usefixtures("post")


async def test_a_booking_is_confirmed_and_reminded_of_to_both_parents(thursday: date) -> None:
    await booked("daughter", at(thursday, "10:30"))
    for parent in ("mother", "father"):
        assert await owed(parent) == [
            ("booked", "now"),
            ("reminder", "Tue 10:30"),
            ("reminder_again", "Wed 10:30"),
        ]
    assert await owed("outsider") == []


async def test_a_long_visit_is_reminded_of_twice(thursday: date) -> None:
    await booked("daughter", at(thursday, "10:30"), minutes=60)
    assert await owed("mother") == [
        ("booked", "now"),
        ("reminder", "Thu 10:30"),
        ("reminder", "Wed 10:30"),
    ]


async def test_surgery_is_reminded_of_twice(thursday: date) -> None:
    surgery = await db.fetch_value("select key from care_type where is_surgery order by key limit 1")
    await booked("daughter", at(thursday, "10:30"), care=surgery)
    assert len([kind for kind, _ in await owed("mother") if kind == "reminder"]) == 2


async def test_hearing_the_same_event_twice_owes_nothing_more(thursday: date) -> None:
    visit = await booked("daughter", at(thursday, "10:30"))
    before = await deliveries("mother")
    async with db.transaction():
        await publish(AppointmentBooked(appointment_id=visit, version=1))
    await hand_on()
    assert await deliveries("mother") == before


async def test_what_fell_due_before_the_worker_heard_is_not_lost(thursday: date, clock: Any) -> None:
    visit = await booked("daughter", at(thursday, "10:30"), told=False)
    await clock.move_to(at(thursday - timedelta(days=2), "12:00"))
    async with db.transaction():
        await publish(AppointmentBooked(appointment_id=visit, version=1))
    await hand_on()
    assert ("reminder", "Tue 10:30") in await owed("mother", visit)


async def test_who_wants_no_messages_is_not_told(thursday: date, cast: Any) -> None:
    father = cast.people["father"].account_id
    await db.execute("update guardian set gets_messages = false where account_id = $1", father)
    await booked("daughter", at(thursday, "10:30"))
    assert await owed("father") == []


async def test_a_helper_who_books_has_the_confirmation_and_only_when_chosen_the_reminders(
    thursday: date, cast: Any
) -> None:
    helper = cast.people["helper"].account_id
    await db.execute("update guardian set gets_messages = false where account_id = $1", helper)
    await booked("elder", at(thursday, "10:30"), booked_by="helper")
    assert await owed("helper") == [("booked", "now")]
    assert len(await owed("elder")) == 3


async def test_the_desk_may_book_for_somebody(thursday: date) -> None:
    await booked("elder", at(thursday, "10:30"), booked_by=None)
    assert ("booked", "now") in await owed("elder")


async def test_a_visit_within_24_hours_has_its_confirmation_alone(clock: Any) -> None:
    await booked("daughter", await clock.now() + timedelta(hours=23))
    assert await owed("mother") == [("booked", "now")]


@pytest.mark.parametrize(("by_desk", "kind"), [(False, "moved"), (True, "moved_by_practice")])
async def test_a_move_is_told_and_planned_anew(thursday: date, by_desk: bool, kind: str) -> None:
    visit = await booked("daughter", at(thursday, "10:30"))
    await moved(visit, at(thursday + timedelta(days=1), "15:00"), by_desk=by_desk)
    assert [line for line in await owed("mother") if line[1] != "now"] == [
        ("reminder", "Tue 10:30"),
        ("reminder_again", "Wed 10:30"),
        ("reminder", "Wed 15:00"),
        ("reminder_again", "Thu 15:00"),
    ]
    assert (kind, "now") in await owed("mother")


async def test_a_move_to_within_24_hours_has_no_reminder(thursday: date, clock: Any) -> None:
    visit = await booked("daughter", at(thursday, "10:30"))
    await moved(visit, await clock.now() + timedelta(hours=20))
    rows = [row for row in await deliveries("mother") if row["subject_version"] == 2]
    assert [row["kind"] for row in rows] == ["appointment_moved"]


async def test_what_was_changed_again_before_it_was_heard_is_told_once(thursday: date) -> None:
    visit = await booked("daughter", at(thursday, "10:30"), told=False)
    async with db.transaction():
        await publish(AppointmentBooked(appointment_id=visit, version=1))
        await db.execute("update appointment set version = 2 where id = $1", visit)
    await hand_on()
    assert await owed("mother") == []


@pytest.mark.parametrize(("by_desk", "kind"), [(False, "cancelled"), (True, "cancelled_by_practice")])
async def test_a_cancellation_is_told(thursday: date, by_desk: bool, kind: str) -> None:
    visit = await booked("daughter", at(thursday, "10:30"))
    await booking.cancel(JOB, Cancel(appointment_id=visit, version=1), by_desk=by_desk)
    await hand_on()
    assert (kind, "now") in await owed("mother")
    assert (kind, "now") in await owed("father")
