"""The road through the pages, as a browser without script walks it."""

import re
from typing import Any

import httpx
import pytest

from backend.triage.questionnaire import questionnaire
from tests.triage.roads import AIRWAY, CHECKUP, IN_DOUBT, TOOTHACHE, decided

START = "/prendre-rendez-vous"
IDS = {each.id for each in questionnaire().questions} | {
    answer.id for each in questionnaire().questions for answer in each.answers
}


async def _begin(browser: httpx.AsyncClient, patient: Any) -> str:
    answered = await browser.post(START, data={"patient": str(patient.patient_id)})
    assert answered.status_code == 303, answered.text
    return answered.headers["location"]


def _asked(body: str) -> str:
    found = re.search(r'name="question" value="(\w+)"', body)
    assert found, body
    return found[1]


async def _walk(browser: httpx.AsyncClient, patient: Any, answers: dict[str, list[str]]) -> list[str]:
    """Answers screen by screen; the addresses passed, the last being the summary or the result."""
    passed = [await _begin(browser, patient)]
    while "/questions/" in passed[-1]:
        shown = await browser.get(passed[-1])
        assert shown.status_code == 200
        question = _asked(shown.text)
        posted = {"question": question, "answer": answers.get(question, [])}
        passed.append((await browser.post(passed[-1], data=posted)).headers["location"])
    return passed


async def test_a_mother_books_a_checkup_for_her_daughter(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    who = await mother.get(START)
    assert [name in who.text for name in ("Camille", "Lila", "Noé", "6\u00a0ans")] == [True] * 4
    passed = await _walk(mother, cast["daughter"], CHECKUP | {"note": ["Elle a hâte 😀"]})
    assert len(passed) == 6
    assert passed[-1].endswith("/verifier")
    check = await mother.get(passed[-1])
    assert "Un contrôle" in check.text
    assert "Elle a hâte 😀" in check.text
    assert check.text.count("Modifier<span") == 5
    done = await mother.post(passed[-1])
    assert (done.status_code, done.headers["location"][-9:]) == (303, "/resultat")
    result = await mother.get(done.headers["location"])
    for words in ("Sans urgence", "Examen M’T dents", "Voir les créneaux", "pas un diagnostic"):
        assert words in result.text
    assert result.headers["cache-control"] == "no-store"


async def test_no_address_tells_an_answer(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], TOOTHACHE)
    passed.append((await mother.post(passed[-1])).headers["location"])
    result = await mother.get(passed[-1])
    links = re.findall(r'(?:href|action)="([^"]*)"', result.text)
    for address in (*passed, *links):
        assert not IDS & set(re.split(r"[/?&=#]", address)), address


async def test_toothache_offers_places_within_a_day(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], TOOTHACHE)
    result = await mother.get((await mother.post(passed[-1])).headers["location"])
    assert "Sous 24\u00a0heures" in result.text
    assert "paracétamol" in result.text
    assert "/creneaux" in result.text


async def test_danger_goes_straight_to_the_15_and_offers_no_place(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], AIRWAY)
    assert len(passed) == 2
    stop = (await mother.get(passed[-1])).text
    for link in ("tel:15", "tel:112", "sms:114", "tel:+33"):
        assert link in stop
    assert stop.index("tel:15") < stop.index("tel:112") < stop.index("tel:+33", stop.index("<main"))
    assert "/creneaux" not in stop
    assert "/demandes/rappel" not in stop


async def test_a_knocked_out_tooth_shows_what_to_do_before_whom_to_call(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    tooth_out = {"red_flags": ["tooth_out"], "tooth_kind": ["permanent"]}
    passed = await _walk(mother, cast["teen"], tooth_out)
    stop = (await mother.get(passed[-1])).text
    main = stop[stop.index("<main") :]
    assert main.index("par la couronne") < main.index("tel:+33") < main.index("tel:15")


async def test_doubt_about_danger_offers_to_be_called_back(as_person: Any, cast: Any, database: Any) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], IN_DOUBT)
    stop = (await mother.get(passed[-1])).text
    main = stop[stop.index("<main") :]
    assert main.index("tel:+33") < main.index("tel:15")
    assert 'action="/demandes/rappel"' in main
    assert re.search(r'name="phone"[^>]* value="0\d( \d\d){4}"', main)
    assert "/creneaux" not in stop
    assert await database.fetchval("select count(*) from desk_request") == 0


async def test_a_second_tap_on_danger_leads_to_the_same_result(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    first, result = await _walk(mother, cast["daughter"], AIRWAY)
    posted = {"question": "red_flags", "answer": ["airway"]}
    assert (await mother.post(first, data=posted)).headers["location"] == result
    assert (await mother.get(first)).headers["location"] == result
    changed = await mother.post(first, data=posted | {"answer": ["none"]})
    assert changed.status_code == 409
    assert "déjà été lues" in changed.text


async def test_going_back_shows_the_answer_and_returns_to_the_summary(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], CHECKUP)
    what = passed[1]
    shown = await mother.get(what)
    assert re.search(r'value="checkup" checked', shown.text)
    posted = {"question": "what", "answer": "checkup"}
    assert (await mother.post(what, data=posted)).headers["location"] == passed[-1]
    changed = await mother.post(what, data=posted | {"answer": "pain"})
    assert _asked((await mother.get(changed.headers["location"])).text) == "pain_rest"
    assert (await mother.get(passed[-1])).headers["location"] == changed.headers["location"]


async def test_an_answer_to_another_question_than_the_one_asked_goes_on(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    first = await _begin(mother, cast["daughter"])
    stale = await mother.post(first, data={"question": "what", "answer": "pain"})
    assert stale.headers["location"] == first
    for ahead in ("questions/4", "questions/0", "verifier", "resultat"):
        led = await mother.get(first.replace("questions/1", ahead))
        assert (led.status_code, led.headers["location"]) == (302, first)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [([], "Cochez au moins une réponse"), (["werewolf"], "Choisissez une réponse de la liste")],
)
async def test_a_bad_answer_is_said_at_the_field(
    as_person: Any, cast: Any, answer: list[str], sentence: str
) -> None:
    mother = await as_person("mother")
    first = await _begin(mother, cast["daughter"])
    refused = await mother.post(first, data={"question": "red_flags", "answer": answer})
    assert refused.status_code == 422
    assert refused.text.count(sentence) == 2
    assert 'href="#answer"' in refused.text
    assert "<title>Erreur" in refused.text


async def test_twenty_kilobytes_of_note_are_refused_and_kept(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], CHECKUP)
    note = "é" * 20_000
    refused = await mother.post(passed[-2], data={"question": "note", "answer": note})
    assert refused.status_code == 422
    assert "20000 caractères" in refused.text
    assert note in refused.text


async def test_nobody_is_asked_about_a_stranger(as_person: Any, cast: Any) -> None:
    outsider, mother = await as_person("outsider"), await as_person("mother")
    foreign = await outsider.post(START, data={"patient": str(cast["daughter"].patient_id)})
    unknown = await outsider.post(START, data={"patient": "01970000-0000-7000-8000-00000000ffff"})
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    first = await _begin(mother, cast["daughter"])
    for address in (
        first,
        first.replace("questions/1", "verifier"),
        first.replace("questions/1", "resultat"),
    ):
        assert (await outsider.get(address)).status_code == 404
    assert (await outsider.post(first, data={"question": "red_flags"})).status_code == 404
    for nonsense in ("", "not-an-id"):
        refused = await mother.post(START, data={"patient": nonsense})
        assert refused.status_code == 422
        assert "Lila" in refused.text


async def test_the_result_is_shown_to_the_other_parent_too(as_person: Any, viewer_of: Any, cast: Any) -> None:
    run = await decided(await viewer_of("mother"), cast["daughter"].patient_id, CHECKUP)
    address = f"{START}/{run.id}/resultat"
    assert (await (await as_person("father")).get(address)).status_code == 200
    assert (await (await as_person("father", strong=False)).get(address)).status_code == 404
    for person in ("outsider", "receptionist", "owner", "assistant", "dentist"):
        assert (await (await as_person(person)).get(address)).status_code == 404


async def test_somebody_without_any_file_first_makes_one(as_person: Any) -> None:
    answered = await (await as_person("receptionist")).get(START)
    assert answered.headers["location"] == "/famille/bienvenue"


async def test_another_site_cannot_post(as_person: Any, cast: Any, database: Any) -> None:
    mother = await as_person("mother")
    posted = {"patient": str(cast["daughter"].patient_id)}
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert (await mother.post(START, data=posted, headers=header)).status_code == 403
    assert await database.fetchval("select count(*) from triage_run") == 0


async def test_signed_out_people_sign_in_first_but_read_the_emergency_page(anonymous: Any) -> None:
    asked = await anonymous.get(START)
    assert asked.headers["location"].startswith("/connexion")
    emergency = await anonymous.get("/urgence")
    assert emergency.status_code == 200
    for words in ("tel:15", "tel:112", "sms:114", "tel:+33", "lait", "compresse", "fièvre"):
        assert words in emergency.text
    assert emergency.headers["cache-control"] == "no-cache"


async def test_reading_leaves_a_line_in_the_journal_and_changes_nothing(
    as_person: Any, cast: Any, database: Any
) -> None:
    mother = await as_person("mother")
    passed = await _walk(mother, cast["daughter"], CHECKUP)
    for address, lines in ((START, 3), *((each, 1) for each in passed)):
        runs = await database.fetch("select * from triage_run")
        before = await database.fetchval("select count(*) from audit_entry")
        assert (await mother.get(address)).status_code == 200
        assert await database.fetchval("select count(*) from audit_entry") == before + lines
        assert await database.fetch("select * from triage_run") == runs


async def test_known_alerts_are_ticked_for_a_strong_session_only(
    as_person: Any, cast: Any, database: Any
) -> None:
    await database.execute(
        "update patient set alerts = '{anticoagulant}' where id = $1", cast["daughter"].patient_id
    )
    for strong in (True, False):
        mother = await as_person("mother", strong=strong)
        where = await _begin(mother, cast["daughter"])
        for question, given in (("red_flags", "none"), ("what", "checkup")):
            posted = {"question": question, "answer": given}
            where = (await mother.post(where, data=posted)).headers["location"]
        health = await mother.get(where)
        assert _asked(health.text) == "health"
        assert bool(re.search(r'value="anticoagulant" checked', health.text)) is strong
