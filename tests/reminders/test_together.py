"""One message for the household: visits booked, moved or cancelled together are told of once to a reader."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar, Component

from backend.booking import actions as booking
from backend.booking import desk_actions, group_actions, party_actions, undo_actions
from backend.booking.model import Appointment, Cancel, HoldBundle, Member, Move, MoveTogether
from backend.demo.peers.messages import Message
from backend.desk.repository import messages_of, not_reached, visit
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.dates import NARROW_SPACE, hour
from backend.kit.settings import settings
from backend.outbox.relay import Relay
from backend.reminders.links import token_for
from backend.worker import EVENTS
from tests.booking.conftest import Steps
from tests.post import Post
from tests.reminders.test_leaving import to
from tests.visits import deliveries, hand_on, moved, owed

CHILDREN = ("daughter", "teen")


class Family:
    """A bundle of visits as one of the cast books it."""

    def __init__(self, cast: Any, viewer_of: Any) -> None:
        self.cast, self.viewer_of = cast, viewer_of
        self.steps = Steps(cast, viewer_of)

    async def mother(self) -> Viewer:
        viewer: Viewer = await self.viewer_of("mother")
        return viewer

    async def booked(self, *people: str, told: bool = True) -> list[Appointment]:
        """Visits one after the other or side by side, at least four days ahead."""
        viewer = await self.mother()
        members = [
            Member(patient_id=self.cast[one].patient_id, triage_id=await self.steps.decided("mother", one))
            for one in people or CHILDREN
        ]
        group = await party_actions.begin(viewer, members)
        day = (await business_now() + timedelta(days=10)).date()
        listing = await group_actions.find_bundles(viewer, group.id, day)
        bundle = listing.days[0][1][0]
        wanted = HoldBundle(group_id=group.id, starts_at=bundle.start, arrangement=bundle.arrangement)
        await group_actions.hold(viewer, wanted)
        found = await group_actions.book(viewer, group.id)
        if told:
            await hand_on()
        return found

    async def moved(self, visits: list[Appointment]) -> list[Appointment]:
        """All of them, to another day."""
        viewer, group_id = await self.mother(), visits[0].group_id
        assert group_id
        day = visits[0].starts_at.date() + timedelta(days=3)
        listing = await group_actions.find_bundles_to_move(viewer, group_id, day)
        bundle = listing.days[0][1][0]
        versions = {one.id: one.version for one in visits}
        wanted = MoveTogether(versions=versions, starts_at=bundle.start, arrangement=bundle.arrangement)
        found = await group_actions.move(viewer, group_id, wanted)
        await hand_on()
        return found


@pytest.fixture
def family(cast: Any, viewer_of: Any, post: Post) -> Family:
    return Family(cast, viewer_of)


def events(message: Message) -> list[Component]:
    (attached,) = message.attachments
    return list(Calendar.from_ical(attached.text).walk("VEVENT"))


def visits_in(message: Message) -> set[str]:
    return {str(event["uid"]).split("@")[0] for event in events(message)}


def ids(*visits: Appointment) -> set[str]:
    return {str(one.id) for one in visits}


def hours(visits: list[Appointment]) -> list[str]:
    return [hour(one.starts_at, "Europe/Paris").replace(NARROW_SPACE, " ") for one in visits]


async def test_a_bundle_is_confirmed_in_one_message_to_each_parent(
    post: Post, family: Family, cast: Any
) -> None:
    visits = await family.booked()
    sent = await post.send_due()
    told = [cast.people[one].email for one in ("father", "mother", "teen")]
    assert sorted(one.to for one in sent) == sorted(told)
    for parent in ("mother", "father"):
        (message,) = to(sent, cast, parent)
        first, second = hours(visits)
        assert message.subject.startswith("Vos 2 rendez-vous\u00a0: ")
        assert first in message.subject
        assert "Vos 2 rendez-vous sont pris. Le premier\u00a0:" in message.text
        assert f"Et aussi\u00a0: {second}." in message.text
        assert "Le fichier joint les ajoute" in message.text
        assert visits_in(message) == ids(*visits)
        assert [event for event in events(message) if "attendee" in event or "organizer" in event] == []


async def test_neither_parent_reads_anything_of_the_other(post: Post, family: Family, cast: Any) -> None:
    await family.booked()
    sent = await post.send_due()
    for parent, other in (("mother", "father"), ("father", "mother")):
        (message,) = to(sent, cast, parent)
        whole = message.subject + message.text + message.attachments[0].text
        person = cast.people[other]
        for hidden in (person.email, person.phone, person.given_name, "Lila", "Noé", "Roche", "CTRL"):
            assert hidden not in whole


async def test_a_push_speaks_of_all_of_them(post: Post, family: Family, cast: Any) -> None:
    await db.execute("update account set wants_email = false")
    await post.subscribe("mother", cast.people["mother"].account_id)
    visits = await family.booked()
    (push,) = to(await post.send_due(), cast, "mother")
    assert push.channel == "push"
    assert "2 rendez-vous pris" in push.text
    assert all(one in push.text for one in hours(visits))


async def test_the_other_parent_hears_of_the_child_alone(post: Post, family: Family, cast: Any) -> None:
    """The mother comes too: that is none of the father's business."""
    visits = await family.booked("mother", "daughter")
    sent = await post.send_due()
    assert len(events(to(sent, cast, "mother")[0])) == 2
    (message,) = to(sent, cast, "father")
    child = next(one for one in visits if one.patient_id == cast["daughter"].patient_id)
    assert visits_in(message) == ids(child)
    assert message.subject.startswith("Votre rendez-vous\u00a0: ")
    assert "Et aussi" not in message.text


async def test_the_control_without_the_deed_there_are_two(post: Post, family: Family, cast: Any) -> None:
    await family.booked(told=False)
    await db.execute("update outbox_event set payload = payload - 'deed_id'")
    await hand_on()
    assert len(to(await post.send_due(), cast, "mother")) == 2


async def test_an_event_that_is_heard_late_brings_no_second_message(
    post: Post, family: Family, cast: Any
) -> None:
    await family.booked(told=False)
    late = await db.fetch_value("select max(id::text)::uuid from outbox_event")
    await db.execute("update outbox_event set available_at = now() + interval '1 hour' where id = $1", late)
    await hand_on()
    (message,) = to(await post.send_due(), cast, "mother")
    assert len(events(message)) == 2
    await db.execute("update outbox_event set available_at = now() where id = $1", late)
    while await Relay(EVENTS).sweep():
        pass
    assert len(to(await post.send_due(), cast, "mother")) == 1


async def test_the_household_is_reminded_once(post: Post, family: Family, cast: Any, clock: Any) -> None:
    visits = await family.booked()
    await post.send_due()
    post.peers.messages.clear()
    reminders = [row for row in await deliveries("mother") if row["kind"] == "appointment_reminder"]
    assert len(reminders) == 2
    await clock.move_to(max(row["due_at"] for row in reminders))
    (reminder,) = to(await post.send_due(), cast, "mother")
    first, second = hours(visits)
    assert first in reminder.subject
    assert f"Et aussi\u00a0: {second}." in reminder.text
    assert len(to(post.peers.messages.all(), cast, "father")) == 1


async def test_it_speaks_of_what_remains_when_one_is_cancelled_before_it_leaves(
    post: Post, family: Family, cast: Any
) -> None:
    gone, kept = await family.booked()
    viewer = await family.mother()
    await booking.cancel(viewer.actor, Cancel(appointment_id=gone.id, version=1))
    await hand_on()
    messages = {one.subject.split("\u00a0: ")[0]: one for one in to(await post.send_due(), cast, "mother")}
    assert set(messages) == {"Votre rendez-vous", "Rendez-vous annulé"}
    assert visits_in(messages["Votre rendez-vous"]) == ids(kept)
    assert visits_in(messages["Rendez-vous annulé"]) == ids(gone)


async def test_one_that_was_moved_before_it_leaves_has_its_own_message(
    post: Post, family: Family, cast: Any
) -> None:
    first, _ = await family.booked()
    await moved(first.id, first.starts_at + timedelta(days=1))
    subjects = sorted(one.subject.split("\u00a0: ")[0] for one in to(await post.send_due(), cast, "mother"))
    assert subjects == ["Votre rendez-vous", "Votre rendez-vous est déplacé"]


async def test_it_is_owed_again_when_the_desk_takes_its_move_back(
    post: Post, family: Family, cast: Any, viewer_of: Any
) -> None:
    visits, desk = await family.booked(), await viewer_of("receptionist")
    for one in visits:
        wanted = Move(
            appointment_id=one.id,
            version=1,
            practitioner_id=one.practitioner_id,
            starts_at=one.starts_at + timedelta(days=14),
        )
        await desk_actions.move(desk, wanted)
    assert to(await post.send_due(), cast, "mother") == []
    for change in await db.fetch("select id, appointment_id from desk_change"):
        await undo_actions.undo(desk, change["appointment_id"], change["id"])
    (message,) = to(await post.send_due(), cast, "mother")
    assert visits_in(message) == ids(*visits)


async def test_when_none_stands_any_more_nothing_leaves(post: Post, family: Family, cast: Any) -> None:
    visits = await family.booked(told=False)
    viewer, group_id = await family.mother(), visits[0].group_id
    assert group_id
    await hand_on()
    await group_actions.cancel(viewer, group_id, {one.id: 1 for one in visits}, None)
    await hand_on()
    (message,) = to(await post.send_due(), cast, "mother")
    assert message.subject.startswith("2 rendez-vous annulés\u00a0: ")
    assert ("dropped", "cancelled") in {(row["state"], row["reason"]) for row in await deliveries("mother")}


async def test_moving_all_is_one_message_and_cancelling_all_another(
    post: Post, family: Family, cast: Any
) -> None:
    visits = await family.booked()
    await post.send_due()
    post.peers.messages.clear()
    there = await family.moved(visits)
    (message,) = to(await post.send_due(), cast, "mother")
    assert message.subject.startswith("Vos 2 rendez-vous sont déplacés\u00a0: ")
    assert {(str(event["uid"]).split("@")[0], event["sequence"]) for event in events(message)} == {
        (str(one.id), 1) for one in visits
    }
    post.peers.messages.clear()
    versions, group_id = {one.id: one.version for one in there}, there[0].group_id
    assert group_id
    await group_actions.cancel(await family.mother(), group_id, versions, None)
    await hand_on()
    (message,) = to(await post.send_due(), cast, "father")
    assert message.subject.startswith("2 rendez-vous annulés\u00a0: ")
    assert "METHOD:CANCEL" in message.attachments[0].text
    assert {(str(event["status"]), event["sequence"]) for event in events(message)} == {("CANCELLED", 2)}


async def link(person: str) -> str:
    (row,) = [row for row in await deliveries(person) if row["kind"] == "appointment_booked"]
    return "/m/" + token_for(row["id"], settings().secret)


async def test_its_link_shows_and_confirms_all_of_them(
    post: Post, family: Family, anonymous: httpx.AsyncClient
) -> None:
    visits = await family.booked()
    here = await link("mother")
    page = (await anonymous.get(here)).text.replace(NARROW_SPACE, " ")
    assert all(one in page for one in hours(visits))
    assert (await anonymous.post(f"{here}/confirmer")).status_code == 303
    assert await db.fetch_value("select count(*) from appointment where confirmed_at is not null") == 2


async def test_an_old_link_shows_what_still_stands_and_then_says_that_all_moved(
    post: Post, family: Family, anonymous: httpx.AsyncClient
) -> None:
    visits = await family.booked()
    here, (first, second) = await link("mother"), visits
    await moved(first.id, first.starts_at + timedelta(days=1))
    page = (await anonymous.get(here)).text.replace(NARROW_SPACE, " ")
    assert hours([second])[0] in page
    assert page.count("Dre Roux") + page.count("Dr ") >= 1
    await moved(second.id, second.starts_at + timedelta(days=1))
    answer = await anonymous.get(here)
    assert answer.status_code == 200
    assert hours([second])[0] not in answer.text.replace(NARROW_SPACE, " ")


async def test_the_desk_sees_who_was_not_reached(post: Post, family: Family) -> None:
    await db.execute("update account set wants_email = false, wants_push = false")
    visits = await family.booked()
    await post.send_due()
    assert {one.visit_id for one in await not_reached(await business_now())} == {one.id for one in visits}


async def test_the_desk_sees_nothing_of_the_other_parent_beside_the_mothers_own_visit(
    post: Post, family: Family, cast: Any
) -> None:
    father = cast.people["father"]
    await db.execute("update account set wants_email = false where id = $1", father.account_id)
    visits = {one.patient_id: one.id for one in await family.booked("mother", "daughter")}
    await post.send_due()
    hers, childs = (visits[cast[one].patient_id] for one in ("mother", "daughter"))
    told = {visit: {one.given_name for one in await messages_of(visit)} for visit in (hers, childs)}
    mother = cast.people["mother"].given_name
    assert told == {hers: {mother}, childs: {mother, father.given_name}}
    assert {one.visit_id for one in await not_reached(await business_now())} == {childs}
    assert ((await visit(hers)).unreached, (await visit(childs)).unreached) == (0, 1)


async def test_each_of_them_is_owed_once_whoever_hears_first(post: Post, family: Family) -> None:
    await family.booked()
    for person in ("mother", "father"):
        assert [kind for kind, when in await owed(person) if kind == "booked"] == ["booked"]
