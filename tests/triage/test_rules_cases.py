"""The cases in `shared/triage/cases`: answers as a person gives them, and what must come of them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.triage.model import Urgency
from backend.triage.questionnaire import FOLDER, questionnaire
from backend.triage.rules.decide import decide

CASES = FOLDER / "cases"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expect` names fields of the result; the others may be anything."""

    name: str
    age: int
    answers: dict[str, tuple[str, ...]]
    expect: dict[str, Any]


def cases(path: Path) -> list[Case]:
    return msgspec.json.decode(path.read_bytes(), type=list[Case])


ALL = [case for path in sorted(CASES.glob("*.json")) for case in cases(path)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_case_comes_out_as_written(case: Case) -> None:
    result = msgspec.json.decode(msgspec.json.encode(decide(questionnaire(), case.answers, case.age)))
    assert {field: result[field] for field in case.expect} == case.expect


def test_the_cases_leave_out_no_level_and_have_names_of_their_own() -> None:
    assert {case.expect["urgency"] for case in ALL} == set(Urgency)
    assert len({case.name for case in ALL}) == len(ALL)
