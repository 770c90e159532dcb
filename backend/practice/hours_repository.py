"""The opening masks of the practice, computed once for each first day and length.

They are kept while `load_practice` gives the same object, which is as long as nothing changed.
"""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.practice.model import Practice
from backend.practice.rules import opening_masks

MOST_KEPT = 64

_Key = tuple[date, int, str]
_masks: dict[_Key, dict[UUID, int]] = {}
_masks_of: list[Practice] = []


def masks_of(practice: Practice, first_day: date, days: int, zone: ZoneInfo) -> dict[UUID, int]:
    """When each resource is open, as bitmaps (`kit.grid`) from the midnight of `first_day` in `zone`."""
    if not _masks_of or _masks_of[0] is not practice or len(_masks) >= MOST_KEPT:
        _masks.clear()
        _masks_of[:] = [practice]
    key = (first_day, days, zone.key)
    if key not in _masks:
        _masks[key] = opening_masks(practice, first_day, days, zone)
    return _masks[key]
