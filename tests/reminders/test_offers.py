"""The offer of a freed place on its way: through the worker's own postman to a phone or a mail box and back
by its link; not when it has ended, not at night, and to the next when the first has had enough messages."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from backend.audit.model import JOB
from backend.booking import actions as booking
from backend.booking.model import Appointment, Cancel
from backend.demo.peers.messages import Message
from backend.kit import db
from backend.messaging import rules
from backend.messaging.model import Delivery, Send, Verdict
from backend.reminders import offers
from tests.booking.conftest import Steps
from tests.booking.waiting_scene import WaitingRoom
from tests.post import Post
from tests.reminders.test_leaving import to
from tests.visits import PARIS, booked, hand_on

LINK = re.compile(r"http://localhost:8000(/place/[\w.~-]+)")
VALUES = ("when", "until", "now_at", "place", "practitioner", "phone")


class Office(WaitingRoom):
    """The waiting room with its post: three visits, of which the first is to be given back."""

    def __init__(self, steps: Steps, post: Post, now: datetime) -> None:
        super().__init__(steps)
        self.post, self.now = post, now

    async def open(self) -> None:
        """The outsider comes in three days; the mother and the father, later, would rather come then."""
        listed = await self.steps.slots(await self.steps.decided("outsider", "outsider"), "outsider")
        after = [slot.start >= self.now + timedelta(days=3) for slot in listed].index(True)
        self.early = await self.booked("outsider", "outsider", after)
        self.mothers = await self.booked("mother", "mother", -1)
        self.fathers = await self.booked("father", "father", -1)

    async def both_wait(self) -> None:
        """The mother first. What was sent so far is read and thrown away."""
        await self.waits("mother", self.mothers)
        await self.waits("father", self.fathers)
        await hand_on()
        await self.post.send_due()
        self.post.peers.messages.clear()

    async def told(self, person: str) -> list[Message]:
        """The offers that have reached somebody by now."""
        messages = to(await self.post.send_due(), self.steps.cast, person)
        return [message for message in messages if LINK.search(message.text)]

    async def state(self, visit: Appointment) -> tuple[str, str | None]:
        """What became of the message about the offer to this visit."""
        row = await db.fetch_row(
            "select d.state, d.reason from delivery d join place_offer o on o.id = d.subject_id "
            "where d.kind = 'waiting_offer' and o.appointment_id = $1",
            visit.id,
        )
        assert row is not None
        return row["state"], row["reason"]


@pytest.fixture
async def office(post: Post, cast: Any, viewer_of: Any, clock: Any) -> Office:
    found = Office(Steps(cast, viewer_of), post, await clock.now())
    await found.open()
    return found


@pytest.mark.parametrize("channel", ["email", "push"])
async def test_an_offer_leaves_and_its_link_moves_the_visit(
    office: Office, anonymous: httpx.AsyncClient, cast: Any, channel: str
) -> None:
    if channel == "push":
        await office.post.subscribe("mother", cast["mother"].account_id)
    await office.both_wait()
    await office.cancel("outsider", office.early)
    (message,) = await office.told("mother")
    assert message.channel == channel
    assert await office.told("father") == []
    said = (message.subject + message.text).lower()
    assert not [word for word in ("camille", "roche", "contrôle", "ctrl", "bilan") if word in said]

    link = LINK.search(message.text)
    assert link
    shown = await anonymous.get(link[1])
    assert shown.status_code == 200
    assert (await office.visit(office.mothers.id))["version"] == 1
    assert (await anonymous.post(f"{link[1]}/accepter")).status_code == 303
    moved = await office.visit(office.mothers.id)
    assert (moved["starts_at"], moved["version"]) == (office.early.starts_at, 2)


async def test_an_offer_that_ended_meanwhile_never_leaves(office: Office) -> None:
    await office.both_wait()
    await office.cancel("outsider", office.early)
    await office.cancel("mother", office.mothers)
    assert await office.told("mother") == []
    assert await office.state(office.mothers) == ("dropped", "offer_over")
    assert len(await office.told("father")) == 1


async def test_the_control_without_the_check_it_would_leave(office: Office) -> None:
    async def believe(delivery: Delivery, _: str, __: datetime) -> Verdict:
        return Send(values=dict.fromkeys(VALUES, ""), link=f"/place/{delivery.id}", zone=PARIS.key)

    office.post.postman._checks = {**office.post.postman._checks, offers.KIND: believe}
    await office.both_wait()
    await office.cancel("outsider", office.early)
    await office.cancel("mother", office.mothers)
    assert len(await office.told("mother")) == 1


async def two_messages_already(office: Office, on: datetime) -> None:
    """The practice has cancelled two visits of the mother’s within these two days, and told her."""
    for hours in (0, 1):
        visit = await booked("mother", on + timedelta(hours=hours))
        await booking.cancel(JOB, Cancel(appointment_id=visit, version=1), by_desk=True)
        await hand_on()
        await office.post.send_due()


async def test_over_the_cap_the_place_goes_to_the_next(office: Office) -> None:
    await two_messages_already(office, office.now + timedelta(days=60))
    await office.both_wait()
    await office.cancel("outsider", office.early)
    assert await office.told("mother") == []
    assert await office.state(office.mothers) == ("dropped", "cap")
    assert await offers.take_back_unheard() == 1
    await hand_on()
    assert await office.told("mother") == []
    (message,) = await office.told("father")
    assert [offer["state"] for offer in await office.offers()] == ["withdrawn", "open"]
    assert await offers.take_back_unheard() == 0
    assert LINK.search(message.text)


async def test_the_control_without_the_cap_she_would_hear(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_messages_already(office, office.now + timedelta(days=60))
    await office.both_wait()
    monkeypatch.setattr(rules, "over_cap", lambda _: False)
    await office.cancel("outsider", office.early)
    assert len(await office.told("mother")) == 1


async def test_at_night_nobody_is_told_and_the_time_to_answer_begins_in_the_morning(
    office: Office, clock: Any
) -> None:
    await office.both_wait()
    morning = await night_falls(office, clock)
    await office.cancel("outsider", office.early)
    assert await office.told("mother") == []
    # The first no longer wants to come at all: the next is chosen at night, and told in the morning.
    await office.cancel("mother", office.mothers)
    assert await office.told("father") == []
    await clock.move_to(morning - timedelta(minutes=1))
    assert await office.told("father") == []
    await clock.move_to(morning)
    assert len(await office.told("father")) == 1
    assert await office.told("mother") == []
    (_, offer) = await office.offers()
    assert timedelta() <= offer["expires_at"] - morning - timedelta(hours=2) < timedelta(minutes=1)


async def test_the_control_without_quiet_hours_somebody_would_be_woken(
    office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.both_wait()
    await night_falls(office, clock)
    monkeypatch.setattr(rules, "quiet_until", lambda *_: None)
    await office.cancel("outsider", office.early)
    assert len(await office.told("mother")) == 1


async def night_falls(office: Office, clock: Any) -> datetime:
    """It is eleven in the evening; the first moment of the morning at which a message may leave."""
    local = office.now.astimezone(ZoneInfo("Europe/Paris"))
    await clock.move_to(datetime.combine(local.date(), time(23), PARIS))
    return datetime.combine(local.date() + timedelta(days=1), rules.MORNING, PARIS)
