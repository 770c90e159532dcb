"""The same questions as JSON."""

from typing import Any
from uuid import uuid4

import pytest

from tests.triage.roads import AIRWAY, CHECKUP, IN_DOUBT, TOOTHACHE

PATH = "/api/v1/triage"


async def test_question_by_question(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    begun = await mother.post(PATH, json={"patient_id": str(cast["daughter"].patient_id)})
    assert begun.status_code == 201
    where = begun.json()
    run = f"{PATH}/{where['id']}"
    asked = []
    while "question" in where:
        question = where["question"]
        asked.append(question["id"])
        assert (await mother.get(run)).json() == where
        given = {"question": question["id"], "answers": CHECKUP[question["id"]]}
        where = (await mother.post(f"{run}/answers", json=given)).json()
    assert asked == list(CHECKUP)
    assert where == {"id": where["id"], "ready": True}
    decided = (await mother.post(f"{run}/decide")).json()
    assert (decided["urgency"], decided["care_key"], decided["books"]) == ("U4", "EBD_6_12", True)
    assert decided["next"] == f"/prendre-rendez-vous/{where['id']}/creneaux"
    assert (await mother.post(f"{run}/decide")).json() == decided
    assert (await mother.get(run)).json() == {"id": where["id"], "result": decided}


async def test_all_answers_at_once(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    body = {"patient_id": str(cast["daughter"].patient_id), "answers": TOOTHACHE | {"note": ["Depuis hier"]}}
    answered = await mother.post(PATH, json=body)
    assert answered.status_code == 201
    result = answered.json()
    assert (result["urgency"], result["books_within"], result["needs_call_back"]) == ("U2", 24, False)
    assert result["reason"]
    assert result["advice"]


@pytest.mark.parametrize(
    ("answers", "urgency", "calls", "within"), [(AIRWAY, "U0", False, None), (IN_DOUBT, "U1", True, 60)]
)
async def test_an_emergency_never_leads_to_places(
    as_person: Any, cast: Any, answers: dict[str, list[str]], urgency: str, calls: bool, within: int | None
) -> None:
    mother = await as_person("mother")
    body = {"patient_id": str(cast["daughter"].patient_id), "answers": answers}
    answered = await mother.post(PATH, json=body)
    result = answered.json()
    assert (result["urgency"], result["books"]) == (urgency, False)
    assert (result["needs_call_back"], result["call_back_within"]) == (calls, within)
    assert "creneaux" not in answered.text


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        ({}, 400, "kit.bad_request"),
        ([], 400, "kit.bad_request"),
        ({"patient_id": 7}, 400, "kit.bad_request"),
        ({"patient_id": "{daughter}", "role": "owner"}, 400, "kit.bad_request"),
        ({"patient_id": "{daughter}", "answers": "pain"}, 400, "kit.bad_request"),
        ({"patient_id": "{daughter}", "answers": {"red_flags": "none"}}, 400, "kit.bad_request"),
        ({"patient_id": "{daughter}", "answers": {"red_flags": [7]}}, 400, "kit.bad_request"),
        ({"patient_id": "{daughter}", "answers": {}}, 422, "triage.unfinished"),
        ({"patient_id": "{daughter}", "answers": {"red_flags": ["x"]}}, 422, "triage.unknown_answer"),
        ({"patient_id": "{daughter}", "answers": {"note": ["x" * 20_000]}}, 422, "triage.note_too_long"),
        ({"patient_id": "{elder}"}, 404, "kit.not_found"),
        ({"patient_id": str(uuid4())}, 404, "kit.not_found"),
    ],
)
async def test_bad_bodies_are_problems(
    as_person: Any, cast: Any, database: Any, body: Any, status: int, key: str
) -> None:
    mother = await as_person("mother")
    if isinstance(body, dict) and isinstance(body.get("patient_id"), str):
        person = body["patient_id"].strip("{}")
        if person in cast.people:
            body = body | {"patient_id": str(cast[person].patient_id)}
    refused = await mother.post(PATH, json=body)
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.status_code, refused.json()["key"]) == (status, key)
    assert await database.fetchval("select count(*) from triage_run") == 0


async def test_somebody_elses_run_is_not_found(as_person: Any, cast: Any) -> None:
    mother, outsider = await as_person("mother"), await as_person("outsider")
    begun = await mother.post(PATH, json={"patient_id": str(cast["daughter"].patient_id)})
    run = f"{PATH}/{begun.json()['id']}"
    given = {"question": "red_flags", "answers": ["none"]}
    assert (await outsider.get(run)).status_code == 404
    assert (await outsider.post(f"{run}/answers", json=given)).status_code == 404
    assert (await outsider.post(f"{run}/decide")).status_code == 404
    assert (await mother.post(f"{run}/decide")).json()["key"] == "triage.unfinished"


async def test_the_api_needs_a_session(anonymous: Any) -> None:
    refused = await anonymous.post(PATH, json={"patient_id": str(uuid4())})
    assert (refused.status_code, refused.json()["key"]) == (401, "kit.sign_in_needed")


async def test_another_site_cannot_call(as_person: Any, cast: Any) -> None:
    mother = await as_person("mother")
    body = {"patient_id": str(cast["daughter"].patient_id)}
    refused = await mother.post(PATH, json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, refused.json()["key"]) == (403, "kit.cross_site")
