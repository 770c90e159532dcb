"""What a push may look like: `shared/push/payload.schema.json`, with samples that pass and others."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "shared" / "push" / "payload.schema.json").read_text(encoding="utf-8")
)
REMINDER: dict[str, Any] = {
    "web_push": 8030,
    "notification": {
        "title": "Cabinet des Tilleuls",
        "body": "Rendez-vous mardi 3 mars à 9 h 30 au cabinet",
        "lang": "fr",
        "dir": "ltr",
        "navigate": "https://rdv.tilleuls.example/m/4Jx",
        "tag": "0192b1c2-7a3f-7e11-8d5c-3f6a9b2c4d5e",
        "app_badge": "1",
    },
}


def mistakes(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """What is wrong with a value, for the few words of JSON Schema that ours uses."""
    found: list[str] = []
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: not one of {schema['enum']}")
    if schema.get("type") == "string":
        if not isinstance(value, str):
            return [*found, f"{at}: not text"]
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10_000):
            found.append(f"{at}: length {len(value)}")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{at}: not like {schema['pattern']}")
    if schema.get("type") == "object":
        if not isinstance(value, dict):
            return [*found, f"{at}: not an object"]
        found += [f"{at}: no {name}" for name in schema["required"] if name not in value]
        for name, part in value.items():
            if name not in schema["properties"]:
                found.append(f"{at}: unknown {name}")
            else:
                found += mistakes(part, schema["properties"][name], f"{at}/{name}")
    return found


def _changed(**changes: Any) -> dict[str, Any]:
    return {**REMINDER, "notification": {**REMINDER["notification"], **changes}}


@pytest.mark.parametrize(
    "payload",
    [REMINDER, _changed(navigate="/rendez-vous"), _changed(navigate="http://localhost:8000/m/4Jx")],
)
def test_a_reminder_is_valid_and_small(payload: dict[str, Any]) -> None:
    assert mistakes(payload, SCHEMA) == []
    assert len(json.dumps(payload, ensure_ascii=False).encode()) <= 3000


@pytest.mark.parametrize(
    "payload",
    [
        {"notification": REMINDER["notification"]},
        {**REMINDER, "web_push": 1},
        {**REMINDER, "patient": "Lila"},
        _changed(title=""),
        _changed(body="x" * 161),
        _changed(tag="with a space"),
        _changed(app_badge=1),
        _changed(navigate="http://elsewhere.example/"),
        _changed(data={"care": "x"}),
    ],
)
def test_anything_else_is_not(payload: dict[str, Any]) -> None:
    assert mistakes(payload, SCHEMA) != []
