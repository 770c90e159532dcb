"""What leaves, what does not any more, and what it says: events, checks, mail server, push service."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from backend.audit.model import JOB
from backend.booking import actions as booking
from backend.booking.model import Cancel, Confirm
from backend.booking.repository import message_facts
from backend.demo.peers.messages import Message
from backend.kit import db
from backend.kit.dates import NARROW_SPACE
from backend.messaging.model import Delivery, Send, Verdict
from backend.reminders import wording
from tests.post import Post
from tests.visits import at, booked, deliveries, hand_on, moved


def to(messages: list[Message], cast: Any, person: str) -> list[Message]:
    """What reached one of the cast, with plain spaces."""
    return [
        msgspec.structs.replace(
            one,
            subject=one.subject.replace(NARROW_SPACE, " "),
            text=one.text.replace(NARROW_SPACE, " ").replace("\r\n", "\n"),
        )
        for one in messages
        if one.to in (person, cast.people[person].email)
    ]


async def states(person: str) -> dict[tuple[str, str, int], tuple[str, str | None]]:
    return {
        (row["kind"].removeprefix("appointment_"), row["occasion"], row["subject_version"]): (
            row["state"],
            row["reason"],
        )
        for row in await deliveries(person)
    }


async def test_confirmation_then_reminder(post: Post, thursday: date, cast: Any, clock: Any) -> None:
    await post.subscribe("mother", cast.people["mother"].account_id)
    await booked("daughter", at(thursday, "10:30"))
    (confirmation,) = to(await post.send_due(), cast, "mother")
    assert "Cabinet des Tilleuls" in confirmation.text
    assert "avec Dre Roux" in confirmation.text
    assert "12 place des Tilleuls\n69003 Lyon" in confirmation.text
    (calendar,) = confirmation.attachments
    assert "SUMMARY:Rendez-vous au cabinet" in calendar.text
    assert f"DTSTART;TZID=Europe/Paris:{thursday:%Y%m%d}T103000" in calendar.text

    await clock.move_to(at(thursday - timedelta(days=2), "10:29"))
    assert len(to(await post.send_due(), cast, "mother")) == 1
    await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    _, reminder = to(await post.send_due(), cast, "mother")
    assert reminder.channel == "push"
    for message in (confirmation, reminder):
        said = (message.subject + message.text).lower()
        assert not [word for word in ("lila", "roche", "contrôle", "ctrl", "bilan") if word in said]


async def test_the_reminder_of_a_moved_visit_never_leaves(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    visit = await booked("daughter", at(thursday, "10:30"))
    await moved(visit, at(thursday + timedelta(days=1), "15:00"))
    await post.send_due()
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=2), "12:00"))
    assert await post.send_due() == []
    assert (await states("mother"))["reminder", "J-2", 1] == ("dropped", "moved")

    await clock.move_to(at(thursday - timedelta(days=1), "15:00"))
    (reminder,) = to(await post.send_due(), cast, "mother")
    assert "15 h 00" in reminder.subject


async def test_the_control_without_the_check_it_would_leave(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    async def believe(delivery: Delivery, locale: str, now: datetime) -> Verdict:
        facts = await message_facts(delivery.subject_id)
        assert facts is not None
        values = wording.values(facts, locale)
        return Send(values={**values, "others": ""}, zone=facts.zone)

    post.postman._checks = {**post.postman._checks, "appointment_reminder": believe}
    visit = await booked("daughter", at(thursday, "10:30"))
    await moved(visit, at(thursday + timedelta(days=1), "15:00"))
    await post.send_due()
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=2), "12:00"))
    assert len(to(await post.send_due(), cast, "mother")) == 1


async def test_a_cancelled_visit_is_not_reminded_of(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    visit = await booked("daughter", at(thursday, "10:30"))
    await post.send_due()
    await booking.cancel(JOB, Cancel(appointment_id=visit, version=1))
    await hand_on()
    post.peers.messages.clear()
    (told,) = to(await post.send_due(), cast, "mother")
    assert told.subject.startswith("Rendez-vous annulé")
    assert "STATUS:CANCELLED" in told.attachments[0].text

    await clock.move_to(at(thursday - timedelta(days=2), "12:00"))
    await post.send_due()
    assert (await states("mother"))["reminder", "J-2", 1] == ("dropped", "cancelled")


async def test_a_right_that_ended_ends_the_messages(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await booked("daughter", at(thursday, "10:30"))
    await post.send_due()
    post.peers.messages.clear()
    father = cast.people["father"].account_id
    await db.execute("update guardian set until = business_now() where account_id = $1", father)
    await clock.move_to(at(thursday - timedelta(days=2), "12:00"))
    assert [one.to for one in await post.send_due()] == [cast.people["mother"].email]
    assert (await states("father"))["reminder", "J-2", 1] == ("dropped", "no_right")


async def test_a_confirmed_visit_needs_no_second_reminder(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    visit = await booked("daughter", at(thursday, "10:30"), minutes=60)
    await clock.move_to(at(thursday - timedelta(days=7), "10:30"))
    await post.send_due()
    await booking.confirm(JOB, Confirm(appointment_id=visit, version=1))
    await clock.move_to(at(thursday - timedelta(days=1), "10:30"))
    await post.send_due()
    assert (await states("mother"))["reminder", "J-7", 1] == ("sent", None)
    assert (await states("mother"))["reminder", "J-1", 1] == ("dropped", "confirmed")


async def test_unless_its_care_has_instructions(post: Post, thursday: date, cast: Any, clock: Any) -> None:
    care = await db.fetch_value("select key from care_type where instructions_fr is not null limit 1")
    visit = await booked("daughter", at(thursday, "10:30"), minutes=60, care=care)
    await clock.move_to(at(thursday - timedelta(days=7), "10:30"))
    await post.send_due()
    await booking.confirm(JOB, Confirm(appointment_id=visit, version=1))
    await clock.move_to(at(thursday - timedelta(days=1), "10:30"))
    await post.send_due()
    assert (await states("mother"))["reminder", "J-1", 1] == ("sent", None)


async def test_a_day_after_an_unanswered_push_the_email_follows(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await post.subscribe("mother", cast.people["mother"].account_id)
    await booked("daughter", at(thursday, "10:30"))
    await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    await post.send_due()
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=1), "10:30"))
    (mail,) = await post.send_due()  # the father had an e-mail already
    assert mail.to == cast.people["mother"].email
    assert "pas encore confirmé" in mail.text
    assert (await states("father"))["reminder_again", "J-1", 1] == ("dropped", "not_pushed")


async def test_nothing_follows_for_whoever_has_confirmed(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await post.subscribe("mother", cast.people["mother"].account_id)
    visit = await booked("daughter", at(thursday, "10:30"))
    await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    await post.send_due()
    await booking.confirm(JOB, Confirm(appointment_id=visit, version=1))
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=1), "10:30"))
    assert await post.send_due() == []


async def test_same_day_visits_of_a_household_leave_as_one_at_the_earliest_hour(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await booked("teen", at(thursday, "11:15"))
    await booked("daughter", at(thursday, "10:30"))
    await post.send_due()
    post.peers.messages.clear()

    await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    (reminder,) = to(await post.send_due(), cast, "mother")
    assert "10 h 30" in reminder.subject
    assert "Et aussi\u00a0: 11 h 15." in reminder.text
    await clock.move_to(at(thursday - timedelta(days=2), "11:15"))
    assert len(to(await post.send_due(), cast, "mother")) == 1
    assert sorted(
        (row["state"], row["reason"])
        for row in await deliveries("mother")
        if row["kind"] == "appointment_reminder"
    ) == [("dropped", "covered"), ("sent", None)]


async def test_both_due_at_nine_leave_as_one(post: Post, thursday: date, cast: Any, clock: Any) -> None:
    await booked("daughter", at(thursday, "08:30"))
    await booked("teen", at(thursday, "08:00"))
    await post.send_due()
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=2), "09:00"))
    (reminder,) = to(await post.send_due(), cast, "mother")
    assert "8 h 00" in reminder.subject
    assert "Et aussi\u00a0: 8 h 30." in reminder.text


async def test_when_the_earlier_visit_falls_the_later_speaks_for_itself(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await booked("teen", at(thursday, "11:15"))
    visit = await booked("daughter", at(thursday, "10:30"))
    await booking.cancel(JOB, Cancel(appointment_id=visit, version=1))
    await hand_on()
    await post.send_due()
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=2), "11:15"))
    (reminder,) = to(await post.send_due(), cast, "mother")
    assert "11 h 15" in reminder.subject
    assert "Et aussi" not in reminder.text


async def test_two_plans_on_one_day_are_one_message(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    wednesday = thursday - timedelta(days=1)
    await booked("daughter", at(thursday, "10:30"))  # J-2 on Tuesday
    await booked("teen", at(wednesday, "09:30"), minutes=60)  # J-1 on Tuesday
    await post.send_due()
    await clock.move_to(at(thursday - timedelta(days=8), "09:30"))
    await post.send_due()
    post.peers.messages.clear()
    await clock.move_to(at(thursday - timedelta(days=2), "12:00"))
    (reminder,) = to(await post.send_due(), cast, "mother")
    assert "mercredi" in reminder.subject
    assert "Et aussi\u00a0: jeudi" in reminder.text
