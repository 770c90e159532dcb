"""Every event that a feature tells of stands in the worker's table: one that does not is tried for ever."""

import importlib
from pathlib import Path

from backend.kit.events import Event
from backend.worker import EVENTS

FEATURES = Path(__file__).parents[2] / "backend"


def untold(known: set[type[Event]]) -> list[str]:
    """Events of `backend/*/events.py` that are not among the known ones."""
    for path in FEATURES.glob("*/events.py"):
        importlib.import_module(f"backend.{path.parent.name}.events")
    told = [event for event in Event.__subclasses__() if event.__module__.startswith("backend.")]
    assert told, "no event was found"
    return sorted(event.__name__ for event in told if event not in known)


def test_the_worker_knows_every_event() -> None:
    assert untold({row.event for row in EVENTS}) == []


def test_a_forgotten_event_would_be_found() -> None:
    forgotten, *rest = (row.event for row in EVENTS)
    assert untold(set(rest)) == [forgotten.__name__]
