"""The desk chooses whom to ask: for places that visits gave back, and for time that nobody had booked."""

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.booking.model import Appointment
from backend.kit import db
from tests.booking.conftest import Steps
from tests.booking.waiting_scene import WaitingRoom
from tests.post import tomorrow_noon

PAGE = "/bureau/places-liberees"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
async def room(cast: Any, viewer_of: Any, clock: Any) -> WaitingRoom:
    await clock.move_to(tomorrow_noon(await clock.now()))
    return WaitingRoom(Steps(cast, viewer_of))


async def day_of(desk: Any, visit: Appointment) -> str:
    """The desk's page of a visit's day."""
    return str((await desk.get(f"/bureau/jour/{visit.starts_at.astimezone(PARIS):%Y-%m-%d}")).text)


async def test_the_staff_chooses_whom_to_ask(room: WaitingRoom, as_person: Any) -> None:
    owner, desk = await as_person("owner"), await as_person("receptionist")
    assert (await desk.post(f"{PAGE}/mode", data={"mode": "equipe"})).status_code == 403
    assert (await owner.post(f"{PAGE}/mode", data={"mode": "equipe"})).status_code == 303
    early = await room.booked("outsider", "outsider", 0)
    late = await room.booked("mother", "mother", -1)
    await room.waits("mother", late)
    await room.cancel("outsider", early)
    assert await room.offers() == []
    assert "Place à combler" in await day_of(desk, early)
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


async def test_what_is_free_is_shown_once_and_what_is_taken_not_at_all(
    room: WaitingRoom, as_person: Any
) -> None:
    desk, title = await as_person("receptionist"), "Place à combler"
    for _ in range(2):
        visit = await room.booked("outsider", "outsider", 0)
        await room.cancel("outsider", visit)
    assert len(await room.places()) == 2
    assert (await desk.get(PAGE)).text.count(title) == 1
    again = await room.booked("mother", "mother", 0)
    assert again.starts_at == visit.starts_at
    assert title not in (await desk.get(PAGE)).text


async def test_where_offers_leave_by_themselves_the_day_asks_for_nothing(
    room: WaitingRoom, as_person: Any
) -> None:
    early = await room.booked("outsider", "outsider", 0)
    await room.cancel("outsider", early)
    assert "Place à combler" not in await day_of(await as_person("receptionist"), early)


async def test_free_time_is_offered_to_who_waits_for_it(room: WaitingRoom, as_person: Any) -> None:
    desk = await as_person("receptionist")
    soon = await room.booked("outsider", "outsider", 0)
    late = await room.booked("mother", "mother", -1)
    await room.waits("mother", late)
    links = re.findall(r'href="(/bureau/temps-libre/[^"]+)"', await day_of(desk, soon))
    shown = {link: (await desk.get(link)).text for link in links}
    gap = next(link for link, page in shown.items() if "1 personne convient" in page)
    wish = re.search(r'name="attente" value="([0-9a-f-]{36})"', shown[gap])
    assert wish
    for status in (303, 409):  # asked a second time, it is no longer free
        assert (await desk.post(f"{gap}/proposer", data={"attente": wish[1]})).status_code == status
    (offer,) = await room.offers()
    assert (offer["appointment_id"], offer["state"]) == (late.id, "open")
    assert "Proposée à la liste d’attente jusqu’à" in await day_of(desk, soon)
    # What nobody gave back is no place that was refilled.
    assert "Aucune place libérée" in (await desk.get(PAGE)).text


async def test_free_time_has_an_address_while_it_is_free(room: WaitingRoom, as_person: Any) -> None:
    desk = await as_person("receptionist")
    soon = await room.booked("outsider", "outsider", 0)
    free = re.findall(r'href="(/bureau/temps-libre/[^"]+)"', await day_of(desk, soon))[0]
    assert "Temps libre" in (await desk.get(free)).text
    for wrong in ("hier", "2026-99-99T0900", free[-15:] + "00"):
        assert (await desk.get(free[:-15] + wrong)).status_code == 404
    assert (await desk.get(free[:-4] + "0300")).status_code == 409
