"""Reads `shared/triage` once and refuses a broken file with its name, the line and the cure."""

import json
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from backend.triage.model import (
    Alert,
    Answer,
    Id,
    Note,
    Outcome,
    Question,
    Questionnaire,
    Raise,
    Rule,
    Text,
    Words,
)
from backend.triage.rules.soundness import Place, faults

FOLDER = Path(__file__).parents[2] / "shared" / "triage"
SECTIONS: dict[str, type[Question | Rule | Outcome | Alert | Raise]] = {
    "questions": Question,
    "rules": Rule,
    "outcomes": Outcome,
    "alerts": Alert,
    "raises": Raise,
}
HEAD = "questionnaire"
PART = ("questions", "rules")
FIXED = {"outcomes": ("outcomes",), "alerts": ("alerts", "raises")}
SCHEMA = "triage.schema.json"

T = TypeVar("T")


class BrokenQuestionnaire(Exception):  # noqa: N818 - the practice's word
    """A questionnaire that cannot be used; the message names file, line and cure. Stops the start."""

    def __init__(self, file: str, line: int, fault: str, cure: str) -> None:
        super().__init__(f"{file}, line {line}: {fault} Cure: {cure}")
        self.file, self.line, self.fault, self.cure = file, line, fault, cure


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`questionnaire.json`: the version, and the parts in the order in which they are asked.

    `doubt` is the reason shown when only a "je ne sais pas" decided.
    """

    id: Id
    version: Words
    parts: tuple[Id, ...]
    doubt: Text
    note: Note


class _File(msgspec.Struct, frozen=True):
    """A file read as JSON, with its text so that a line can be named."""

    name: str
    text: str
    raw: Any

    def broken(self, position: int, fault: str, cure: str) -> BrokenQuestionnaire:
        """The refusal at a position of the text, in characters."""
        return BrokenQuestionnaire(self.name, self.text.count("\n", 0, position) + 1, fault, cure)


class _Piece(msgspec.Struct, frozen=True):
    """One element of a list in a file: where it starts and where its id is written."""

    file: _File
    start: int
    position: int
    raw: Any


@cache
def questionnaire() -> Questionnaire:
    """The practice's questionnaire, read once."""
    return load(FOLDER)


def load(folder: Path, care_keys: Collection[str] | None = None) -> Questionnaire:
    """Reads and checks all the files of a folder.

    `care_keys` are the keys that the practice knows; None leaves that check out. Raises
    BrokenQuestionnaire at the first fault.
    """
    head_file = _read(folder, HEAD)
    head = _struct(Head, _Piece(head_file, 0, 0, head_file.raw))
    _check_files(folder, head_file, head)
    places: dict[Place, _Piece] = {}
    found: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    for name in (*head.parts, *FIXED):
        file = _read(folder, name)
        for section in _sections(file, FIXED.get(name, PART)):
            found[section] += _section(file, section, places)
    read = Questionnaire(
        id=head.id,
        version=head.version,
        questions=tuple(found["questions"]),
        rules=tuple(found["rules"]),
        raises=tuple(found["raises"]),
        outcomes={outcome.id: outcome for outcome in found["outcomes"]},
        alerts={alert.id: alert for alert in found["alerts"]},
        doubt=head.doubt,
        note=head.note,
    )
    for fault in faults(read, care_keys):
        piece = places.get(fault.place, _Piece(head_file, 0, 0, None))
        raise piece.file.broken(piece.position, fault.what, fault.cure)
    return read


def schema() -> dict[str, Any]:
    """The JSON Schema of the files, from the structs that read them: what `triage.schema.json` holds."""
    kinds = (Head, *SECTIONS.values())
    references, structs = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    lists = {
        name: {"type": "array", "items": item} for name, item in zip(SECTIONS, references[1:], strict=True)
    }
    shapes = [
        {
            "type": "object",
            "properties": {name: lists[name] for name in names},
            "additionalProperties": False,
        }
        for names in (PART, *FIXED.values())
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Files of a triage questionnaire",
        "anyOf": [references[0], *shapes],
        "$defs": structs,
    }


def _read(folder: Path, name: str) -> _File:
    path = folder / f"{name}.json"
    shown = f"{folder.parent.name}/{folder.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenQuestionnaire(shown, 1, "this file is missing.", "put it back.") from None
    except UnicodeDecodeError:
        raise BrokenQuestionnaire(shown, 1, "this is not UTF-8.", "save it as UTF-8.") from None
    try:
        raw = json.loads(text, object_pairs_hook=_no_twins)
    except json.JSONDecodeError as error:
        fault = f"this is not JSON ({error.msg})."
        raise BrokenQuestionnaire(shown, error.lineno, fault, "look for a comma or a quote there.") from None
    except _Twin as twin:
        line = 1 + text.count("\n", 0, text.rfind(f'"{twin}"'))
        fault = f'"{twin}" is written twice in the same braces.'
        raise BrokenQuestionnaire(shown, line, fault, "keep one of the two.") from None
    return _File(shown, text, raw)


class _Twin(Exception):  # noqa: N818
    """The same field twice in an object."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise _Twin(name)
        fields[name] = value
    return fields


def _check_files(folder: Path, head_file: _File, head: Head) -> None:
    for name in head.parts:
        if not (folder / f"{name}.json").exists():
            position = head_file.text.find(f'"{name}"')
            raise head_file.broken(
                position, f"there is no {name}.json.", "write it, or take it off the parts."
            )
    known = {*head.parts, *FIXED, HEAD}
    for path in sorted(folder.glob("*.json")):
        if path.stem not in known and path.name != SCHEMA:
            position = head_file.text.find('"parts"')
            raise head_file.broken(position, f"{path.name} is not among the parts.", "add it or delete it.")


def _sections(file: _File, allowed: tuple[str, ...]) -> tuple[str, ...]:
    for name in file.raw:
        if name not in allowed or not isinstance(file.raw[name], list):
            wanted = " and ".join(f'"{each}"' for each in allowed)
            raise file.broken(
                file.text.find(f'"{name}"'), f'"{name}" is unknown here.', f"use lists {wanted}."
            )
    return tuple(name for name in allowed if name in file.raw)


def _section(file: _File, section: str, places: dict[Place, _Piece]) -> list[Any]:
    read = []
    for piece in _elements(file, section, 0):
        if section == "questions" and isinstance(piece.raw, dict):
            _check_answers(piece, places)
        struct = _struct(SECTIONS[section], piece)
        _keep(places, (section, struct.id), piece)
        read.append(struct)
    return read


def _check_answers(question: _Piece, places: dict[Place, _Piece]) -> None:
    """Reads the answers one by one, to name the line of the one that is wrong."""
    if isinstance(question.raw.get("answers"), list):
        for piece in _elements(question.file, "answers", question.start):
            answer = _struct(Answer, piece)
            _keep(places, ("questions", str(question.raw.get("id")), answer.id), piece)


def _keep(places: dict[Place, _Piece], place: Place, piece: _Piece) -> None:
    if place in places:
        fault = f'the id "{place[-1]}" is taken already.'
        raise piece.file.broken(piece.position, fault, "give this one another id.")
    places[place] = piece


def _elements(file: _File, name: str, start: int) -> Iterator[_Piece]:
    """The elements of the list called `name` that follows `start`, each with its position."""
    opening = re.compile(rf'"{name}"\s*:\s*\[\s*').search(file.text, start)
    if opening is None:
        return
    position, decoder = opening.end(), json.JSONDecoder()
    while file.text[position] != "]":
        raw, end = decoder.raw_decode(file.text, position)
        written = file.text.find('"id"', position, end)
        yield _Piece(file, position, max(position, written), raw)
        after = re.compile(r"\s*,?\s*").match(file.text, end)
        position = after.end() if after else end


def _struct(kind: type[T], piece: _Piece) -> T:
    try:
        return msgspec.convert(piece.raw, kind)
    except msgspec.ValidationError as error:
        raise piece.file.broken(piece.position, f"{error}.", _cure(str(error))) from None


def _cure(error: str) -> str:
    if "missing required field" in error:
        return "add it; French texts are never left out."
    if "unknown field" in error:
        return f"correct its spelling or take it out; {SCHEMA} lists the fields."
    if "length >= 1" in error:
        return "write the text; French is never left empty."
    return f"{SCHEMA} says what may stand here."
