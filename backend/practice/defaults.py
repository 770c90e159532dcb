"""The care types that a new practice starts with, from `shared/practice/care_types.json`.

A mistake in the file stops the start, and names file, line and cure.
"""

import json
import re
from pathlib import Path

import msgspec

from backend.practice.model import CareType, Lengthening

CARE_TYPES = Path(__file__).parents[2] / "shared" / "practice" / "care_types.json"
SKILLS = frozenset({"OMNI", "PEDO", "CHIR", "ORTHO", "ENDO", "PARO"})
_SPAN = re.compile(r"\d{1,3}-\d{1,3}")
MOST_PERCENT, MOST_ADDED = 300, 120
SOURCES = frozenset({"V", "S", "P"})
TEXTS = ("instructions_fr", "instructions_en", "to_know_fr", "to_know_en")
"""What patients read of a care type, which a dentist approves."""


class BrokenFile(Exception):  # noqa: N818 - the practice's word for it
    """A file that people write has a mistake: where it is, and what to do."""

    def __init__(self, path: Path, line: int, cure: str) -> None:
        super().__init__(f"{path}, line {line}: {cure}")


def care_types(path: Path = CARE_TYPES) -> tuple[CareType, ...]:
    """The default care types, in the order of the file; BrokenFile when one of them is not right."""
    text = path.read_text(encoding="utf-8")
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenFile(
            path, error.lineno, f"this is not JSON ({error.msg}); mend the punctuation"
        ) from error
    if not isinstance(entries, list) or not entries:
        raise BrokenFile(path, 1, "write a list of care types: [ {...}, {...} ]")
    found: dict[str, CareType] = {}
    for number, entry in enumerate(entries):
        line = _line_of(text, number)
        care = _care_type(path, line, entry)
        if care.key in found:
            raise BrokenFile(path, line, f"{care.key} stands twice; keep one of them")
        found[care.key] = care
    return tuple(found.values())


def _care_type(path: Path, line: int, entry: object) -> CareType:
    try:
        care = msgspec.convert(entry, CareType)
    except msgspec.ValidationError as error:
        raise BrokenFile(path, line, f"{error}; see CareType in backend/practice/model.py") from error
    unknown = set(entry) - set(CareType.__struct_fields__) if isinstance(entry, dict) else set()
    told = f"take out {', '.join(sorted(unknown))}: no such field" if unknown else cure(care)
    if told:
        raise BrokenFile(path, line, f"{care.key}: {told}")
    return care


def cure(care: CareType) -> str | None:
    """What is wrong with a care type and how to mend it; None when nothing is."""
    if care.minutes <= 0 or care.minutes % 5 or care.minutes > 180:
        return f"{care.minutes} minutes; give a multiple of 5 from 5 to 180"
    if care.buffer < 0 or care.buffer % 5:
        return f"a buffer of {care.buffer} minutes; give 0 or a multiple of 5"
    if not care.skills or not SKILLS.issuperset(care.skills):
        return f"skills {list(care.skills)}; name at least one of {', '.join(sorted(SKILLS))}"
    if not all(_SPAN.fullmatch(span) for span in care.practitioner_minutes) or not in_order(care):
        return 'practitioner_minutes; write stretches of the care in order: ["0-10", "50-60"]'
    if (care.least_age or 0) > (150 if care.most_age is None else care.most_age):
        return "least_age is above most_age; swap them"
    if care.source not in SOURCES:
        return f"source {care.source!r}; write V, S or P"
    if not all((care.name_fr, care.name_en, care.phrase_fr, care.phrase_en)):
        return "a name or a phrase is empty; write it"
    return None


def wrong(one: Lengthening) -> str | None:
    """What is wrong with the values of a modifier and how to mend it; None when nothing is."""
    if not 100 <= one.percent <= MOST_PERCENT:
        return f"{one.percent} percent; give a number from 100 to {MOST_PERCENT}"
    if not all(0 <= added <= MOST_ADDED and added % 5 == 0 for added in (one.at_least, one.minutes)):
        return f"at_least and minutes: give a multiple of 5 from 0 to {MOST_ADDED}"
    return None


def in_order(care: CareType) -> bool:
    """Whether the stretches in which the practitioner is needed lie in order, within the care, in fives."""
    ends = [minute for span in care.practitioner_spans for minute in span]
    return ends == sorted(set(ends)) and all(at % 5 == 0 and at <= care.minutes for at in ends)


def _line_of(text: str, number: int) -> int:
    """The line on which the entry of that number begins: decoded one by one, since JSON forgets lines."""
    decoder = json.JSONDecoder()
    place = text.index("[") + 1
    for _ in range(number):
        place = decoder.raw_decode(text, _next_entry(text, place))[1]
    return text.count("\n", 0, _next_entry(text, place)) + 1


def _next_entry(text: str, place: int) -> int:
    while text[place] in " \t\r\n,":
        place += 1
    return place
