"""What each member of staff sees of a day and of one visit, and who sees nothing."""

from typing import Any

import asyncpg
import pytest

from backend.kit import dates, i18n
from tests.desk.conftest import Visit, words
from tests.flows.scene import NOTE, REASON

ANSWER = "Un contrôle"  # what her mother ticked


async def test_the_receptionist_sees_urgency_care_duration_and_why(as_person: Any, visit: Visit) -> None:
    page = words(await (await as_person("receptionist")).get(visit.page))
    for said in ("Lila R.", "6 ans", "Sans urgence", "Examen M’T dents", "35 min", "25 min pour l’examen"):
        assert said in page
    assert dates.hour(visit.starts_at, "Europe/Paris").replace("\u202f", " ") in page
    assert "Camille R., parent" in page
    assert "06 39 98 00 01" in page


@pytest.mark.parametrize("person", ["receptionist", "owner"])
async def test_answers_are_not_for_everybody_at_the_desk(as_person: Any, visit: Visit, person: str) -> None:
    page = words(await (await as_person(person)).get(visit.page))
    assert NOTE not in page
    assert ANSWER not in page
    assert i18n.t("fr", "desk.answers") not in page


async def test_the_assistant_reads_the_answers_of_the_day(as_person: Any, visit: Visit, clock: Any) -> None:
    assistant = await as_person("assistant")
    page = words(await assistant.get(visit.page))
    assert NOTE in page
    assert ANSWER in page
    await clock.forward(days=1)
    assert NOTE not in words(await assistant.get(visit.page))


async def test_a_practitioner_reads_those_of_their_own_patients(as_person: Any, visit: Visit) -> None:
    assert NOTE in words(await (await as_person("dentist")).get(visit.page))
    assert NOTE not in words(await (await as_person("orthodontist")).get(visit.page))


async def test_alerts_are_a_word_for_the_receptionist_and_words_for_the_assistant(
    as_person: Any, visit: Visit, database: asyncpg.Connection
) -> None:
    await database.execute(
        "update triage_run set alerts = '{anticoagulant}' from appointment a "
        "where a.triage_id = triage_run.id and a.id = $1",
        visit.id,
    )
    tell = i18n.t("fr", "desk.tell_practitioner")
    at_the_desk = words(await (await as_person("receptionist")).get(visit.page))
    beside_the_chair = words(await (await as_person("assistant")).get(visit.page))
    assert tell in at_the_desk
    assert tell in beside_the_chair
    assert "anticoagulant" not in at_the_desk.lower()
    assert "anticoagulant" in beside_the_chair.lower()


@pytest.mark.parametrize("person", ["mother", "father", "teen", "outsider", "helper", "elder"])
async def test_patients_do_not_enter(as_person: Any, visit: Visit, person: str) -> None:
    browser = await as_person(person)
    for path in ("/bureau", visit.page, "/bureau/demandes", "/bureau/taches-bloquees"):
        answer = await browser.get(path)
        assert answer.status_code == 403
        assert "Lila" not in words(answer)
    assert (await browser.post("/bureau/chercher", data={"nom": "Roche"})).status_code == 403
    assert (await browser.post(f"{visit.forms}/annuler", data={"version": "1"})).status_code == 403


async def test_staff_by_a_code_do_not_enter(as_person: Any, visit: Visit) -> None:
    answer = await (await as_person("receptionist", strong=False)).get(visit.page)
    assert answer.headers["location"].startswith("/connexion")


async def test_home_leads_to_today(as_person: Any, visit: Visit) -> None:
    answer = await (await as_person("receptionist")).get("/bureau")
    assert answer.headers["location"] == f"/bureau/jour/{visit.day}"


async def test_an_unknown_visit_is_404(as_person: Any, visit: Visit) -> None:
    desk, unknown = await as_person("receptionist"), visit.scene.patient
    assert (await desk.get(f"/bureau/jour/{visit.day}?rdv={unknown}")).status_code == 404
    assert (await desk.post(f"/bureau/rendez-vous/{unknown}/etat", data={"etat": "done"})).status_code == 404


async def test_a_day_without_visits_says_so(as_person: Any, visit: Visit) -> None:
    page = words(await (await as_person("receptionist")).get("/bureau/jour/2030-01-06"))
    assert i18n.t("fr", "desk.nobody") in page


async def test_a_request_stands_in_the_queue_with_its_deadline(as_person: Any, visit: Visit) -> None:
    page = words(await (await as_person("receptionist")).get(f"/bureau/jour/{visit.day}"))
    assert "À rappeler avant" in page
    assert REASON not in page


async def test_parents_of_an_adult_are_called_no_more(
    as_person: Any, visit: Visit, database: asyncpg.Connection
) -> None:
    await database.execute(
        "update patient set birth_date = (business_now() - interval '18 years')::date where id = $1",
        visit.scene.patient,
    )
    page = words(await (await as_person("receptionist")).get(visit.page))
    assert "Camille R., parent" not in page
    assert "06 39 98 00 01" not in page


async def test_stuck_tasks_are_shown_without_what_they_carry(
    as_person: Any, visit: Visit, database: asyncpg.Connection
) -> None:
    desk = await as_person("receptionist")
    assert i18n.t("fr", "desk.stuck_none") in words(await desk.get("/bureau/taches-bloquees"))
    await database.execute(
        "insert into outbox_event (id, name, payload, created_at, available_at, attempts, last_error) "
        "values (gen_random_uuid(), 'AppointmentBooked', '{\"appointment_id\": \"x\"}', now(), now(), 4, "
        "'ValidationError')"
    )
    for path in ("/bureau/taches-bloquees", f"/bureau/jour/{visit.day}"):
        page = words(await desk.get(path))
        assert "AppointmentBooked" in page
        assert "4 essais, dernier problème : ValidationError" in page
        assert "appointment_id" not in page
