"""Nothing of health leaves: not in events, not in what a locked phone shows, not in an address.

The words are not a list that somebody keeps: they are those of the care types, the answers and the outcomes.
"""

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from litestar import Litestar

from backend import worker
from backend.kit.events import Event
from backend.practice.defaults import care_types
from backend.triage.questionnaire import questionnaire

SHARED = Path(__file__).parents[2] / "shared"
# Words of care types and answers that also say where, when and that there is a visit.
EVERYDAY = {"cabinet", "rendez", "prendre", "appareil", "urgence", "demande", "question", "retirer"}
EVERYDAY |= {"place", "avant", "temps"}
EVERYDAY |= {"soins"}  # the owner's list of what the practice offers, which is about nobody
WHAT_EVENTS_MAY_CARRY = {UUID, int, bool, datetime}


def health_words() -> set[str]:
    """Every word of five letters and more in the names of care, the answers and the outcomes."""
    asked = questionnaire()
    texts = [
        *(care.name_fr for care in care_types()),
        *(care.name_en for care in care_types()),
        *(answer.fr for question in asked.questions for answer in question.answers),
        *(outcome.name.fr for outcome in asked.outcomes.values()),
    ]
    return {word for text in texts for word in re.findall(r"[a-zà-ÿœ]{5,}", text.lower())} - EVERYDAY


def told(text: str) -> list[str]:
    """The health words in a text, also as beginnings of longer words."""
    return sorted(word for word in health_words() if re.search(rf"\b{word}", text.lower()))


def events() -> Iterator[type[Event]]:
    """All events of the house; the worker's imports have brought every feature's."""
    assert worker.EVENTS
    waiting = list(Event.__subclasses__())
    while waiting:
        event = waiting.pop()
        waiting += event.__subclasses__()
        if event.__module__.startswith("backend."):
            yield event


def loose_fields(event: type[Event]) -> list[str]:
    """Fields that could carry words, and fields that are called by a health word."""
    hints: dict[str, Any] = get_type_hints(event)
    return [
        name
        for name, kind in hints.items()
        if not set(get_args(kind) or (kind,)) <= WHAT_EVENTS_MAY_CARRY | {type(None)} or told(name)
    ]


def test_events_carry_ids_and_versions_alone() -> None:
    found = list(events())
    assert len(found) >= 8
    assert {event.__name__: loose_fields(event) for event in found if loose_fields(event)} == {}


def test_every_event_of_the_house_is_in_the_workers_table() -> None:
    listed = {row.event for row in worker.EVENTS}
    assert {event.__name__ for event in events()} - {event.__name__ for event in listed} == set()


def test_an_event_with_words_would_be_found() -> None:
    class Planted(Event, frozen=True):
        appointment_id: UUID
        reason: str
        caries: int

    assert loose_fields(Planted) == ["reason", "caries"]


@pytest.mark.parametrize("kind", ["subject.txt", "push.json"])
def test_what_a_locked_phone_shows_is_silent(kind: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (SHARED / "messages").glob(f"*/fr/{kind}")]
    assert len(texts) >= 6
    assert [word for text in texts for word in told(text)] == []


def test_a_text_that_tells_would_be_found() -> None:
    assert told("Votre détartrage mardi 3 mars") == ["détartrage"]


async def test_addresses_are_silent(app: Litestar) -> None:
    words = {word for route in app.routes for word in re.findall(r"[a-z]+", re.sub(r"{.*?}", "", route.path))}
    assert sorted(words & health_words()) == []


def spoken_logs(root: Path) -> list[str]:
    """Lines of log whose message is put together, so that it may hold what somebody typed."""
    return [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted((root / "backend").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger", "logging"}
        and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]


def test_the_log_says_what_is_written_in_the_code() -> None:
    assert spoken_logs(SHARED.parent) == []


def test_a_log_line_put_together_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "x.py").write_text('log.info(f"refused {name}")\n', encoding="utf-8")
    assert spoken_logs(tmp_path) == ["backend/x.py:1"]
