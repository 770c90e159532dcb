"""A visit at another site, in another zone: messages say the hour there; the waiting list stays at a site."""

from typing import Any

from backend.booking import actions, slot_actions
from backend.booking.model import Appointment, Book, Filters, Hold
from backend.kit.dates import NARROW_SPACE, moment
from tests.booking.conftest import Steps
from tests.booking.waiting_scene import WaitingRoom
from tests.post import Post
from tests.reminders.test_leaving import to
from tests.sites import FAR, LYON, REUNION, open_far_site
from tests.visits import hand_on


async def booked_at(site: Any, steps: Steps, person: str, patient: str, day: int) -> Appointment:
    viewer, triage_id = await steps.viewer_of(person), await steps.decided(person, patient)
    listing = await slot_actions.find_slots(viewer, triage_id, filters=Filters(site_id=site))
    slot = listing.days[day][1][0]
    wanted = Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=slot.start)
    held = await actions.hold(viewer, wanted)
    return await actions.book(viewer, Book(hold_id=held.id))


async def test_the_confirmation_says_the_hour_and_the_place_there(
    post: Post, cast: Any, viewer_of: Any
) -> None:
    await open_far_site()
    visit = await booked_at(REUNION, Steps(cast, viewer_of), "mother", "daughter", 3)
    await hand_on()
    (message,) = to(await post.send_due(), cast, "mother")
    assert moment(visit.starts_at, FAR.key).replace(NARROW_SPACE, " ") in message.text
    assert "Cabinet des Filaos" in message.text and "97400 Saint-Denis" in message.text
    (calendar,) = message.attachments
    assert f"DTSTART;TZID=Indian/Reunion:{visit.starts_at.astimezone(FAR):%Y%m%dT%H%M}00" in calendar.text
    assert "Tilleuls" not in message.text.replace("Cabinet des Tilleuls\n", "")


async def test_nobody_is_offered_a_place_at_another_site(post: Post, cast: Any, viewer_of: Any) -> None:
    await open_far_site()
    steps = Steps(cast, viewer_of)
    room = WaitingRoom(steps)
    here = await booked_at(LYON, steps, "outsider", "outsider", 0)
    there = await booked_at(REUNION, steps, "outsider", "outsider_child", 0)
    late = await booked_at(REUNION, steps, "mother", "mother", -1)
    await room.waits("mother", late)
    await room.cancel("outsider", here)
    assert await room.offers() == []
    await room.cancel("outsider", there)
    (offer,) = await room.offers()
    assert offer["starts_at"] == there.starts_at
