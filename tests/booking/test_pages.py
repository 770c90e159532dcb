"""The pages as a browser without script sees them: from the list to the appointment, and every refusal."""

import re
from datetime import timedelta
from html import unescape

import pytest
from icalendar import Calendar

from backend.kit.ids import new_id
from backend.triage.model import Urgency

START = "/prendre-rendez-vous"


def text(answer):
    """What a person reads: without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def fields(answer, start=None):
    """The hidden fields of the first place on a page (or the one that starts then)."""
    forms = re.findall(r"<form[^>]*method=\"post\"[^>]*>(.*?)</form>", answer.text, re.DOTALL)
    for form in forms:
        found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        if "start" in found and start in (None, found["start"]):
            return found
    raise AssertionError("no place on this page")


async def held(client, triage_id):
    listing = await client.get(f"{START}/{triage_id}/creneaux")
    answer = await client.post(f"{START}/{triage_id}/retenir", data=fields(listing))
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_it_works_from_list_to_confirmation(steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided()
    listing = await mother.get(f"{START}/{triage_id}/creneaux")
    assert listing.status_code == 200
    assert "Lila" in text(listing)
    assert "car Lila a moins de 12 ans" in text(listing)
    assert listing.text.count('class="slot-card"') == 3

    place = await held(mother, triage_id)
    check = await mother.get(place)
    assert "Cette place est gardée pour vous jusqu’à" in text(check)
    assert "Être rappelé(e)" in text(check)

    booked = await mother.post(place)
    assert booked.status_code == 303
    done = await mother.get(booked.headers["location"])
    assert "Rendez-vous pris" in text(done)
    again = await mother.post(place)
    assert again.headers["location"] == booked.headers["location"]
    assert (await mother.get(place)).headers["location"] == booked.headers["location"]

    mine = await mother.get("/rendez-vous")
    assert "Je confirme" in text(mine)


async def test_the_calendar_file_says_when_and_where_not_what(steps, as_person):
    booked = await steps.booked()
    mother = await as_person("mother")
    answer = await mother.get(f"/rendez-vous/{booked.id}/calendrier.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Rendez-vous au cabinet"
    assert event.decoded("DTSTART") == booked.starts_at
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert "Lila" not in answer.text
    assert "ontr" not in answer.text.split("BEGIN:VEVENT")[1]  # contrôle


async def test_the_list_pages_and_filters_by_its_address(steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided()
    first = await mother.get(f"{START}/{triage_id}/creneaux")
    more = re.search(r'href="([^"]*\?de=[^"]*)"', first.text)
    assert more
    second = await mother.get(unescape(more.group(1)))
    assert fields(second)["start"] > fields(first)["start"]
    evenings = await mother.get(f"{START}/{triage_id}/creneaux?moment=soir")
    hours = [unescape(hour) for hour in re.findall(r'class="slot"[^>]*>(\d+)', evenings.text)]
    assert hours
    assert all(int(hour) >= 17 for hour in hours)


@pytest.mark.parametrize("query", ["de=hier", "moment=minuit", "jour=9", "praticien=moi"])
async def test_a_broken_address_is_said_and_shows_the_list_all_the_same(steps, as_person, query):
    mother, triage_id = await as_person("mother"), await steps.decided()
    answer = await mother.get(f"{START}/{triage_id}/creneaux?{query}")
    assert answer.status_code == 422
    assert "Il y a un problème" in text(answer)
    assert fields(answer)


async def test_an_urgent_visit_without_place_becomes_a_call_back(steps, as_person, database):
    mother = await as_person("mother")
    triage_id = await steps.decided(urgency=Urgency.U2, care="URG")
    await database.execute("delete from opening_hours")
    answer = await mother.get(f"{START}/{triage_id}/creneaux")
    assert "N’attendez pas" in text(answer)
    assert f"/demandes/rappel?triage_id={triage_id}" in answer.text


async def test_an_emergency_gets_no_list(steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided(urgency=Urgency.U1)
    answer = await mother.get(f"{START}/{triage_id}/creneaux")
    assert answer.status_code == 409
    assert "appelez le cabinet" in text(answer)


async def test_a_vanished_place_shows_three_others(steps, as_person):
    triage_id = await steps.decided()
    mother, outsider = await as_person("mother"), await as_person("outsider")
    listing = await mother.get(f"{START}/{triage_id}/creneaux")
    place = fields(listing)
    theirs = await steps.decided("outsider", "outsider_child")
    assert (await outsider.post(f"{START}/{theirs}/retenir", data=place)).status_code == 303
    answer = await mother.post(f"{START}/{triage_id}/retenir", data=place)
    assert answer.status_code == 409
    assert "Ce créneau n’est plus disponible" in text(answer)
    assert answer.text.count('class="slot-card"') == 3


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"start": "2020-01-06T09:00:00+01:00"}, 409, "Ce créneau n’est plus disponible"),
        ({"start": "2031-01-06T09:00:00+01:00"}, 409, "Ce créneau n’est plus disponible"),
        ({"start": "demain"}, 422, "Choisissez un créneau de la liste."),
        ({"start": "2026-12-01T09:00:00"}, 422, "Choisissez un créneau de la liste."),
        ({"practitioner_id": "x"}, 422, "Il y a un problème"),
        ({"practitioner_id": str(new_id())}, 409, "Ce créneau n’est plus disponible"),
        ({"duration": "5"}, 400, "champs inconnus"),
        ({"patient_id": str(new_id())}, 400, "champs inconnus"),
    ],
)
async def test_what_a_bad_place_gets(steps, as_person, changed, status, sentence):
    mother, triage_id = await as_person("mother"), await steps.decided()
    place = fields(await mother.get(f"{START}/{triage_id}/creneaux"))
    answer = await mother.post(f"{START}/{triage_id}/retenir", data={**place, **changed})
    assert answer.status_code == status
    assert sentence in text(answer)


async def test_an_expired_hold_leads_back_to_the_list(steps, as_person, clock):
    mother, triage_id = await as_person("mother"), await steps.decided()
    place = await held(mother, triage_id)
    await clock.forward(minutes=11)
    for answer in (await mother.get(place), await mother.post(place)):
        assert answer.status_code == 409
        assert "Votre place n’est plus gardée" in text(answer)
        assert f"{START}/{triage_id}/creneaux" in answer.text


async def test_moving_keeps_the_place_until_the_new_one_is_chosen(steps, as_person):
    booked = await steps.booked()
    mother = await as_person("mother")
    picker = await mother.get(f"/rendez-vous/{booked.id}/deplacer")
    assert "Vous gardez" in text(picker)
    place = fields(picker)
    assert place["version"] == "1"
    answer = await mother.post(f"/rendez-vous/{booked.id}/deplacer", data=place)
    assert answer.headers["location"] == f"/rendez-vous/{booked.id}?fait=deplace"
    other = re.findall(r'name="start" value="([^"]*)"', picker.text)[-1]
    late = await mother.post(f"/rendez-vous/{booked.id}/deplacer", data={**place, "start": other})
    assert late.status_code == 409
    assert "modifié entre-temps" in text(late)


async def test_a_moving_visit_is_not_offered_its_own_place(steps, as_person):
    booked = await steps.booked()
    picker = await (await as_person("mother")).get(f"/rendez-vous/{booked.id}/deplacer")
    own = booked.starts_at.isoformat(), str(booked.practitioner_id)
    places = re.findall(r'name="start" value="([^"]*)"><input[^>]*value="([^"]*)"', picker.text)
    assert places
    assert own not in places


async def test_cancelling_offers_to_move_first(steps, as_person):
    booked = await steps.booked()
    mother = await as_person("mother")
    page = await mother.get(f"/rendez-vous/{booked.id}/annuler")
    assert text(page).index("Déplacer plutôt") < text(page).index("Oui, annuler")
    bad = await mother.post(f"/rendez-vous/{booked.id}/annuler", data={"version": "1", "reason": "??"})
    assert bad.status_code == 422
    done = await mother.post(f"/rendez-vous/{booked.id}/annuler", data={"version": "1"})
    assert done.headers["location"].endswith("fait=annule")
    assert "Annulé" in text(await mother.get(f"/rendez-vous/{booked.id}"))


async def test_confirming_changes_nothing_by_get(steps, as_person, database):
    booked = await steps.booked()
    mother = await as_person("mother")
    assert (await mother.get(f"/rendez-vous/{booked.id}/confirmer")).status_code in (404, 405)
    done = await mother.post(f"/rendez-vous/{booked.id}/confirmer", data={"version": "1"})
    assert done.status_code == 303
    assert "Confirmé" in text(await mother.get(f"/rendez-vous/{booked.id}"))


async def test_the_outsider_gets_404_everywhere(steps, as_person):
    booked = await steps.booked()
    triage_id = await steps.decided()
    mother, outsider = await as_person("mother"), await as_person("outsider")
    place = await held(mother, triage_id)
    one = f"/rendez-vous/{booked.id}"
    for path in (one, f"{one}/calendrier.ics", f"{one}/deplacer", f"{one}/annuler", place):
        assert (await outsider.get(path)).status_code == 404, path
    assert (await outsider.get(f"{START}/{triage_id}/creneaux")).status_code == 404
    for path in (f"{one}/deplacer", f"{one}/annuler", f"{one}/confirmer", place):
        assert (await outsider.post(path, data={"version": "1"})).status_code == 404, path
    lila = steps.cast["daughter"].patient_id
    assert (await outsider.get(f"/rendez-vous?qui={lila}")).status_code == 404
    assert (await outsider.get(f"/rendez-vous/{new_id()}")).status_code == 404


async def test_a_code_shows_neither_care_nor_past(steps, as_person, clock):
    booked = await steps.booked()
    weak = await as_person("mother", strong=False)
    page = await weak.get(f"/rendez-vous/{booked.id}")
    assert page.status_code == 200
    assert "ontrôle" not in text(page)
    assert "clé d’accès" in text(await weak.get("/rendez-vous"))


async def test_nobody_reads_without_signing_in(steps, anonymous):
    booked = await steps.booked()
    answer = await anonymous.get(f"/rendez-vous/{booked.id}")
    assert answer.headers["location"].startswith("/connexion")


async def test_asking_the_desk(steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided(urgency=Urgency.U1)
    form = await mother.get(f"/demandes/rappel?triage_id={triage_id}")
    assert "06 39 98 00 01" in form.text
    sent = await mother.post("/demandes/rappel", data={"triage_id": str(triage_id), "phone": "0639980001"})
    assert sent.headers["location"] == "/demandes?fait=rappel"
    assert "Réponse avant" in text(await mother.get("/demandes"))


async def test_a_bad_request_keeps_what_was_typed(as_person):
    mother = await as_person("mother")
    typed = {"kind": "question", "reason": "é" * 20_000, "phone": "douze", "preferred_time": "le soir 🙂"}
    answer = await mother.post("/demandes", data=typed)
    assert answer.status_code == 422
    assert "20000 caractères" in text(answer)
    assert "comme 06 39" in text(answer)
    assert "é" * 20_000 in answer.text
    assert "le soir 🙂" in answer.text
    assert re.search(r"<title>Erreur\s:", answer.text)
    assert (await mother.post("/demandes", data={})).status_code == 422


async def test_a_request_for_another_family_is_404(as_person, cast):
    outsider = await as_person("outsider")
    typed = {"kind": "question", "reason": "?", "phone": "0639980005"}
    answer = await outsider.post("/demandes", data={**typed, "patient_id": str(cast["daughter"].patient_id)})
    assert answer.status_code == 404


async def test_the_hours_are_the_practices(steps, as_person):
    booked = await steps.booked()
    page = await (await as_person("mother")).get(f"/rendez-vous/{booked.id}")
    local = booked.starts_at + timedelta(hours=1 if booked.starts_at.month in (11, 12, 1, 2) else 2)
    if booked.starts_at.month not in (3, 10):
        assert f"{local.hour}\u202fh\u202f{local.minute:02d}" in page.text
