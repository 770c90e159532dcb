"""The kept API document is today's, and says of each operation what it is for and how it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend.app import openapi_text

KEPT = Path(__file__).parents[2] / "shared" / "api" / "openapi.json"
PROBLEM_JSON = "application/problem+json"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_kept_document_is_todays() -> None:
    again = "run `quenotte openapi > shared/api/openapi.json` and say in the commit what changed"
    assert openapi_text() == KEPT.read_text(encoding="utf-8"), again


def test_only_the_api_is_in_it() -> None:
    names = [name for name, _ in operations(json.loads(openapi_text()))]
    assert len(names) >= 17
    assert [name for name in names if "/api/v1/" not in name] == []


def test_every_operation_says_what_it_is_for() -> None:
    found = list(operations(json.loads(openapi_text())))
    for name, operation in found:
        assert operation["description"], name
        # The framework makes a summary of the function's name where nobody wrote one.
        assert " " in operation["summary"], name
    assert len({operation["operationId"] for _, operation in found}) == len(found)


def test_every_operation_says_how_it_refuses() -> None:
    for name, operation in operations(json.loads(openapi_text())):
        refusals = {status: said for status, said in operation["responses"].items() if status >= "4"}
        assert {"400", "403"} <= set(refusals), name
        for status, said in refusals.items():
            assert said["description"], f"{name} {status}"
            assert list(said["content"]) == [PROBLEM_JSON], f"{name} {status}"
