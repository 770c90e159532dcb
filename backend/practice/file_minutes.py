"""How long care takes with single practitioners, as a practice file writes it. Pure."""

from collections.abc import Collection, Sequence
from uuid import UUID

from backend.kit.toml_lines import Path
from backend.practice.file_words import Takes
from backend.practice.model import CareMinutes

Written = tuple[Path, UUID, Takes]
"""Where it stands, the practitioner, and what is written."""


def care_minutes(written: Sequence[Written]) -> tuple[CareMinutes, ...]:
    """The minutes, in the order of the database."""
    rows = (
        CareMinutes(practitioner_id=who, care_key=one.care, minutes=one.minutes) for _, who, one in written
    )
    return tuple(sorted(rows, key=lambda row: (row.practitioner_id, row.care_key)))


def minutes_cures(written: Sequence[Written], care_keys: Collection[str]) -> list[tuple[Path, str]]:
    """What is wrong with them and how to mend it, by where it stands."""
    found: list[tuple[Path, str]] = []
    seen: set[tuple[UUID, str]] = set()
    for path, who, one in written:
        if one.care not in care_keys:
            found.append((path, f"there is no care {one.care}; write the key of one"))
        if not 5 <= one.minutes <= 180 or one.minutes % 5:
            found.append((path, "minutes: give a multiple of 5 from 5 to 180"))
        if (who, one.care) in seen:
            found.append((path, f"{one.care} stands twice; keep one of them"))
        seen.add((who, one.care))
    return found
