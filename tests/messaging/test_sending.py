"""The postman against a real mail server and a push service that decrypts."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.demo.peers.behaviour import Answer
from backend.demo.peers.messages import Channel
from backend.kit import db
from backend.kit.calendar_file import Entry
from backend.kit.clock import business_now
from backend.messaging import repository, rules
from backend.messaging.model import Delivery, Drop, Send, Verdict, Wait
from backend.messaging.render import catalogue
from tests import post as posts
from tests.post import Post, hasten, lines, open_post, owe, state

VALUES = {
    "when": "mardi 3 mars à 9 h 30",
    "place": "Cabinet des Tilleuls",
    "address": "12 rue des Tilleuls",
    "practitioner": "Dre Roux",
    "phone": "04 99 00 12 34",
    "others": "",
    "count": "",
    "code": "123 456",
    "minutes": "10",
}
START = datetime.fromisoformat("2026-03-03T08:30:00+00:00")


class Checks:
    """One check for every kind. `verdict` replaces its answer; `asked` counts the questions."""

    def __init__(self) -> None:
        self.verdict: Verdict | None = None
        self.asked = 0
        self.entries: tuple[Entry, ...] = ()
        self.zone = "UTC"

    async def __call__(self, delivery: Delivery, locale: str, now: datetime) -> Verdict:
        assert db.in_transaction()
        self.asked += 1
        if self.verdict is not None:
            return self.verdict
        values = {name: VALUES[name] for name in catalogue().kinds[delivery.kind].values}
        return Send(values=values, link="/m/abc", zone=self.zone, entries=self.entries)


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
async def post(tmp_path: Path, database: Any, clock: Any, checks: Checks) -> AsyncIterator[Post]:
    await clock.move_to(posts.tomorrow_noon(await clock.now()))
    async with open_post(tmp_path, dict.fromkeys(catalogue().kinds, checks), database) as office:
        yield office


@pytest.fixture
def mother(cast: Any) -> UUID:
    account_id: UUID = cast.people["mother"].account_id
    return account_id


async def test_a_reminder_goes_to_the_phone(post: Post, mother: UUID) -> None:
    await post.subscribe("mother", mother)
    delivery = await owe(mother)

    (message,) = await post.send_due()
    assert json.loads(message.text) == {
        "web_push": 8030,
        "notification": {
            "title": "Rendez-vous mardi 3 mars à 9 h 30 au cabinet",
            "lang": "fr",
            "dir": "ltr",
            "body": "Touchez pour confirmer, déplacer ou annuler.",
            "navigate": "http://localhost:8000/m/abc",
            "tag": rules.topic(delivery),
        },
    }
    assert (message.to, message.topic) == ("mother", rules.topic(delivery))
    assert message.headers["Urgency"] == "high"
    assert 0 < int(message.headers["TTL"]) <= 2 * 24 * 3600
    assert await state(delivery) == ("sent", None)
    assert await lines(delivery) == [("push", "sent", "201")]
    assert await post.send_due() == [message]


async def test_without_a_phone_it_goes_by_email(post: Post, mother: UUID, cast: Any) -> None:
    delivery = await owe(mother)

    (mail,) = await post.send_due()
    assert mail.to == cast.people["mother"].email
    assert mail.subject == "Rendez-vous mardi 3 mars à 9 h 30"
    assert mail.message_id == f"<{delivery}@localhost>"
    assert "http://localhost:8000/m/abc" in mail.text
    assert mail.html == ""
    assert "List-Unsubscribe" not in mail.headers
    assert await lines(delivery) == [("email", "sent", "250")]


async def test_a_confirmation_goes_by_email_with_a_calendar_file(
    post: Post, checks: Checks, mother: UUID
) -> None:
    await post.subscribe("mother", mother)
    entry = Entry(
        uid="1@localhost",
        sequence=2,
        starts_at=START,
        ends_at=START + timedelta(minutes=30),
        summary="Rendez-vous, Cabinet des Tilleuls",
        place="12 rue des Tilleuls",
        changed_at=START,
        zone="Europe/Paris",
        description="Déplacer",
        url="http://localhost:8000/rendez-vous/1",
    )
    checks.entries = (entry,)
    await owe(mother, "appointment_booked")

    (mail,) = await post.send_due()
    assert mail.channel is Channel.EMAIL
    (file,) = mail.attachments
    assert (file.name, file.kind) == ("rendez-vous.ics", "text/calendar")
    for line in (
        "UID:1@localhost",
        "SEQUENCE:2",
        "DTSTART;TZID=Europe/Paris:20260303T093000",
        "METHOD:PUBLISH",
    ):
        assert line in file.text


async def test_what_is_not_due_waits(post: Post, mother: UUID) -> None:
    await owe(mother, due_at=await business_now() + timedelta(minutes=1))
    assert await post.send_due() == []


async def test_what_is_owed_twice_leaves_once(post: Post, mother: UUID) -> None:
    subject = UUID(int=5)
    assert await owe(mother, subject_id=subject) == await owe(mother, subject_id=subject)
    assert len(await post.send_due()) == 1


@pytest.mark.parametrize("answer", [Answer.GONE, Answer.UNKNOWN])
async def test_a_phone_that_is_gone_is_closed_and_the_email_leaves_at_once(
    post: Post, mother: UUID, answer: Answer
) -> None:
    await post.subscribe("mother", mother)
    post.peers.misbehave(Channel.PUSH, answer, times=None)
    delivery = await owe(mother)

    assert [message.channel for message in await post.send_due()] == [Channel.EMAIL]
    assert await lines(delivery) == [("push", "never", str(answer)), ("email", "sent", "250")]
    assert await db.fetch_value("select closed_at is not null from push_subscription")
    assert await state(delivery) == ("sent", None)


async def test_the_next_phone_comes_before_the_email(post: Post, mother: UUID) -> None:
    await post.subscribe("old phone", mother)
    await post.subscribe("new phone", mother)
    post.peers.misbehave(Channel.PUSH, Answer.GONE, "new phone")
    await owe(mother)
    assert [message.to for message in await post.send_due()] == ["old phone"]


async def test_our_own_fault_costs_the_person_nothing(post: Post, mother: UUID) -> None:
    await post.subscribe("mother", mother)
    post.peers.misbehave(Channel.PUSH, Answer.TOO_LARGE, times=None)
    delivery = await owe(mother)

    assert [message.channel for message in await post.send_due()] == [Channel.EMAIL]
    assert await lines(delivery) == [("push", "never", "413"), ("email", "sent", "250")]
    assert not await db.fetch_value("select closed_at is not null from push_subscription")


async def test_unusable_keys_are_no_reason_to_be_silent(post: Post, mother: UUID) -> None:
    device = await post.subscribe("mother", mother)
    await db.execute("update push_subscription set p256dh = 'AAAA' where id = $1", device)
    await owe(mother)
    assert [message.channel for message in await post.send_due()] == [Channel.EMAIL]


async def test_an_address_that_is_no_push_service_is_never_called(post: Post, mother: UUID) -> None:
    device = await post.subscribe("mother", mother)
    await db.execute("update push_subscription set endpoint = 'http://127.0.0.1:1/x' where id = $1", device)
    delivery = await owe(mother)
    await post.send_due()
    assert (await lines(delivery))[0] == ("push", "never", "not a push service")


async def test_a_service_that_asks_to_wait_is_left_alone_by_everybody(
    post: Post, mother: UUID, cast: Any
) -> None:
    father = cast.people["father"].account_id
    await post.subscribe("mother", mother)
    await post.subscribe("father", father)
    post.peers.misbehave(Channel.PUSH, Answer.TOO_MANY, "mother", retry_after=120)
    first = await owe(mother)
    await post.send_due()
    second = await owe(father)

    assert await post.send_due() == []
    assert await lines(first) == [("push", "later", "429")]
    assert await lines(second) == [("push", "later", "paused")]
    waits = await db.fetch("select extract(epoch from available_at - now())::int as seconds from delivery")
    assert all(100 < row["seconds"] <= 120 for row in waits)


async def test_a_service_in_trouble_is_tried_again_then_the_email_takes_over(
    post: Post, mother: UUID
) -> None:
    await post.subscribe("mother", mother)
    post.peers.misbehave(Channel.PUSH, Answer.BROKEN, times=None)
    delivery = await owe(mother)
    for _ in range(rules.PUSH_PATIENCE):
        assert await post.send_due() == []
        await hasten()
    assert [message.channel for message in await post.send_due()] == [Channel.EMAIL]
    assert await state(delivery) == ("sent", None)


async def test_a_lost_answer_is_repeated_with_the_same_topic(post: Post, mother: UUID) -> None:
    await post.subscribe("mother", mother)
    post.peers.misbehave(Channel.PUSH, Answer.LOST)
    delivery = await owe(mother)

    (first,) = await post.send_due()
    await hasten()
    _, repeat = await post.send_due()
    assert first.topic == repeat.topic == rules.topic(delivery)
    assert first.text == repeat.text
    assert [line[:2] for line in await lines(delivery)] == [("push", "unanswered"), ("push", "sent")]


async def test_a_lost_answer_is_repeated_with_the_same_message_id(post: Post, mother: UUID) -> None:
    post.peers.misbehave(Channel.EMAIL, Answer.LOST)
    delivery = await owe(mother)

    (first,) = await post.send_due()
    await hasten()
    _, repeat = await post.send_due()
    assert first.message_id == repeat.message_id == f"<{delivery}@localhost>"
    assert [line[:2] for line in await lines(delivery)] == [("email", "unanswered"), ("email", "sent")]


async def test_an_answer_that_is_lost_again_and_again_ends_as_unknown(post: Post, mother: UUID) -> None:
    post.peers.misbehave(Channel.EMAIL, Answer.LOST, times=None)
    delivery = await owe(mother)
    for _ in range(rules.MOST_UNANSWERED + 1):
        await post.send_due()
        await hasten()
    assert await state(delivery) == ("unknown", "answers_lost")
    assert len(post.peers.messages.all()) == rules.MOST_UNANSWERED


async def test_a_mailbox_that_says_later_is_tried_later(post: Post, mother: UUID) -> None:
    post.peers.misbehave(Channel.EMAIL, Answer.MAIL_LATER)
    delivery = await owe(mother)
    assert await post.send_due() == []
    await hasten()
    assert len(await post.send_due()) == 1
    assert [line[:2] for line in await lines(delivery)] == [("email", "later"), ("email", "sent")]


async def test_a_mailbox_that_does_not_exist_is_unreachable(post: Post, mother: UUID) -> None:
    post.peers.misbehave(Channel.EMAIL, Answer.MAIL_NEVER)
    delivery = await owe(mother)
    assert await post.send_due() == []
    assert await state(delivery) == ("unreachable", "refused")


async def test_who_wants_no_channel_is_unreachable(post: Post, mother: UUID) -> None:
    await db.execute("update account set wants_email = false where id = $1", mother)
    delivery = await owe(mother)
    assert await post.send_due() == []
    assert await state(delivery) == ("unreachable", "no_channel")


async def test_a_mail_server_that_is_down_is_tried_later(post: Post, mother: UUID) -> None:
    await post.peers.stop()
    delivery = await owe(mother)
    await post.send_due()
    assert [line[:2] for line in await lines(delivery)] == [("email", "later")]
    await post.peers.start()


async def test_what_is_no_longer_true_never_leaves(post: Post, checks: Checks, mother: UUID) -> None:
    checks.verdict = Drop("moved")
    delivery = await owe(mother)
    assert await post.send_due() == []
    assert await state(delivery) == ("dropped", "moved")

    checks.verdict = None  # the control: with a check that says yes to all, the same delivery leaves
    await db.execute("update delivery set state = 'planned'")
    assert len(await post.send_due()) == 1


async def test_what_comes_too_late_never_leaves(post: Post, mother: UUID, clock: Any) -> None:
    delivery = await owe(mother, useless_after=await business_now() + timedelta(hours=1))
    await clock.forward(hours=1)
    assert await post.send_due() == []
    assert await state(delivery) == ("dropped", "too_late")


async def test_a_check_may_ask_for_another_time(post: Post, checks: Checks, mother: UUID, clock: Any) -> None:
    until = await business_now() + timedelta(hours=1)
    checks.verdict = Wait(until)
    await owe(mother)
    assert await post.send_due() == []
    checks.verdict = None
    assert await post.send_due() == []
    await clock.forward(hours=1)
    assert len(await post.send_due()) == 1


async def test_a_reminder_makes_no_sound_at_night(
    post: Post, checks: Checks, mother: UUID, clock: Any
) -> None:
    checks.zone = "Europe/Paris"
    await clock.forward(hours=10)  # 21 or 22 h in Paris
    await owe(mother)
    await owe(mother, "appointment_moved_by_practice")
    assert len(await post.send_due()) == 1  # the change alone
    await clock.forward(hours=13)
    assert len(await post.send_due()) == 2


async def test_never_a_third_message_within_48_hours(post: Post, mother: UUID, clock: Any) -> None:
    first, second, third = [await owe(mother) for _ in range(3)]
    assert len(await post.send_due()) == 2
    assert sorted([await state(one) for one in (first, second, third)], key=str) == [
        ("dropped", "cap"),
        ("sent", None),
        ("sent", None),
    ]
    await clock.forward(hours=47)
    await owe(mother)
    assert len(await post.send_due()) == 2
    await clock.forward(hours=2)
    await clock.move_to(posts.tomorrow_noon(await clock.now()))
    await owe(mother)
    assert len(await post.send_due()) == 3


async def test_the_cap_counts_what_reached_the_person(post: Post, mother: UUID) -> None:
    post.peers.misbehave(Channel.EMAIL, Answer.MAIL_NEVER, times=2)
    for _ in range(4):
        await owe(mother)
    assert len(await post.send_due()) == 2


async def test_a_change_by_the_practice_counts_but_never_yields(post: Post, mother: UUID) -> None:
    for _ in range(3):
        await owe(mother, "appointment_moved_by_practice")
    await post.send_due()
    reminder = await owe(mother)
    await post.send_due()
    assert len(post.peers.messages.all()) == 3
    assert await state(reminder) == ("dropped", "cap")


async def test_confirmations_do_not_count(post: Post, mother: UUID) -> None:
    for _ in range(3):
        await owe(mother, "appointment_booked")
    await owe(mother)
    assert len(await post.send_due()) == 4


async def test_two_workers_send_each_message_once(post: Post, mother: UUID) -> None:
    deliveries = [await owe(mother, "appointment_booked") for _ in range(100)]
    await asyncio.gather(*(post.postman.send_due() for _ in range(4)))
    ids = [message.message_id for message in post.peers.messages.all()]
    assert sorted(ids) == sorted(f"<{one}@localhost>" for one in deliveries)


async def test_the_cap_holds_for_messages_sent_at_the_same_moment(post: Post, mother: UUID) -> None:
    for _ in range(20):
        await owe(mother)
    await asyncio.gather(*(post.postman.send_due() for _ in range(4)))
    assert len(await post.send_due()) == rules.CAP


async def test_a_dead_workers_message_is_taken_up_again_and_known_as_a_repeat(
    post: Post, mother: UUID
) -> None:
    delivery = await owe(mother)
    (claimed,) = await repository.claim_due(await business_now(), 10)
    assert await repository.begin(claimed, Channel.EMAIL)  # and then it died
    assert await post.send_due() == []

    await hasten()
    assert len(await post.send_due()) == 1
    assert await lines(delivery) == [("email", "unanswered", "worker died"), ("email", "sent", "250")]


async def test_a_claim_that_was_lost_sends_nothing(post: Post, mother: UUID) -> None:
    await owe(mother)
    (slow,) = await repository.claim_due(await business_now(), 10)
    await hasten()
    assert len(await post.send_due()) == 1
    assert not await repository.begin(slow, Channel.EMAIL)


async def test_a_bug_in_a_check_keeps_the_message_and_tries_again(
    post: Post, checks: Checks, mother: UUID
) -> None:
    checks.verdict = Send(values={"when": "only this"})
    delivery = await owe(mother)
    other = await owe(mother, "sign_in_code")
    assert await post.send_due() == []
    assert await state(delivery) == await state(other) == ("planned", None)
    checks.verdict = None
    await hasten()
    assert len(await post.send_due()) == 2


async def test_asked_to_stop_it_gives_the_rest_back(post: Post, checks: Checks, mother: UUID) -> None:
    await owe(mother)
    post.postman.stop()
    assert await post.postman.send_due() == 1
    assert (checks.asked, post.peers.messages.all()) == (0, [])
    (claimed,) = await repository.claim_due(await business_now(), 10)
    assert claimed.attempts == 2
