"""What bad input gets, over HTTP: a sentence, the typed text kept, and never a fault of ours.

The features' own tests look closer; here each sort of bad input meets the whole app once.
"""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from backend.identity.codes import code_for
from backend.kit import i18n
from tests.flows.scene import Scene, build
from tests.flows.walk import fill

LONG = "é" * 20_000
EMOJI = "Zoé 🦷"


@pytest.fixture
async def scene(cast: Any, viewer_of: Any, database: asyncpg.Connection) -> Scene:
    return await build(cast, viewer_of, database)


def text(answer: httpx.Response) -> str:
    """The page without tags and entities, or the JSON answer's sentence."""
    if "json" in answer.headers["content-type"]:
        return str(answer.json()["title"])
    return html.unescape(re.sub(r"<[^>]+>", "", answer.text))


def says(answer: httpx.Response, status: int, key: str, **values: object) -> None:
    """The answer has this status and this sentence of ours, in French."""
    assert answer.status_code == status, text(answer)
    assert i18n.t("fr", key, **values) in text(answer)


def is_kept(answer: httpx.Response, *typed: str) -> None:
    """What was typed is still in the fields, and the title begins with "Erreur"."""
    for one in typed:
        assert html.escape(one, quote=False) in answer.text or html.escape(one) in answer.text
    assert re.search(r"<title>Erreur\s:", answer.text)


WRONG_DATES = [
    ("31", "2", "2020"),
    ("0", "1", "2020"),
    ("1", "13", "2020"),
    ("x", "y", "z"),
    ("1", "1", "20"),
]


@pytest.mark.parametrize("parts", WRONG_DATES)
async def test_wrong_birth_dates(as_person: Any, parts: tuple[str, str, str]) -> None:
    mother = await as_person("mother")
    born = dict(zip(("birth_date_day", "birth_date_month", "birth_date_year"), parts, strict=True))
    answer = await mother.post("/famille/enfant", data={"given_name": "Zoé", "family_name": "Roche", **born})
    assert answer.status_code == 422
    sentences = [i18n.t("fr", key) for key in ("kit.field_date", "kit.field_birth_date")]
    assert any(sentence in text(answer) for sentence in sentences)
    is_kept(answer, "Zoé", "Roche")
    assert all(f'value="{part}"' in answer.text for part in parts)


@pytest.mark.parametrize("day", ["demain", "2026-02-30", "31/12/2026", "20260"])
async def test_a_day_that_is_none(as_person: Any, scene: Scene, day: str) -> None:
    mother = await as_person("mother")
    says(await mother.get(f"/prendre-rendez-vous/{scene.result}/creneaux?de={day}"), 422, "kit.field_date")


@pytest.mark.parametrize(
    "start", ["2020-03-03T09:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
async def test_a_slot_in_the_past_or_beyond_all_days(as_person: Any, scene: Scene, start: str) -> None:
    mother, chosen = await as_person("mother"), {"start": start, "practitioner_id": str(scene.practitioner)}
    held = await mother.post(f"/prendre-rendez-vous/{scene.result}/retenir", data=chosen)
    says(held, 409, "booking.slot_taken")
    moved = await mother.post(f"/rendez-vous/{scene.appointment}/deplacer", data={"version": "1", **chosen})
    says(moved, 409, "booking.slot_taken")
    by_json = await mother.post("/api/v1/holds", json={"triage_id": str(scene.result), **chosen})
    says(by_json, 409, "booking.not_offered")


async def test_the_desk_cannot_move_a_visit_into_the_past(as_person: Any, scene: Scene) -> None:
    desk = await as_person("receptionist")
    typed = {"version": "1", "heure": "09:00", "praticien": str(scene.practitioner)}
    for day in ("2020-03-03", "0001-01-01", "9999-12-31"):
        answer = await desk.post(
            f"/bureau/rendez-vous/{scene.appointment}/deplacer", data={**typed, "jour": day}
        )
        says(answer, 409, "booking.not_offered")


@pytest.mark.parametrize("forged", [{"minutes": "5"}, {"duration": "5"}, {"patient_id": "{patient}"}])
async def test_a_forged_duration_or_patient(as_person: Any, scene: Scene, forged: dict[str, str]) -> None:
    mother = await as_person("mother")
    sent = {"start": scene.place, "practitioner_id": str(scene.practitioner), **fill(forged, scene)}
    says(await mother.post(f"/prendre-rendez-vous/{scene.result}/retenir", data=sent), 400, "booking.forged")
    by_json = await mother.post("/api/v1/holds", json={"triage_id": str(scene.result), **sent})
    says(by_json, 400, "kit.bad_request")


async def test_another_familys_patient_is_as_unknown_as_nobody(
    as_person: Any, cast: Any, scene: Scene
) -> None:
    outsider, nobody = await as_person("outsider"), "01970000-0000-7000-8000-00000000ffff"
    answers = []
    for patient in (str(scene.patient), nobody):
        begun = await outsider.post("/api/v1/triage", json={"patient_id": patient})
        asked = {"kind": "question", "reason": "?", "phone": "0639980005", "patient_id": patient}
        answers += [begun, await outsider.post("/demandes", data=asked)]
    for answer in answers:
        says(answer, 404, "kit.not_found")
    assert text(answers[0]) == text(answers[2])


async def test_a_double_submit_is_one_booking(
    as_person: Any, scene: Scene, database: asyncpg.Connection
) -> None:
    mother, confirm = await as_person("mother"), f"/prendre-rendez-vous/retenu/{scene.hold}"
    before = await database.fetchval("select count(*) from appointment")
    first, second = await mother.post(confirm), await mother.post(confirm)
    by_json = await mother.post("/api/v1/appointments", json={"hold_id": str(scene.hold)})
    assert first.headers["location"] == second.headers["location"]
    assert by_json.json()["id"] in first.headers["location"]
    assert await database.fetchval("select count(*) from appointment") == before + 1


async def test_a_free_text_of_20_kb(as_person: Any, scene: Scene, database: asyncpg.Connection) -> None:
    mother, requests = await as_person("mother"), "select count(*) from desk_request"
    before = await database.fetchval(requests)
    sent = {"kind": "question", "reason": LONG, "phone": "06 39 98 00 01"}
    answer = await mother.post("/demandes", data=sent)
    says(answer, 422, "kit.field_too_long", longest=1000, length=20_000)
    is_kept(answer, LONG)
    assert await database.fetchval(requests) == before
    note = {"question": "note", "answers": [LONG]}
    says(
        await mother.post(f"/api/v1/triage/{scene.ready_run}/answers", json=note),
        422,
        "triage.note_too_long",
        longest=200,
    )


async def test_a_text_longer_than_any_page_sends(as_person: Any) -> None:
    mother = await as_person("mother")
    says(await mother.post("/demandes", data={"reason": "x" * 300_000}), 413, "kit.too_large")


async def test_a_drawing_in_a_name(as_person: Any) -> None:
    mother = await as_person("mother")
    for path in ("/famille/enfant", "/compte/coordonnees"):
        answer = await mother.post(path, data={"given_name": EMOJI, "family_name": "Roche"})
        says(answer, 422, "kit.field_name")
        is_kept(answer, EMOJI)


UNREADABLE: list[bytes] = [
    b"",
    b"[]",
    b'"text"',
    b'{"patient_id": 1}',
    b'{"patient_id": {"id": "x"}}',
    b'{"patient_id": "',
    b'{"patient_id": "\xff"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:20]))
async def test_json_of_the_wrong_type(as_person: Any, body: bytes) -> None:
    mother = await as_person("mother")
    for path in ("/api/v1/triage", "/api/v1/holds", "/api/v1/appointments", "/api/v1/push-subscriptions"):
        answer = await mother.post(path, content=body, headers={"content-type": "application/json"})
        says(answer, 400, "kit.bad_request")


async def test_a_nul_that_no_column_can_hold(as_person: Any, scene: Scene) -> None:
    mother = await as_person("mother")
    note = {"question": "note", "answers": ["a\u0000b"]}
    says(await mother.post(f"/api/v1/triage/{scene.ready_run}/answers", json=note), 400, "kit.bad_request")
    sent = {"kind": "question", "reason": "a\u0000b", "phone": "06 39 98 00 01"}
    assert (await mother.post("/demandes", data=sent)).status_code == 303


async def test_an_expired_hold(as_person: Any, scene: Scene, clock: Any) -> None:
    mother = await as_person("mother")
    await clock.forward(minutes=11)
    confirm = f"/prendre-rendez-vous/retenu/{scene.hold}"
    for answer in (await mother.get(confirm), await mother.post(confirm)):
        assert answer.status_code == 409
        assert i18n.t("fr", "booking.expired_title") in text(answer)
        assert f"/prendre-rendez-vous/{scene.result}/creneaux" in answer.text
    by_json = await mother.post("/api/v1/appointments", json={"hold_id": str(scene.hold)})
    says(by_json, 409, "booking.hold_expired")


async def test_an_expired_code(
    anonymous: httpx.AsyncClient, scene: Scene, database: asyncpg.Connection
) -> None:
    await database.execute("update sign_in_code set expires_at = now() - interval '1 second'")
    sent = {"demande": str(scene.code), "code": code_for(scene.code)}
    answer = await anonymous.post("/connexion/code", data=sent)
    says(answer, 422, "identity.code_spent")
    assert "set-cookie" not in answer.headers


async def test_five_wrong_codes(anonymous: httpx.AsyncClient, scene: Scene) -> None:
    right = code_for(scene.code)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    sent = {"demande": str(scene.code), "code": wrong}
    for _ in range(4):
        answer = await anonymous.post("/connexion/code", data=sent)
        says(answer, 422, "identity.code_refused")
        is_kept(answer, wrong)
    says(await anonymous.post("/connexion/code", data=sent), 422, "identity.code_spent")
    # After the fifth the right one opens nothing either.
    says(await anonymous.post("/connexion/code", data={**sent, "code": right}), 422, "identity.code_spent")


async def test_a_sixth_code_within_the_hour(anonymous: httpx.AsyncClient, cast: Any) -> None:
    sent = {"email": cast["mother"].email}
    answers = [await anonymous.post("/connexion", data=sent) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    is_kept(answers[-1], cast["mother"].email)


async def test_a_post_from_another_site_changes_nothing(
    as_person: Any, scene: Scene, database: asyncpg.Connection
) -> None:
    mother, cancel = await as_person("mother"), f"/rendez-vous/{scene.appointment}/annuler"
    status = "select status from appointment where id = $1"
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://[::1"},
    ):
        says(await mother.post(cancel, data={"version": "1"}, headers=headers), 403, "kit.cross_site")
    assert await database.fetchval(status, scene.appointment) == "booked"
    assert (await mother.post(cancel, data={"version": "1"})).status_code == 303
    assert await database.fetchval(status, scene.appointment) == "cancelled"


async def test_somebody_who_leads_astray_is_not_followed(anonymous: httpx.AsyncClient) -> None:
    for suite in (
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/x\ny",
    ):
        shown = await anonymous.get("/connexion", params={"suite": suite})
        assert f'value="{suite}"' not in shown.text
        sent = await anonymous.post(
            "/connexion", data={"email": f"a{len(suite)}@example.org", "suite": suite}
        )
        assert sent.headers["location"].endswith("&suite=%2F")


ODD_ADDRESSES: list[Callable[[Scene], str]] = [
    lambda scene: f"/prendre-rendez-vous/{scene.result}/creneaux?praticien={scene.patient}",
    lambda scene: f"/rendez-vous/{scene.appointment}/deplacer?praticien={scene.patient}",
    lambda scene: f"/rendez-vous/{scene.appointment}/deplacer?de=9999-12-31",
    lambda scene: f"/prendre-rendez-vous/{scene.open_run}/questions/{'9' * 40}",
    lambda _: "/rendez-vous?qui=nobody",
    lambda _: "/demandes?fait=%3Cscript%3E",
    lambda _: "/static/x/%00",
    lambda _: "/static/x/" + "a" * 5000,
    lambda _: "/static/x/..%2f..%2fbackend/app.py",
    lambda _: "/m/%ff%00",
    lambda _: "/invitation/" + "a" * 5000,
]


@pytest.mark.parametrize("address", ODD_ADDRESSES)
async def test_odd_addresses_are_no_fault_of_ours(
    as_person: Any, scene: Scene, address: Callable[[Scene], str]
) -> None:
    answer = await (await as_person("mother")).get(address(scene))
    assert answer.status_code in (200, 302, 400, 404, 422)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1850-01-01"])
async def test_a_day_of_another_age(as_person: Any, day: str) -> None:
    says(await (await as_person("receptionist")).get(f"/bureau/jour/{day}"), 404, "kit.not_found")


async def test_the_demos_clock_stays_within_reach(anonymous: httpx.AsyncClient, clock: Any) -> None:
    now: datetime = await clock.now()
    for to in ("now", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-03-03"):
        assert (await anonymous.post("/demo/clock", data={"to": to})).status_code == 422
    assert await clock.now() - now < timedelta(minutes=1)
