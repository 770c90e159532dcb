"""A visit was booked for a child who is of age when its messages are to leave: they go to the adult alone."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.booking import group_actions, party_actions
from backend.booking.model import HoldBundle, Member
from backend.desk.repository import not_reached
from backend.kit import db
from backend.kit.settings import settings
from backend.reminders.links import token_for
from tests.booking.conftest import Steps
from tests.post import Post
from tests.reminders.test_leaving import to
from tests.visits import PARIS, at, booked, deliveries, hand_on

PARENTS = ("mother", "father")


async def is_18_on(day: date, cast: Any) -> datetime:
    """Noé's birthday is that day; the moment at which it begins."""
    born = day.replace(year=day.year - 18)
    await db.execute("update patient set birth_date = $2 where id = $1", cast["teen"].patient_id, born)
    return datetime.combine(day, time(0), PARIS)


async def links(person: str, visit: UUID) -> list[str]:
    return ["/m/" + token_for(row["id"], settings().secret) for row in await deliveries(person, visit)]


@pytest.mark.parametrize("is_of_age", [False, True])
async def test_at_midnight_the_links_close_and_the_reminders_go_to_him(
    post: Post, thursday: date, cast: Any, clock: Any, anonymous: httpx.AsyncClient, is_of_age: bool
) -> None:
    midnight = await is_18_on(thursday - timedelta(days=4), cast)
    visit = await booked("teen", at(thursday, "10:30"))
    await post.send_due()
    await clock.move_to(midnight if is_of_age else midnight - timedelta(seconds=5))
    for parent in PARENTS:
        for link in await links(parent, visit):
            assert (await anonymous.get(link)).status_code == (404 if is_of_age else 200)
            confirmed = await anonymous.post(f"{link}/confirmer")
            assert confirmed.status_code == (404 if is_of_age else 303)
    for link in await links("teen", visit):
        assert (await anonymous.get(link)).status_code == 200
    post.peers.messages.clear()
    await db.execute("update appointment set confirmed_at = null")
    await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    assert [one.to for one in await post.send_due()] == [cast.people["teen"].email]


async def test_a_confirmation_that_leaves_after_midnight_is_no_longer_the_bookers(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    """Not even though she booked it: the worker was late, and he is an adult now."""
    midnight = await is_18_on((await clock.now()).astimezone(PARIS).date() + timedelta(days=1), cast)
    await clock.move_to(midnight - timedelta(minutes=1))
    await booked("teen", at(thursday, "10:30"))
    await clock.move_to(midnight)
    assert {one.to for one in await post.send_due()} == {cast.people["teen"].email}


async def test_of_a_bundle_the_mother_hears_of_the_younger_one_alone(
    post: Post, cast: Any, viewer_of: Any, clock: Any
) -> None:
    midnight = await is_18_on((await clock.now()).astimezone(PARIS).date() + timedelta(days=1), cast)
    await clock.move_to(midnight - timedelta(minutes=1))
    group_id = await held_together(cast, viewer_of, "daughter", "teen")
    await group_actions.book(await viewer_of("mother"), group_id)
    await hand_on()
    await clock.move_to(midnight)
    sent = await post.send_due()
    (message,) = to(sent, cast, "mother")
    assert message.subject.startswith("Votre rendez-vous\u00a0: ")
    assert message.attachments[0].text.count("BEGIN:VEVENT") == 1


async def test_a_bundle_that_was_held_with_him_is_neither_shown_nor_booked(
    cast: Any, viewer_of: Any, clock: Any, as_person: Any, post: Post
) -> None:
    midnight = await is_18_on((await clock.now()).astimezone(PARIS).date() + timedelta(days=1), cast)
    await clock.move_to(midnight - timedelta(minutes=1))
    group_id = await held_together(cast, viewer_of, "daughter", "teen", "mother")
    mother, here = await as_person("mother"), f"/prendre-rendez-vous/ensemble/{group_id}"
    assert "Noé" in (await mother.get(f"{here}/verifier")).text
    await clock.move_to(midnight)
    assert (await mother.get(f"{here}/verifier")).status_code == 404
    assert (await mother.post(f"{here}/verifier")).status_code == 404
    assert (await mother.post(f"/api/v1/groups/{group_id}/appointments")).status_code == 404
    people = await mother.get(here)
    assert "Lila" in people.text and "Noé" not in people.text
    assert await db.fetch_value("select count(*) from appointment") == 0


async def test_without_an_account_of_his_own_the_desk_is_told(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await db.execute(
        "delete from guardian where relation = 'self' and patient_id = $1", cast["teen"].patient_id
    )
    midnight = await is_18_on(thursday - timedelta(days=4), cast)
    visit = await booked("teen", at(thursday, "10:30"))
    await post.send_due()
    await clock.move_to(midnight)
    assert await not_reached(midnight) == []
    reminded_at = await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    post.peers.messages.clear()
    assert await post.send_due() == []
    assert [one.visit_id for one in await not_reached(reminded_at)] == [visit]


async def test_a_parent_whose_right_ended_is_no_reason_to_call_while_the_other_is_told(
    post: Post, thursday: date, cast: Any, clock: Any
) -> None:
    await booked("daughter", at(thursday, "10:30"))
    await post.send_due()
    father = cast.people["father"].account_id
    await db.execute("update guardian set until = business_now() where account_id = $1", father)
    reminded_at = await clock.move_to(at(thursday - timedelta(days=2), "10:30"))
    await post.send_due()
    assert await not_reached(reminded_at) == []


async def held_together(cast: Any, viewer_of: Any, *people: str) -> UUID:
    """A bundle held by the mother; the id of the group."""
    steps, mother = Steps(cast, viewer_of), await viewer_of("mother")
    members = [
        Member(patient_id=cast[one].patient_id, triage_id=await steps.decided("mother", one))
        for one in people
    ]
    group = await party_actions.begin(mother, members)
    bundle = (await group_actions.find_bundles(mother, group.id)).days[-1][1][0]
    wanted = HoldBundle(group_id=group.id, starts_at=bundle.start, arrangement=bundle.arrangement)
    await group_actions.hold(mother, wanted)
    return group.id
