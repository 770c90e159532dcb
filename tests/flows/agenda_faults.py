"""What is taken away from the app, one thing at a time, for the model of the agenda to find."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend.booking import calendar_repository, place_actions, use_repository


async def _nothing(*_: Any, **__: Any) -> None:
    """What should have been done here is not."""


async def _always(*_: Any, **__: Any) -> bool:
    return True


def _unprotected(patch: pytest.MonkeyPatch) -> None:
    """With `tests.laws.UNPROTECTED` in the database."""
    patch.setattr(calendar_repository, "is_free", _always)


def _without_cleaning(patch: pytest.MonkeyPatch) -> None:
    uses = place_actions.Place.uses

    def shorter(place: place_actions.Place) -> list[Any]:
        return uses(msgspec.structs.replace(place, buffer=0))

    patch.setattr(place_actions.Place, "uses", shorter)


def _always_open(patch: pytest.MonkeyPatch) -> None:
    masks_of = calendar_repository.masks_of

    def day_and_night(practice: Any, first: date, days: int, zone: Any) -> dict[UUID, int]:
        everything = (1 << 288 * (days + 1)) - 1
        return dict.fromkeys(masks_of(practice, first, days, zone), everything)

    patch.setattr(calendar_repository, "masks_of", day_and_night)


def _shows_holds(patch: pytest.MonkeyPatch) -> None:
    busy = calendar_repository._BUSY.replace("where ", "where u.hold_id is null and ", 1)
    patch.setattr(calendar_repository, "_BUSY", busy)


UNPROTECTED = "no lock, second look or constraint"
FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    UNPROTECTED: _unprotected,
    "who cancels or moves gives nothing back": lambda patch: patch.setattr(
        use_repository, "release_appointment", _nothing
    ),
    "an offer that ended keeps its place": lambda patch: patch.setattr(
        use_repository, "release_offer", _nothing
    ),
    "an expired hold stands in the way": lambda patch: patch.setattr(
        use_repository, "drop_expired", _nothing
    ),
    "the chair is not cleaned": _without_cleaning,
    "open day and night": _always_open,
    "what others hold is shown as free": _shows_holds,
}
IN_THE_SUITE = (UNPROTECTED, "who cancels or moves gives nothing back", "the chair is not cleaned")
