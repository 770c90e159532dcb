"""A key per client action: sent twice, twenty times at once or from an offline queue, it is done once."""

import asyncio
import re

import pytest

from backend.identity import jobs, once_repository
from backend.kit.ids import new_id
from backend.kit.parts import Part
from tests.booking.test_api import API, booked, first_place
from tests.booking.test_groups import group as opened_group
from tests.booking.test_groups import held as bundle_held
from tests.booking.test_groups import hold_of, listed
from tests.booking.test_pages import fields
from tests.flows.test_query_counts import counted
from tests.listings import places_of

MANY = 20


def under(key):
    return {"Idempotency-Key": key}


async def many_times(client, path, body, headers=None):
    """The same request, twenty times at once."""
    return await asyncio.gather(*(client.post(path, json=body, headers=headers) for _ in range(MANY)))


async def noted(database, action):
    return await database.fetchval("select count(*) from audit_entry where action = $1", action)


async def another_place(client, steps, nth, *who):
    triage_id = await steps.decided(*who)
    listing = (await client.get(f"{API}/slots", params={"triage": str(triage_id)})).json()
    slot = places_of(listing)[nth]
    return {"start": slot["start"], "practitioner_id": slot["practitioner"]}


async def test_twenty_holds_at_once_are_one_with_one_answer(steps, as_person, database):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    answers = await many_times(mother, f"{API}/holds", place, under("tap-on-tuesday"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await noted(database, "hold.make") == 1
    assert await database.fetchval("select count(*) from hold") == 1


async def test_without_a_key_each_of_them_is_another(steps, as_person, database):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    answers = await many_times(mother, f"{API}/holds", place)
    assert len({answer.text for answer in answers}) > 1
    assert await noted(database, "hold.make") > 1


async def test_without_the_stored_answer_the_key_protects_nothing(steps, as_person, database, monkeypatch):
    async def forgetful(*_):
        return True

    monkeypatch.setattr(once_repository, "claim", forgetful)
    monkeypatch.setattr(once_repository, "beside", lambda *_: Part("select", ()))
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    answers = await many_times(mother, f"{API}/holds", place, under("tap-on-tuesday"))
    assert len({answer.text for answer in answers}) > 1


@pytest.mark.parametrize("kept", [True, False])
async def test_a_move_from_the_offline_queue_comes_after_another(
    steps, as_person, database, monkeypatch, kept
):
    """The visit has moved on since. With the key its answer is the visit as it is; without, a refusal."""
    mother = await as_person("mother")
    visit = await booked(mother, steps)
    one = f"{API}/appointments/{visit['id']}/move"
    first, second = [await another_place(mother, steps, nth) for nth in (20, 40)]
    headers = under("queued-1") if kept else None
    moved = await many_times(mother, one, {**first, "version": 1}, headers)
    assert {(answer.status_code, answer.json()["version"]) for answer in moved} == {(200, 2)}
    assert (await mother.post(one, json={**second, "version": 2})).status_code == 200
    replayed = await mother.post(one, json={**first, "version": 1}, headers=headers)
    if kept:
        assert (replayed.status_code, replayed.json()["version"]) == (200, 3)
        assert replayed.json()["starts_at"] == second["start"]
    else:
        assert (replayed.status_code, replayed.json()["key"]) == (409, "booking.changed_meanwhile")
    assert await noted(database, "appointment.move") == 2


async def test_booking_cancelling_and_confirming_answer_again(steps, as_person, database):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    hold = (await mother.post(f"{API}/holds", json=place, headers=under("hold-it-1"))).json()
    body = {"hold_id": hold["id"]}
    answers = await many_times(mother, f"{API}/appointments", body, under("book-it-1"))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    one = f"{API}/appointments/{answers[0].json()['id']}"
    for deed in ("confirm", "cancel"):
        answers = await many_times(mother, f"{one}/{deed}", {"version": 1}, under(f"{deed}-it-1"))
        assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
        assert await noted(database, f"appointment.{deed}") == 1
    # What confirmed a visit that is cancelled by now is answered by how it stands.
    replayed = await mother.post(f"{one}/confirm", json={"version": 1}, headers=under("confirm-it-1"))
    assert (replayed.status_code, replayed.json()["status"]) == (200, "cancelled")
    assert (await mother.post(f"{one}/confirm", json={"version": 1})).status_code == 409


async def test_another_request_under_the_same_key_is_refused_with_a_sentence(steps, as_person):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    assert (await mother.post(f"{API}/holds", json=place, headers=under("the-key-1"))).status_code == 201
    other = {**place, **await another_place(mother, steps, 7)}
    answer = await mother.post(f"{API}/holds", json=other, headers=under("the-key-1"))
    assert (answer.status_code, answer.json()["key"]) == (422, "identity.key_reused")
    assert "déjà servi" in answer.json()["title"]


async def test_what_stands_in_the_address_belongs_to_the_request(steps, as_person):
    """Several sites: which one is meant stands behind the question mark of a form's address."""
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    first, again, other = [
        await mother.post(f"{API}/holds?site={site}", json=place, headers=under("the-key-1"))
        for site in ("lyon", "lyon", "caluire")
    ]
    assert (first.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["key"]) == (422, "identity.key_reused")


async def test_a_key_belongs_to_one_account(steps, as_person, database):
    mother, outsider = await as_person("mother"), await as_person("outsider")
    mine = await first_place(mother, await steps.decided())
    theirs = await another_place(outsider, steps, 40, "outsider", "outsider_child")
    theirs["triage_id"] = str(await steps.decided("outsider", "outsider_child"))
    for client, place in ((mother, mine), (outsider, theirs)):
        answer = await client.post(f"{API}/holds", json=place, headers=under("same-key"))
        assert answer.status_code == 201, answer.text
    assert await database.fetchval("select count(*) from client_action") == 2


@pytest.mark.parametrize("key", ["short", "with space in it", "é" * 12, "x" * 121])
async def test_a_key_of_another_shape_is_refused(steps, as_person, key):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    answer = await mother.post(f"{API}/holds", json=place, headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 400


async def test_a_refusal_is_not_the_answer_for_good(steps, as_person, database):
    mother, outsider = await as_person("mother"), await as_person("outsider")
    place = await first_place(mother, await steps.decided())
    theirs = {**place, "triage_id": str(await steps.decided("outsider", "outsider_child"))}
    assert (await outsider.post(f"{API}/holds", json=theirs)).status_code == 201
    refused = await mother.post(f"{API}/holds", json=place, headers=under("try-again"))
    assert refused.status_code == 409
    assert await database.fetchval("select count(*) from client_action") == 0
    elsewhere = {**theirs, **await another_place(outsider, steps, 40, "outsider", "outsider_child")}
    assert (await outsider.post(f"{API}/holds", json=elsewhere)).status_code == 201
    answer = await mother.post(f"{API}/holds", json=place, headers=under("try-again"))
    assert answer.status_code == 201


async def test_a_hold_that_is_over_is_made_anew(steps, as_person, clock, database):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    first = await mother.post(f"{API}/holds", json=place, headers=under("hold-it-1"))
    await clock.forward(minutes=11)
    answers = await many_times(mother, f"{API}/holds", place, under("hold-it-1"))
    assert {answer.status_code for answer in answers} == {201}
    (second,) = {answer.json()["id"] for answer in answers}
    assert second != first.json()["id"]
    assert await noted(database, "hold.make") == 2


async def test_a_hold_that_became_a_visit_is_refused_as_without_a_key(steps, as_person):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    hold = await mother.post(f"{API}/holds", json=place, headers=under("hold-it-1"))
    await mother.post(f"{API}/appointments", json={"hold_id": hold.json()["id"]})
    answer = await mother.post(f"{API}/holds", json=place, headers=under("hold-it-1"))
    assert (answer.status_code, answer.json()["key"]) == (409, "booking.already_booked")


async def test_an_answer_is_read_with_the_rights_of_this_moment(steps, as_person, cast, database):
    mother = await as_person("mother")
    visit = await booked(mother, steps)
    one = f"{API}/appointments/{visit['id']}/confirm"
    assert (await mother.post(one, json={"version": 1}, headers=under("we-come-1"))).status_code == 200
    await database.execute(
        "update guardian set until = business_now() where account_id = $1 and relation = 'parent'",
        cast["mother"].account_id,
    )
    answer = await mother.post(one, json={"version": 1}, headers=under("we-come-1"))
    assert answer.status_code == 404


async def test_a_family_is_asked_for_once(steps, as_person, database):
    mother = await as_person("mother")
    ids = [str(await steps.decided("mother", one)) for one in ("daughter", "teen")]
    begun = await many_times(mother, f"{API}/groups", {"triage_ids": ids}, under("together-1"))
    (group_id,) = {answer.json()["id"] for answer in begun}
    assert await database.fetchval("select count(*) from booking_group") == 1
    one = f"{API}/groups/{group_id}"
    bundle = (await mother.get(f"{one}/slots")).json()["bundles"][0]
    wanted = {"start": bundle["start"], "arrangement": bundle["arrangement"]}
    for path, body, status in (("holds", wanted, 201), ("appointments", None, 201)):
        answers = await many_times(mother, f"{one}/{path}", body, under(f"{path}-of-us"))
        assert {(answer.status_code, answer.text) for answer in answers} == {(status, answers[0].text)}
    assert await noted(database, "hold.make") == 2
    visits = answers[0].json()
    versions = {"versions": {visit["id"]: 1 for visit in visits}}
    elsewhere = await another_bundle(mother, steps, wanted)
    steps_of_all = (("confirm", versions), ("move", {**versions, **elsewhere}))
    for path, body in steps_of_all:
        answers = await many_times(mother, f"{one}/{path}", body, under(f"{path}-of-us"))
        assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
        assert await noted(database, f"appointment.{path}") == 2
    body = {"versions": {visit["id"]: 2 for visit in visits}}
    answers = await many_times(mother, f"{one}/cancel", body, under("cancel-of-us"))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert await noted(database, "appointment.cancel") == 2


async def another_bundle(client, steps, than):
    ids = [str(await steps.decided("mother", one)) for one in ("daughter", "teen")]
    group_id = (await client.post(f"{API}/groups", json={"triage_ids": ids})).json()["id"]
    bundles = (await client.get(f"{API}/groups/{group_id}/slots")).json()["bundles"]
    found = next(one for one in bundles if one["start"][:10] > than["start"][:10])
    return {"start": found["start"], "arrangement": found["arrangement"]}


async def test_another_bundle_from_the_same_page_and_back_again(steps, as_person, database):
    """One page has one key; what is chosen on it makes the difference, and the last choice holds."""
    mother = await as_person("mother")
    opened = await opened_group(steps)
    here = f"/prendre-rendez-vous/ensemble/{opened.id}/creneaux"
    once = fields(await mother.get(here))["once"]
    one, other = (await listed(steps, opened.id))[:2]
    for bundle in (one, other, one):
        wanted = hold_of(opened.id, bundle)
        form = {"start": bundle.start.isoformat(), "arrangement": wanted.arrangement.value, "once": once}
        assert (await mother.post(here, data=form)).status_code == 303
        starts = await database.fetchval("select min(starts_at) from hold where expires_at > business_now()")
        assert starts == bundle.start


async def test_a_form_sent_twice_leads_to_the_same_hold(steps, as_person, database):
    mother, triage_id = await as_person("mother"), await steps.decided()
    listing = await mother.get(f"/prendre-rendez-vous/{triage_id}/creneaux")
    place, form = f"/prendre-rendez-vous/{triage_id}/retenir", fields(listing)
    assert len(form["once"]) >= 22
    answers = await asyncio.gather(*(mother.post(place, data=form) for _ in range(MANY)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await noted(database, "hold.make") == 1


@pytest.mark.parametrize("with_key", [True, False])
async def test_a_call_back_asked_for_offline_and_already_given(as_person, database, with_key):
    """The first arrived, the desk has called, then the phone finds its network and sends it again."""
    mother = await as_person("mother")
    once = re.search(r'name="once" value="([^"]+)"', (await mother.get("/demandes/rappel")).text).group(1)
    form = {"phone": "06 39 98 00 01"} | ({"once": once} if with_key else {})
    assert (await mother.post("/demandes/rappel", data=form)).status_code == 303
    await database.execute("update desk_request set state = 'done'")
    again = await mother.post("/demandes/rappel", data=form)
    assert (again.status_code, again.headers["location"]) == (303, "/demandes?fait=rappel")
    assert await database.fetchval("select count(*) from desk_request") == (1 if with_key else 2)
    changed = await mother.post("/demandes/rappel", data={**form, "preferred_time": "le soir"})
    assert changed.status_code == 303
    assert await database.fetchval("select count(*) from desk_request") == 2


async def test_a_key_costs_no_statement_and_no_key_none(steps, as_person):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    await mother.post(f"{API}/holds", json=place)
    async with counted() as asked:
        await mother.post(f"{API}/holds", json=place)
    plain = list(asked)
    async with counted() as asked:
        await mother.post(f"{API}/holds", json=place, headers=under("hold-it-1"))
    keyed = list(asked)
    assert [statement for statement in plain if "client_action" in statement] == []
    assert len(keyed) == len(plain)


async def test_keys_are_forgotten_after_two_days(steps, as_person, database):
    mother = await as_person("mother")
    place = await first_place(mother, await steps.decided())
    await mother.post(f"{API}/holds", json=place, headers=under("hold-it-1"))
    assert await jobs.forget_keys() == 0
    await database.execute("update client_action set asked_at = now() - interval '49 hours'")
    assert await jobs.forget_keys() == 1
    assert await database.fetchval("select count(*) from client_action") == 0


async def test_a_bundle_held_for_one_hand_is_not_anothers(steps, as_person):
    opened, bundle = await bundle_held(steps)
    father = await as_person("father")
    body = {"start": bundle.start.isoformat(), "arrangement": bundle.arrangement.value}
    answer = await father.post(f"{API}/groups/{opened.id}/holds", json=body, headers=under(str(new_id())))
    assert answer.status_code == 404
