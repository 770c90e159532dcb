"""Who asks and what they ask for in one trip: the same people get in, and what is refused is not noted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.model import Reading
from backend.identity import actions, repository, rules
from backend.identity.model import Role
from backend.kit.clock import machine_now
from backend.kit.ids import new_id
from backend.kit.parts import Part
from tests.booking.conftest import Steps

SLOTS = "/api/v1/slots"
LINES = "select count(*) from audit_entry where action = 'slots.list'"
MOMENTS = st.integers(0, 2400).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
NOTHING = Reading(Part("select null::uuid as patient_id where false"), "nothing", ("nothing", new_id()))


@given(st.sampled_from([None, *Role]), MOMENTS, MOMENTS, MOMENTS)
def test_the_statement_counts_what_the_rule_counts(
    role: Role | None, created_at: datetime, last_seen_at: datetime, now: datetime
) -> None:
    limits = rules.counting(now)
    begun, used = (limits.staff_begun, limits.staff_used) if role else (limits.begun, limits.used)
    assert (created_at > begun and last_seen_at > used) == rules.is_open(role, created_at, last_seen_at, now)


@pytest.mark.parametrize("person", ["mother", "dentist", "receptionist", "owner"])
@pytest.mark.parametrize("strong", [True, False])
async def test_it_finds_the_same_person(cast: Any, person: str, strong: bool) -> None:
    token = await actions.open_session(cast[person].account_id, strong=strong, device="Test")
    now = machine_now()
    viewer, row = await repository.viewer_beside(token, now, NOTHING)
    assert viewer == await repository.viewer_by_token(token, now) is not None
    assert row["patient_id"] is None


@pytest.mark.parametrize(
    "over",
    [
        "update session set ended_at = now()",
        "update session set expires_at = now()",
        "update session set created_at = created_at - interval '90 days'",
        "update session set last_seen_at = last_seen_at - interval '30 days'",
        "update account set closed_at = now()",
    ],
)
async def test_after_its_end_a_session_reads_nothing(
    steps: Steps, as_person: Any, database: Any, over: str
) -> None:
    mother, triage_id = await as_person("mother"), await steps.decided()
    await database.execute(over)
    answer = await mother.get(SLOTS, params={"triage": str(triage_id)})
    assert answer.status_code == 401
    assert await database.fetchval(LINES) == 0


async def test_control_without_the_limits_an_old_session_reads(
    steps: Steps, as_person: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "counting", lambda now: [now - timedelta(days=999)] * 4)
    mother, triage_id = await as_person("mother"), await steps.decided()
    await database.execute("update session set last_seen_at = last_seen_at - interval '30 days'")
    assert (await mother.get(SLOTS, params={"triage": str(triage_id)})).status_code == 200
    assert await database.fetchval(LINES) == 1


async def test_somebody_elses_result_is_unknown_and_nothing_is_noted(
    steps: Steps, as_person: Any, database: Any
) -> None:
    outsider, triage_id = await as_person("outsider"), await steps.decided()
    assert (await outsider.get(SLOTS, params={"triage": str(triage_id)})).status_code == 404
    assert await database.fetchval(LINES) == 0


async def test_two_results_in_one_address_give_the_one_that_is_noted(
    steps: Steps, as_person: Any, database: Any
) -> None:
    mother = await as_person("mother")
    ids = [await steps.decided(), await steps.decided("mother", "teen")]
    answer = await mother.get(f"{SLOTS}?triage={ids[0]}&triage={ids[1]}")
    noted = await database.fetch("select distinct subject_id from audit_entry where action = 'slots.list'")
    alone = [(await mother.get(f"{SLOTS}?triage={one}")).json() for one in ids]
    assert answer.json()["duration"] == alone[ids.index(noted[-1]["subject_id"])]["duration"]


@pytest.mark.parametrize("wrong", ["", "?triage=", "?triage=lila", "?triage=1"])
async def test_an_address_without_a_result_is_refused(as_person: Any, database: Any, wrong: str) -> None:
    mother = await as_person("mother")
    assert (await mother.get(SLOTS + wrong)).status_code == 400
    assert await database.fetchval(LINES) == 0


async def test_being_seen_is_noted_here_too(steps: Steps, as_person: Any, database: Any) -> None:
    mother, triage_id = await as_person("mother"), await steps.decided()
    await database.execute("update session set last_seen_at = last_seen_at - interval '6 minutes'")
    await mother.get(SLOTS, params={"triage": str(triage_id)})
    assert await database.fetchval("select max(last_seen_at) > now() - interval '1 minute' from session")
