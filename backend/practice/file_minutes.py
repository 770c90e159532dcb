"""What care single practitioners give and how long it takes with them, as a practice file says. Pure."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from backend.kit.toml_lines import Path
from backend.practice.file_words import Takes
from backend.practice.model import CareMinutes, CareType

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


def givers_cure(care: CareType, skills: Mapping[str, Collection[str]]) -> str | None:
    """What is wrong with whom a care names, and how to mend it; `skills` are those of each code."""
    for code in care.practitioners:
        if code not in skills:
            return f"practitioners: there is no {code}; write one of {', '.join(skills) or 'your own'}"
        if set(care.skills).isdisjoint(skills[code]):
            return f"practitioners: {code} has no skill for it; it takes {' or '.join(care.skills)}"
    return None
