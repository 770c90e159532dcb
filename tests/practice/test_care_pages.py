"""The owner's pages about care: every field, the history and the way back, two owners at once."""

import asyncio
import html
import re

import pytest

from backend.booking import slot_actions, start_actions
from backend.booking.rules.changes import SlotTaken
from backend.kit import db
from backend.practice import actions, plan_actions
from backend.practice.repository import load_practice, read_practice_anew, save_care_minutes
from tests.booking.conftest import steps
from tests.desk.conftest import words

__all__ = ["steps"]
CTRL, VALUES = "/bureau/soins/CTRL", "/bureau/soins/supplements"
FIELD = re.compile(r'<input[^>]*? name="(\w+)"(?: type="\w+")? value="([^"]*)"')
TICKED = re.compile(r'<input type="checkbox" id="\w+" name="(\w+)" value="1" checked')
TEXTS = re.compile(r'<textarea[^>]*? name="(\w+)"[^>]*>([^<]*)</textarea>')
CHOSEN = re.compile(r'<select[^>]*? name="(\w+)".*?<option value="(\w*)" selected', re.S)


def form_of(page):
    """What a browser would send if nothing were typed."""
    form = page.split("<form", 1)[1].split("</form>")[0]
    ticked = set(TICKED.findall(form))
    boxes = set(re.findall(r'type="checkbox" id="(\w+)"', form))
    typed = {name: value for name, value in FIELD.findall(form) if name not in boxes}
    texts = dict(TEXTS.findall(form))
    sent = {**typed, **dict(CHOSEN.findall(form)), **texts, **dict.fromkeys(ticked, "1")}
    return {name: html.unescape(value) for name, value in sent.items()}


@pytest.fixture
async def owner(as_person):
    return await as_person("owner")


async def opened(client, address):
    return form_of((await client.get(address)).text)


async def test_saving_what_stands_changes_nothing(owner, database):
    before = await read_practice_anew()
    for care in before.care_types:
        address = f"/bureau/soins/{care.key}"
        answer = await owner.post(address, data=await opened(owner, address))
        assert answer.status_code == 303, care.key
    assert (await owner.post(VALUES, data=await opened(owner, VALUES))).status_code == 303
    assert await read_practice_anew() == before
    assert await database.fetchval("select count(*) from practice_change") == 0


async def test_a_longer_check_up_is_listed_at_once_and_booked_visits_keep_theirs(
    owner, steps, viewer_of, as_person, database
):
    booked = await steps.booked()
    triage_id = await steps.decided()
    mother = await viewer_of("mother")
    before = (await slot_actions.find_slots(mother, triage_id)).duration.minutes
    answer = await owner.post(CTRL, data={**await opened(owner, CTRL), "minutes": "25"})
    assert answer.headers["location"] == f"{CTRL}?fait=1"
    assert (await slot_actions.find_slots(mother, triage_id)).duration.minutes == before + 5
    page = words(await (await as_person("mother")).get(f"/prendre-rendez-vous/{triage_id}/creneaux"))
    assert f"{before + 5} min : 25 min pour le contrôle" in page
    span = await database.fetchrow("select starts_at, ends_at from appointment where id = $1", booked.id)
    assert span["ends_at"] - span["starts_at"] == booked.ends_at - booked.starts_at
    shown = words(await owner.get(answer.headers["location"]))
    assert "C’est enregistré" in shown and "Durée du soin : 20 min → 25 min" in shown
    assert "Ce qui diffère de la proposition" in shown
    line = await database.fetchrow("select action, details from audit_entry where action = 'practice.care'")
    assert '"CTRL"' in line["details"]


async def test_back_to_an_earlier_state_and_to_the_proposed_one(owner, database):
    for minutes in ("25", "40"):
        await owner.post(CTRL, data={**await opened(owner, CTRL), "minutes": minutes})
    page = (await owner.get(CTRL)).text
    newest = re.findall(r'name="changement" value="([^"]+)"', page)[0]
    seen = await opened(owner, CTRL)
    back = {"changement": newest, "vu": seen["vu"]}
    assert (await owner.post(f"{CTRL}/revenir", data=back)).status_code == 303
    assert (await load_practice()).care_type("CTRL").minutes == 25
    seen = await opened(owner, CTRL)
    assert (await owner.post(f"{CTRL}/proposition", data={"vu": seen["vu"]})).status_code == 303
    assert (await load_practice()).care_type("CTRL").minutes == 20
    assert "Tout est comme proposé" in words(await owner.get(CTRL))
    assert await database.fetchval("select count(*) from practice_change where key = 'CTRL'") == 4
    other = {"changement": newest, "vu": (await opened(owner, "/bureau/soins/DETA"))["vu"]}
    assert (await owner.post("/bureau/soins/DETA/revenir", data=other)).status_code == 404
    assert (await owner.post("/bureau/soins/RIEN/proposition", data=other)).status_code == 404
    assert (await owner.get("/bureau/soins/RIEN")).status_code == 404


async def test_who_comes_second_is_told_and_loses_nothing(owner, as_person):
    first, second = await opened(owner, CTRL), await opened(owner, CTRL)
    await owner.post(CTRL, data={**first, "minutes": "25"})
    late = await owner.post(CTRL, data={**second, "name_fr": "Contrôle annuel"})
    shown = words(late)
    assert late.status_code == 409
    assert re.search(r"Modifié par \w+ pendant", shown)
    assert "Durée du soin : 25 min → 20 min" in shown and "Nom : Contrôle → Contrôle annuel" in shown
    assert (await load_practice()).care_type("CTRL").minutes == 25
    again = {**form_of(late.text), "minutes": "25"}
    assert again["name_fr"] == "Contrôle annuel"
    assert (await owner.post(CTRL, data=again)).status_code == 303
    care = (await load_practice()).care_type("CTRL")
    assert (care.minutes, care.name_fr) == (25, "Contrôle annuel")


async def test_control_without_the_look_at_what_was_seen_the_first_change_is_lost(owner, monkeypatch):
    first, second = await opened(owner, CTRL), await opened(owner, CTRL)
    await owner.post(CTRL, data={**first, "minutes": "25"})
    monkeypatch.setattr(plan_actions, "stamp", lambda _: second["vu"])
    assert (await owner.post(CTRL, data={**second, "buffer": "10"})).status_code == 303
    care = (await load_practice()).care_type("CTRL")
    assert (care.minutes, care.buffer) == (20, 10)


async def saved_at_once(owner):
    """Two owners press the button at the same moment, on the same page; how each was answered."""
    seen = await opened(owner, CTRL)
    answers = await asyncio.gather(
        owner.post(CTRL, data={**seen, "minutes": "25"}), owner.post(CTRL, data={**seen, "buffer": "10"})
    )
    return sorted(answer.status_code for answer in answers)


async def test_of_two_at_the_same_moment_one_is_told(owner, database):
    for _ in range(5):
        assert await saved_at_once(owner) == [303, 409]
        seen = await opened(owner, CTRL)
        await owner.post(f"{CTRL}/proposition", data={"vu": seen["vu"]})
    assert await database.fetchval("select count(*) from practice_change") == 10


async def test_control_without_the_lock_both_are_stored_and_one_is_lost(owner, monkeypatch):
    both, checked = asyncio.Barrier(2), actions.check_seen

    async def no_lock():
        """Others may change it at the same time."""

    async def check_and_wait(*what):
        await checked(*what)
        await both.wait()

    monkeypatch.setattr(plan_actions, "lock_practice", no_lock)
    monkeypatch.setattr(actions, "check_seen", check_and_wait)
    assert await saved_at_once(owner) == [303, 303]
    care = (await load_practice()).care_type("CTRL")
    assert (care.minutes, care.buffer) in [(25, 5), (20, 10)]


async def test_minutes_of_one_practitioner_are_told_beside(owner):
    practice = await read_practice_anew()
    async with db.transaction():
        await save_care_minutes(practice.practitioners[0].id, "CTRL", 35)
    page = words(await owner.get(CTRL))
    assert f"Avec {practice.practitioners[0].short_name} : 35 min" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("minutes", value) for value in ("", "22", "0", "185", "vingt", "-5", "20.0")),
        *(("buffer", value) for value in ("", "3", "65", "-5")),
        *(("name_fr", ""), ("name_fr", "x" * 81), ("phrase_fr", ""), ("name_en", "x" * 81)),
        *(("practitioner_minutes", value) for value in ("10", "0-7", "10-0", "0-25", "5-10, 0-5", "a-b")),
        *(("least_age", value) for value in ("x", "-1", "121")),
        *(("source", "Z"), ("source", ""), ("first_visit", "never again"), ("first_visit", "")),
        *(("texts_signed_by", "Le voisin"), ("to_know_fr", "x" * 1001), ("instructions_fr", "x" * 1001)),
    ],
)
async def test_every_mistake_is_told_at_its_field_and_changes_nothing(owner, field, value):
    before = (await read_practice_anew()).care_type("CTRL")
    answer = await owner.post(CTRL, data={**await opened(owner, CTRL), field: value, "phrase_en": "kept"})
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text and f'id="{field}"' in answer.text
    assert 'value="kept"' in answer.text
    assert "<title>Erreur" in answer.text
    assert (await read_practice_anew()).care_type("CTRL") == before


async def test_ages_crossed_and_no_skill(owner):
    form = {**await opened(owner, CTRL), "least_age": "12", "most_age": "6"}
    form.pop("skill_OMNI")
    answer = await owner.post(CTRL, data=form)
    assert answer.status_code == 422
    assert '<a href="#most_age">' in answer.text and '<a href="#skill_CHIR">' in answer.text
    assert 'id="skill_CHIR"' in answer.text


async def test_everything_is_stored(owner):
    typed = {
        **await opened(owner, CTRL),
        "name_fr": "Contrôle",
        "phrase_fr": "le contrôle",
        "name_en": "",
        "phrase_en": "the check",
        "minutes": "60",
        "buffer": "15",
        "source": "V",
        "practitioner_minutes": "0-10,50-60",
        "least_age": "3",
        "most_age": "0",
        "first_visit": "never",
        "to_know_fr": "Venez à jeun.",
        "machine_PANO": "1",
        "skill_PEDO": "1",
        "needs_assistant": "1",
        "is_surgery": "1",
    }
    typed["most_age"] = "17"
    assert (await owner.post(CTRL, data=typed)).status_code == 303
    care = (await load_practice()).care_type("CTRL")
    assert (care.minutes, care.buffer, care.source, care.name_en) == (60, 15, "V", "Contrôle")
    assert care.practitioner_minutes == ("0-10", "50-60")
    assert (care.least_age, care.most_age, care.first_visit) == (3, 17, "never")
    assert (care.machines, care.skills) == (("PANO",), ("OMNI", "PEDO"))
    assert care.needs_assistant and care.is_surgery and care.to_know_fr == "Venez à jeun."


async def test_who_gives_a_care_may_be_named(owner, steps, viewer_of, as_person, cast):
    roux, vidal = (cast[one].practitioner_id for one in ("dentist", "surgeon"))
    triage_id = await steps.decided()
    mother, opened_before = await viewer_of("mother"), await steps.slots(triage_id)
    assert opened_before[0].practitioner_id == roux
    before = (await start_actions.find_starts(mother, triage_id)).free
    assert set(before.practitioners) == {roux, vidal}
    answer = await owner.post(CTRL, data={**await opened(owner, CTRL), "practitioner_VIDAL": "1"})
    assert "Qui fait ce soin : rien → VIDAL" in words(await owner.get(answer.headers["location"]))
    listing = await slot_actions.find_slots(mother, triage_id)
    assert {slot.practitioner_id for _, slots in listing.days for slot in slots} == {vidal}
    starts = await start_actions.find_starts(mother, triage_id)
    assert starts.free.practitioners == (vidal,)
    page = words(await (await as_person("mother")).get(f"/prendre-rendez-vous/{triage_id}/creneaux"))
    assert "Dr Vidal" in page and "Dre Roux" not in page
    with pytest.raises(SlotTaken):
        await steps.held(opened_before[0], triage_id)
    form = await opened(owner, CTRL)
    assert form.pop("practitioner_VIDAL") == "1"
    assert (await owner.post(CTRL, data=form)).status_code == 303
    assert (await start_actions.find_starts(mother, triage_id)).free.practitioners == before.practitioners


async def test_who_is_named_has_a_skill_for_it(owner):
    answer = await owner.post(CTRL, data={**await opened(owner, CTRL), "practitioner_PETIT": "1"})
    assert answer.status_code == 422
    assert '<a href="#practitioner_PETIT">' in answer.text and 'name="practitioner_PETIT"' in answer.text
    assert (await load_practice()).care_type("CTRL").practitioners == ()


async def test_texts_wait_for_a_dentist_again_when_they_change(owner):
    who = (await load_practice()).practitioners[0].display_name
    form = {**await opened(owner, CTRL), "to_know_fr": "Venez à l’heure."}
    await owner.post(CTRL, data=form)
    assert "Textes à valider par un dentiste" in words(await owner.get(CTRL))
    form = {**await opened(owner, CTRL), "to_know_fr": "Venez à l’heure.", "texts_signed_by": who}
    await owner.post(CTRL, data=form)
    assert (await load_practice()).care_type("CTRL").texts_signed_by == who
    form = {**await opened(owner, CTRL), "to_know_fr": "Venez tôt.", "texts_signed_by": who}
    await owner.post(CTRL, data=form)
    assert (await load_practice()).care_type("CTRL").texts_signed_by is None


async def test_a_new_care_and_its_key(owner):
    new = "/bureau/soins/nouveau"
    form = {**await opened(owner, new), "name_fr": "Scellement", "phrase_fr": "le scellement"}
    for key in ("", "ctrl!", "9A", "A", "X" * 17, "CTRL", "ctrl"):
        answer = await owner.post(new, data={**form, "key": key})
        assert answer.status_code == 422 and '<a href="#key">' in answer.text, key
    answer = await owner.post(new, data={**form, "key": "scell"})
    assert answer.headers["location"] == "/bureau/soins/SCELL?fait=1"
    page = words(await owner.get("/bureau/soins/SCELL"))
    assert "Ajouté" in page and "Revenir à l’état d’avant" not in page
    assert "Scellement" in words(await owner.get("/bureau/soins"))


async def test_a_retired_care_is_booked_by_nobody_and_old_visits_still_show_it(owner, steps, as_person):
    booked, triage_id = await steps.booked(), await steps.decided()
    seen = (await opened(owner, CTRL))["vu"]
    assert (await owner.post(f"{CTRL}/retirer", data={"vu": seen})).status_code == 303
    mother = await as_person("mother")
    assert (await mother.get(f"/prendre-rendez-vous/{triage_id}/creneaux")).status_code == 409
    assert "ontrôle" in words(await mother.get(f"/rendez-vous/{booked.id}"))
    assert "Soins retirés" in words(await owner.get("/bureau/soins"))
    late = await owner.post(f"{CTRL}/reprendre", data={"vu": seen})
    assert late.status_code == 409 and "Modifié par" in words(late)
    seen = (await opened(owner, CTRL))["vu"]
    assert (await owner.post(f"{CTRL}/reprendre", data={"vu": seen})).status_code == 303
    assert (await mother.get(f"/prendre-rendez-vous/{triage_id}/creneaux")).status_code == 200


async def test_values_of_modifiers(owner, steps, viewer_of, database):
    triage_id = await steps.decided(modifiers=("meopa",))
    mother = await viewer_of("mother")
    before = (await slot_actions.find_slots(mother, triage_id)).duration.minutes
    first = await opened(owner, VALUES)
    changed = await owner.post(VALUES, data={**first, "minutes_meopa": "30"})
    assert changed.status_code == 303
    assert (await slot_actions.find_slots(mother, triage_id)).duration.minutes == before + 10
    page = words(await owner.get(VALUES))
    assert "Gaz qui détend (MEOPA), Minutes en plus : 20 min → 30 min" in page
    late = await owner.post(VALUES, data={**first, "minutes_hearing": "15"})
    assert late.status_code == 409 and "Entend mal, Minutes en plus : 10 min → 15 min" in words(late)
    for name, value in (
        *(("percent_meopa", "99"), ("percent_meopa", "301"), ("at_least_meopa", "3")),
        *(("minutes_meopa", "x"), ("minutes_meopa", "125")),
    ):
        wrong = await owner.post(VALUES, data={**await opened(owner, VALUES), name: value})
        assert wrong.status_code == 422 and f'<a href="#{name}">' in wrong.text
    change = re.findall(r'name="changement" value="([^"]+)"', (await owner.get(VALUES)).text)[0]
    seen = (await opened(owner, VALUES))["vu"]
    assert (await owner.post(f"{VALUES}/revenir", data={"changement": change, "vu": seen})).status_code == 303
    assert (await slot_actions.find_slots(mother, triage_id)).duration.minutes == before
    seen = (await opened(owner, VALUES))["vu"]
    assert (await owner.post(f"{VALUES}/proposition", data={"vu": seen})).status_code == 303
    assert await database.fetchval("select count(*) from practice_change") == 2


async def test_a_loaded_file_stands_in_the_history(owner, database):
    from backend.audit.model import HOST
    from backend.booking.resource_repository import needed
    from backend.practice.file_actions import export_practice, load_file

    text = (await export_practice()).replace("minutes = 20\nbuffer = 5", "minutes = 25\nbuffer = 5")
    await load_file(text, HOST, needed)
    page = words(await owner.get(CTRL))
    assert "Fichier du cabinet" in page and "Durée du soin : 20 min → 25 min" in page
