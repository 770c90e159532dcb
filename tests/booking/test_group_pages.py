"""Several people as a browser without script sees it, and as JSON: from "Pour qui ?" to a move."""

import re

from tests.booking.test_groups import booked, group
from tests.booking.test_pages import fields, text
from tests.triage.roads import CHECKUP

WHO = "/prendre-rendez-vous"


async def answer(client, place):
    """Every question of a run; the address of its result."""
    while "/questions/" in place:
        page = await client.get(place)
        question = re.search(r'name="question" value="(\w+)"', page.text).group(1)
        given = {"question": question, "answer": CHECKUP.get(question, [])}
        place = (await client.post(place, data=given)).headers["location"]
    assert place.endswith("/verifier")
    return (await client.post(place)).headers["location"]


def follow(answer):
    assert answer.status_code in (302, 303, 307), answer.text
    return answer.headers["location"]


async def test_from_two_ticks_to_two_visits(as_person, cast):
    mother = await as_person("mother")
    patients = [str(cast[one].patient_id) for one in ("daughter", "teen")]
    sent_on = await mother.post(WHO, data={"patient": patients})
    assert (sent_on.status_code, sent_on.headers["location"]) == (307, f"{WHO}/ensemble")
    hub = follow(await mother.post(follow(sent_on), data={"patient": patients}))
    assert "Voir les créneaux ensemble" not in text(await mother.get(hub))
    for patient in patients:
        result = await answer(
            mother, follow(await mother.post(f"{hub}/questions", data={"patient": patient}))
        )
        slots = re.search(r'href="([^"]+/creneaux)"', (await mother.get(result)).text).group(1)
        assert follow(await mother.get(slots)) == hub
    assert "Voir les créneaux ensemble" in text(await mother.get(hub))

    listing = await mother.get(f"{hub}/creneaux")
    assert "Quand pour Lila et Noé ?" in text(listing)
    assert listing.text.count('class="slot-card"') == 3
    assert re.search(r"\d+ min sur place en tout", text(listing))
    assert follow(await mother.post(f"{hub}/creneaux", data=fields(listing))) == f"{hub}/verifier"
    check = await mother.get(f"{hub}/verifier")
    assert "Ces places sont gardées pour vous jusqu’à" in text(check)
    assert "Lila" in text(check) and "Noé" in text(check)

    visits = follow(await mother.post(f"{hub}/verifier"))
    assert follow(await mother.post(f"{hub}/verifier")) == visits
    done = await mother.get(visits)
    assert "Rendez-vous pris" in text(done)
    assert "Déplacer tous" in text(done)
    assert follow(await mother.get(f"{hub}/verifier")) in visits


async def test_one_tick_is_the_road_for_one(as_person, cast):
    mother = await as_person("mother")
    begun = await mother.post(WHO, data={"patient": str(cast["daughter"].patient_id)})
    assert re.fullmatch(WHO + r"/[0-9a-f-]{36}/questions/1", follow(begun))


async def test_a_bundle_that_is_gone_leads_to_others(steps, as_person, database):
    opened = await group(steps)
    mother, here = await as_person("mother"), f"{WHO}/ensemble/{opened.id}/creneaux"
    chosen = fields(await mother.get(here))
    await database.execute(
        """
        insert into resource_use (id, resource_id, starts_at, ends_at)
        select gen_random_uuid(), id, $1::text::timestamptz, $1::text::timestamptz + interval '2 hours'
        from resource where kind = 'chair'
        """,
        chosen["start"],
    )
    gone = await mother.post(here, data=chosen)
    assert gone.status_code == 409
    assert "ne sont plus disponibles ensemble" in text(gone)
    assert gone.text.count('class="slot-card"') == 3


async def test_one_of_them_can_go_on_alone(steps, as_person, cast):
    opened = await group(steps)
    mother, hub = await as_person("mother"), f"{WHO}/ensemble/{opened.id}"
    alone = await mother.post(f"{hub}/seul", data={"patient": str(cast["teen"].patient_id)})
    listing = await mother.get(follow(alone))
    assert "Quand pour Noé ?" in text(listing)


async def test_the_visits_are_moved_and_cancelled_on_one_page(steps, as_person):
    opened, found, _ = await booked(steps)
    mother, here = await as_person("mother"), f"/rendez-vous/ensemble/{opened.id}"
    one = await mother.get(f"/rendez-vous/{found[0].id}")
    assert here in one.text
    picker = await mother.get(f"{here}/deplacer")
    chosen = fields(picker)
    carried = set(re.findall(r'name="(version_[^"]+)"', picker.text))
    assert carried == {f"version_{visit.id}" for visit in found}
    versions = {f"version_{visit.id}": "1" for visit in found}
    chosen = {"start": chosen["start"], "arrangement": chosen["arrangement"]}
    assert follow(await mother.post(f"{here}/deplacer", data={**chosen, **versions})).startswith(here)
    stale = await mother.post(f"{here}/annuler", data=versions)
    assert stale.status_code == 409
    versions = dict.fromkeys(versions, "2")
    assert follow(await mother.post(f"{here}/annuler", data=versions)).startswith(here)
    assert "Annulé" in text(await mother.get(here))


async def test_the_father_sees_the_visits_and_not_who_booked_them(steps, as_person, cast):
    opened, _, _ = await booked(steps)
    father = await as_person("father")
    page = await father.get(f"/rendez-vous/ensemble/{opened.id}")
    assert "Lila" in text(page) and "Noé" in text(page)
    assert cast["mother"].email not in page.text
    assert "Camille" not in page.text


async def test_the_same_road_in_json(steps, as_person):
    mother = await as_person("mother")
    runs = [str(await steps.decided("mother", one)) for one in ("daughter", "teen")]
    opened = (await mother.post("/api/v1/groups", json={"triage_ids": runs})).json()
    here = f"/api/v1/groups/{opened['id']}"
    listing = (await mother.get(f"{here}/slots")).json()
    first = listing["suggestions"][0]
    assert first["presence"] == min(bundle["presence"] for bundle in listing["bundles"])
    wanted = {"start": first["start"], "arrangement": first["arrangement"]}
    held = await mother.post(f"{here}/holds", json=wanted)
    assert [place["start"] for place in held.json()["places"]] == [
        place["start"] for place in first["places"]
    ]
    visits = (await mother.post(f"{here}/appointments")).json()
    assert len(visits) == 2
    versions = {visit["id"]: visit["version"] for visit in visits}
    other = listing["bundles"][-1]
    body = {"start": other["start"], "arrangement": other["arrangement"], "versions": versions}
    moved = (await mother.post(f"{here}/move", json=body)).json()
    assert {visit["version"] for visit in moved} == {2}
    versions = dict.fromkeys(versions, 2)
    confirmed = (await mother.post(f"{here}/confirm", json={"versions": versions})).json()
    assert all(visit["confirmed"] for visit in confirmed)
    gone = (await mother.post(f"{here}/cancel", json={"versions": versions})).json()
    assert {visit["status"] for visit in gone} == {"cancelled"}
