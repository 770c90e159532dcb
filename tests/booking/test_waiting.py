"""The waiting list on the real database: who is offered a freed place, until when, what answering does."""

from datetime import timedelta
from typing import Any

import pytest

from backend.audit.model import Actor, ActorKind
from backend.booking import actions, desk_actions, offer_actions, waiting_actions, waiting_jobs
from backend.booking.model import Appointment, ChangeDuration, Hold, Move
from backend.booking.rules.changes import SlotTaken
from backend.booking.rules.waiting import OfferOver
from backend.kit import db
from backend.kit.errors import NotFound
from tests.booking.conftest import Steps
from tests.booking.waiting_scene import WaitingRoom, overlaps
from tests.post import tomorrow_noon
from tests.visits import PARIS, hand_on


@pytest.fixture
async def room(steps: Steps, clock: Any) -> WaitingRoom:
    await clock.move_to(tomorrow_noon(await clock.now()))
    return WaitingRoom(steps)


@pytest.fixture
async def early(room: WaitingRoom) -> Appointment:
    """Somebody else's visit that will be given back."""
    return await room.booked("outsider", "outsider", 0)


@pytest.fixture
async def late(room: WaitingRoom, early: Appointment) -> Appointment:
    """Lila's visit, for which an earlier place is wished."""
    visit = await room.booked("mother", "mother", -1)
    await room.waits("mother", visit)
    return visit


def bearer(cast: Any, person: str = "mother") -> Actor:
    return Actor(ActorKind.LINK, cast[person].account_id)


async def test_a_cancelled_visits_place_is_kept_for_whoever_waits(
    room: WaitingRoom, early: Appointment, late: Appointment
) -> None:
    await room.cancel("outsider", early)
    (offer,) = await room.offers()
    assert (offer["appointment_id"], offer["starts_at"], offer["state"]) == (late.id, early.starts_at, "open")
    assert offer["practitioner_id"] == early.practitioner_id
    kept = await db.fetch("select expires_at from resource_use where offer_id = $1", offer["id"])
    assert {row["expires_at"] for row in kept} == {offer["expires_at"]}
    assert len(kept) == 2


async def test_nobody_else_gets_it_meanwhile(
    room: WaitingRoom, early: Appointment, late: Appointment, steps: Steps
) -> None:
    await room.cancel("outsider", early)
    result = await steps.decided("father", "teen")
    for person, triage in (("father", result), ("mother", await steps.decided("mother", "mother"))):
        viewer = await steps.viewer_of(person)
        wanted = Hold(triage_id=triage, practitioner_id=early.practitioner_id, starts_at=early.starts_at)
        with pytest.raises(SlotTaken):
            await actions.hold(viewer, wanted)
    assert early.starts_at not in {
        slot.start
        for slot in await steps.slots(result, "father")
        if slot.practitioner_id == early.practitioner_id
    }


async def test_accepting_moves_the_visit_and_frees_its_place_for_the_next(
    room: WaitingRoom, early: Appointment, late: Appointment, cast: Any
) -> None:
    await room.cancel("outsider", early)
    (offer,) = await room.offers()
    for _ in range(2):  # a double tap accepts once
        moved = await waiting_actions.accept(bearer(cast), offer["id"])
        assert (moved.starts_at, moved.version) == (early.starts_at, 2)
    await hand_on()
    (offer,) = await room.offers()
    assert (offer["state"], offer["ended_at"] is not None) == ("accepted", True)
    assert [place["state"] for place in await room.places()] == ["filled", "open"]
    assert (await room.places())[1]["starts_at"] == late.starts_at
    assert await db.fetch_value("select count(*) from resource_use where offer_id is not null") == 0
    assert await db.fetch_value("select count(*) from waiting_wish where ended_at is null") == 0
    assert await overlaps() == 0


async def test_refused_it_goes_to_the_next_and_never_back(
    room: WaitingRoom, early: Appointment, late: Appointment, cast: Any
) -> None:
    second = await room.booked("father", "teen", -1)
    await room.waits("father", second, notice_minutes=180)
    await room.cancel("outsider", early)
    (first,) = await room.offers()
    assert first["appointment_id"] == late.id
    await waiting_actions.refuse(bearer(cast), first["id"])
    await hand_on()
    assert [(one["appointment_id"], one["state"]) for one in await room.offers()] == [
        (late.id, "refused"),
        (second.id, "open"),
    ]
    assert (await room.visit(late.id))["version"] == 1
    with pytest.raises(OfferOver):
        await waiting_actions.accept(bearer(cast), first["id"])


async def test_unanswered_it_expires_after_two_hours_and_goes_to_the_next(
    room: WaitingRoom, early: Appointment, late: Appointment, cast: Any, clock: Any
) -> None:
    second = await room.booked("father", "teen", -1)
    await room.waits("father", second, notice_minutes=180)
    await room.cancel("outsider", early)
    (first,) = await room.offers()
    assert first["expires_at"] - first["created_at"] == timedelta(hours=2)
    await clock.forward(hours=1, minutes=59)
    assert await waiting_jobs.expire_offers() == 0
    await clock.forward(minutes=1)
    with pytest.raises(OfferOver):
        await waiting_actions.accept(bearer(cast), first["id"])
    assert await waiting_jobs.expire_offers() == 1
    assert not await offer_actions.expire(first["id"])
    await hand_on()
    assert [(one["appointment_id"], one["state"]) for one in await room.offers()] == [
        (late.id, "expired"),
        (second.id, "open"),
    ]


async def test_moved_away_the_old_place_is_offered(
    room: WaitingRoom, early: Appointment, late: Appointment, steps: Steps
) -> None:
    viewer = await steps.viewer_of("outsider")
    slot = (await steps.slots(await steps.decided("outsider", "outsider"), "outsider"))[8]
    wanted = Move(
        appointment_id=early.id, version=1, practitioner_id=slot.practitioner_id, starts_at=slot.start
    )
    await actions.move(viewer, wanted)
    await hand_on()
    (offer,) = await room.offers()
    assert (offer["appointment_id"], offer["starts_at"]) == (late.id, early.starts_at)


async def test_an_hour_becomes_a_place_for_two(room: WaitingRoom, cast: Any) -> None:
    long = await room.booked("outsider", "outsider", 0, care="PARO")
    adult = await room.booked("mother", "mother", -1)
    teen = await room.booked("father", "teen", -1)
    for person, visit in (("mother", adult), ("father", teen)):
        await room.waits(person, visit)
    await room.cancel("outsider", long)
    offers = await room.offers()
    assert {one["appointment_id"] for one in offers} == {adult.id, teen.id}
    first, second = sorted(offers, key=lambda one: one["starts_at"])
    assert first["starts_at"] == long.starts_at
    assert second["starts_at"] > first["ends_at"]
    assert await overlaps() == 0
    for offer in offers:
        who = "mother" if offer["appointment_id"] == adult.id else "father"
        await waiting_actions.accept(bearer(cast, who), offer["id"])
    assert await overlaps() == 0


async def test_the_end_of_a_shortened_visit_is_offered(room: WaitingRoom, clock: Any, steps: Steps) -> None:
    long = await room.booked("outsider", "outsider", 0, care="CONS1")
    adult = await room.booked("mother", "mother", -1)
    await room.waits("mother", adult)
    desk = await steps.viewer_of("receptionist")
    await desk_actions.change_duration(desk, ChangeDuration(appointment_id=long.id, version=1, minutes=10))
    await db.execute("update outbox_event set available_at = now() where done_at is null")
    await hand_on()
    (offer,) = await room.offers()
    assert offer["appointment_id"] == adult.id
    assert long.starts_at < offer["starts_at"] < long.ends_at


async def test_an_offer_made_at_night_counts_from_nine_in_the_morning(
    room: WaitingRoom, late: Appointment, clock: Any
) -> None:
    other = await room.booked("outsider", "outsider", 12)
    night = (await clock.now()).astimezone(PARIS).replace(hour=22, minute=30)
    assert other.starts_at > night + timedelta(hours=16)
    await clock.move_to(night)
    await room.cancel("outsider", other)
    (offer,) = await room.offers()
    morning = (night + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    same_day = other.starts_at.astimezone(PARIS).date() == morning.date()
    lasts = timedelta(minutes=15) if same_day else timedelta(hours=2)
    assert offer["expires_at"] == morning + lasts


async def test_three_offers_a_week_are_enough(
    room: WaitingRoom, early: Appointment, late: Appointment, cast: Any
) -> None:
    others = [early, *[await room.booked("outsider", "outsider", 0) for _ in range(3)]]
    for other in others:
        await room.cancel("outsider", other)
        for offer in await room.offers():
            if offer["state"] == "open":
                await waiting_actions.refuse(bearer(cast), offer["id"])
        await hand_on()
    assert [offer["state"] for offer in await room.offers()] == ["refused"] * 3


async def test_somebody_else_cannot_answer(
    room: WaitingRoom, early: Appointment, late: Appointment, cast: Any
) -> None:
    await room.cancel("outsider", early)
    (offer,) = await room.offers()
    for answer in (waiting_actions.accept, waiting_actions.refuse):
        with pytest.raises(NotFound):
            await answer(bearer(cast, "outsider"), offer["id"])


async def test_whoever_stops_waiting_or_cancels_gives_the_offer_back(
    room: WaitingRoom, early: Appointment, late: Appointment, steps: Steps
) -> None:
    await room.cancel("outsider", early)
    await room.cancel("mother", late)
    (offer,) = await room.offers()
    assert offer["state"] == "withdrawn"
    assert await db.fetch_value("select count(*) from resource_use where offer_id is not null") == 0


async def test_whoever_comes_to_the_list_later_is_asked_at_the_next_look(
    room: WaitingRoom, early: Appointment
) -> None:
    await room.cancel("outsider", early)
    assert await room.offers() == []
    visit = await room.booked("mother", "mother", -1)
    await room.waits("mother", visit)
    assert await waiting_jobs.ask_again() == 1
    assert len(await room.offers()) == 1


async def test_a_place_that_somebody_booked_is_offered_no_more(
    room: WaitingRoom, early: Appointment, steps: Steps
) -> None:
    await room.cancel("outsider", early)
    again = await room.booked("father", "teen", 0)
    assert again.starts_at == early.starts_at
    await waiting_jobs.ask_again()
    (place,) = await room.places()
    assert place["state"] == "taken"
