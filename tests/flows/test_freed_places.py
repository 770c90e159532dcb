"""The desk's page of freed places, where the practice chooses itself whom to ask."""

import re
from typing import Any

import pytest

from backend.kit import db
from tests.booking.conftest import Steps
from tests.booking.waiting_scene import WaitingRoom
from tests.post import tomorrow_noon

PAGE = "/bureau/places-liberees"


@pytest.fixture
async def room(cast: Any, viewer_of: Any, clock: Any) -> WaitingRoom:
    await clock.move_to(tomorrow_noon(await clock.now()))
    return WaitingRoom(Steps(cast, viewer_of))


async def test_the_staff_chooses_whom_to_ask(room: WaitingRoom, as_person: Any) -> None:
    owner, desk = await as_person("owner"), await as_person("receptionist")
    assert (await desk.post(f"{PAGE}/mode", data={"mode": "equipe"})).status_code == 403
    assert (await owner.post(f"{PAGE}/mode", data={"mode": "equipe"})).status_code == 303
    early = await room.booked("outsider", "outsider", 0)
    late = await room.booked("mother", "mother", -1)
    await room.waits("mother", late)
    await room.cancel("outsider", early)
    assert await room.offers() == []
    shown = (await desk.get(PAGE)).text
    assert "Place à combler" in shown
    assert "1 personne convient" in shown
    place, wish = (
        re.search(r"/places-liberees/([0-9a-f-]{36})/proposer", shown),
        re.search(r'name="attente" value="([0-9a-f-]{36})"', shown),
    )
    assert place and wish
    for status in (303, 409):  # asked a second time, somebody is asked already
        answer = await desk.post(f"{PAGE}/{place[1]}/proposer", data={"attente": wish[1]})
        assert answer.status_code == status
    (offer,) = await room.offers()
    assert (offer["appointment_id"], offer["state"]) == (late.id, "open")
    noted = (
        "select count(*) from audit_entry where action in ('offer.make', 'waiting.mode', 'desk.places_read')"
    )
    assert await db.fetch_value(noted) == 3


async def test_the_figures_count_what_was_given_back(room: WaitingRoom, as_person: Any) -> None:
    early = await room.booked("outsider", "outsider", 0)
    await room.cancel("outsider", early)
    shown = (await (await as_person("receptionist")).get(PAGE)).text
    assert "0 % (49 % en moyenne en France)" in shown.replace("\u202f", " ").replace("\u00a0", " ")
