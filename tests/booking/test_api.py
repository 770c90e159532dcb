"""The same as JSON: shapes, sentences, 409 with three other starts, and what bad bodies get."""

import pytest

from backend.kit.ids import new_id
from backend.triage.model import Urgency
from tests.laws import LESS_PATIENCE, without
from tests.listings import places_of

API = "/api/v1"


async def first_place(client, triage_id):
    answer = await client.get(f"{API}/slots", params={"triage": str(triage_id)})
    assert answer.status_code == 200
    slot = places_of(answer.json())[0]
    return {"triage_id": str(triage_id), "start": slot["start"], "practitioner_id": slot["practitioner"]}


async def booked(client, steps):
    place = await first_place(client, await steps.decided())
    hold = (await client.post(f"{API}/holds", json=place)).json()
    answer = await client.post(f"{API}/appointments", json={"hold_id": hold["id"]})
    assert answer.status_code == 201
    return answer.json()


async def test_it_works_from_slots_to_appointment(steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided()
    listing = (await mother.get(f"{API}/slots", params={"triage": str(triage_id)})).json()
    assert set(listing) == {"site", "zone", "practitioners", "days", "next_from", "duration"}
    assert "car Lila a moins de 12 ans" in listing["duration"]["reason"]
    assert set(listing["days"][0]) == {"day", "label", "starts"}
    assert set(listing["practitioners"][0]) == {"id", "name", "minutes"}
    assert len(listing["days"]) == 7
    more = await mother.get(f"{API}/slots", params={"triage": str(triage_id), "from": listing["next_from"]})
    assert more.json()["days"][0]["day"] == listing["next_from"]

    place = await first_place(mother, triage_id)
    held = await mother.post(f"{API}/holds", json=place)
    assert held.status_code == 201
    assert set(held.json()) == {"id", "expires_at", "next"}
    first = await mother.post(f"{API}/appointments", json={"hold_id": held.json()["id"]})
    again = await mother.post(f"{API}/appointments", json={"hold_id": held.json()["id"]})
    assert first.status_code == 201
    assert again.json() == first.json()
    assert first.json()["care"]
    listed = (await mother.get(f"{API}/appointments")).json()
    assert first.json() in listed


async def test_a_taken_place_brings_three_other_starts(steps, as_person):
    mother, outsider = await as_person("mother"), await as_person("outsider")
    place = await first_place(mother, await steps.decided())
    theirs = await steps.decided("outsider", "outsider_child")
    assert (await outsider.post(f"{API}/holds", json={**place, "triage_id": str(theirs)})).status_code == 201
    answer = await mother.post(f"{API}/holds", json=place)
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["key"] == "booking.slot_taken"
    assert problem["title"].startswith("Ce créneau n’est plus disponible")
    others = problem["other_starts"]
    assert len({other["start"] for other in others}) == 3
    assert all(other["label"] and other["practitioner_name"] for other in others)


async def test_move_confirm_cancel_by_version(steps, as_person):
    mother = await as_person("mother")
    mine = await booked(mother, steps)
    one = f"{API}/appointments/{mine['id']}"
    confirmed = await mother.post(f"{one}/confirm", json={"version": 1})
    assert (confirmed.status_code, confirmed.json()["confirmed"]) == (200, True)
    place = await first_place(mother, await steps.decided())
    move = {"version": 1, "start": place["start"], "practitioner_id": place["practitioner_id"]}
    moved = await mother.post(f"{one}/move", json=move)
    assert (moved.json()["version"], moved.json()["confirmed"]) == (2, False)
    stale = await mother.post(f"{one}/cancel", json={"version": 1})
    assert (stale.status_code, stale.json()["key"]) == (409, "booking.changed_meanwhile")
    assert "modifié entre-temps" in stale.json()["title"]
    cancelled = await mother.post(f"{one}/cancel", json={"version": 2, "reason": "ill"})
    assert cancelled.json()["status"] == "cancelled"


@pytest.mark.parametrize(
    "body",
    [
        {"duration": 5},
        {"patient_id": str(new_id())},
        {"start": "2026-12-01T09:00:00"},
        {"start": "demain"},
        {"practitioner_id": "x"},
        {"triage_id": None},
    ],
)
async def test_bodies_that_are_refused(steps, as_person, body):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    answer = await mother.post(f"{API}/holds", json={**place, **body})
    assert answer.status_code == 400
    assert answer.json()["title"]


@pytest.mark.parametrize("content", ["", "[]", '"x"', "{", "null", "[" * 2000])
async def test_json_of_the_wrong_type(steps, as_person, content):
    mother = await as_person("mother")
    answer = await mother.post(
        f"{API}/appointments", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["title"]


async def test_a_place_in_the_past(steps, as_person):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    answer = await mother.post(f"{API}/holds", json={**place, "start": "2020-01-06T09:00:00+01:00"})
    assert (answer.status_code, answer.json()["key"]) == (409, "booking.not_offered")


async def test_an_expired_hold(steps, as_person, clock):
    mother = await as_person("mother")
    held = await mother.post(f"{API}/holds", json=await first_place(mother, await steps.decided()))
    await clock.forward(minutes=11)
    answer = await mother.post(f"{API}/appointments", json={"hold_id": held.json()["id"]})
    assert (answer.status_code, answer.json()["key"]) == (409, "booking.hold_expired")


@pytest.fixture
async def impatient(database):
    async with without(database, LESS_PATIENCE):
        yield


async def test_a_place_that_others_keep_locked_is_said_to_be_busy(steps, as_person, database, impatient):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    async with database.transaction():
        await database.execute("select 1 from resource for no key update")
        answer = await mother.post(f"{API}/holds", json=place)
    assert (answer.status_code, answer.json()["key"]) == (503, "kit.unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (await mother.post(f"{API}/holds", json=place)).status_code == 201


async def test_an_emergency_is_not_booked(steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided(urgency=Urgency.U0)
    answer = await mother.get(f"{API}/slots", params={"triage": str(triage_id)})
    assert (answer.status_code, answer.json()["key"]) == (409, "booking.call_instead")


async def test_the_outsider_gets_404_and_nobody_401(steps, as_person, anonymous):
    mother, outsider = await as_person("mother"), await as_person("outsider")
    mine = await booked(mother, steps)
    place = await first_place(mother, await steps.decided())
    held = (await mother.post(f"{API}/holds", json=place)).json()
    one = f"{API}/appointments/{mine['id']}"
    move = {"version": 1, "start": place["start"], "practitioner_id": place["practitioner_id"]}
    answers = [
        await outsider.get(one),
        await outsider.get(f"{API}/appointments/{new_id()}"),
        await outsider.get(f"{API}/slots", params={"triage": place["triage_id"]}),
        await outsider.post(f"{API}/holds", json=place),
        await outsider.post(f"{API}/appointments", json={"hold_id": held["id"]}),
        await outsider.post(f"{one}/move", json=move),
        await outsider.post(f"{one}/cancel", json={"version": 1}),
        await outsider.post(f"{one}/confirm", json={"version": 1}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["title"] for answer in answers}) == 1
    assert mine["id"] not in (await outsider.get(f"{API}/appointments")).text
    assert (await anonymous.get(f"{API}/appointments")).status_code == 401
