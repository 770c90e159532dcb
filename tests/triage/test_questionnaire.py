"""The files of `shared/triage`: as they are, and every way of breaking them."""

import json
import re
import shutil
from pathlib import Path

import pytest

from backend.practice.defaults import care_types
from backend.triage.model import SignOff
from backend.triage.questionnaire import FOLDER, SCHEMA, BrokenQuestionnaire, load, questionnaire, schema

CARE_KEYS = {care.key for care in care_types()}
WORDS = 15


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "shared" / "triage"))


def test_the_questionnaire_is_sound_with_the_care_types_of_the_practice() -> None:
    assert load(FOLDER, CARE_KEYS) == questionnaire()


def test_all_the_outcomes_of_the_table_are_there() -> None:
    assert {f"T{number:02}" for number in range(1, 23)} <= questionnaire().outcomes.keys()


def test_every_clinical_text_has_a_source_and_says_whether_it_is_signed_off() -> None:
    form = questionnaire()
    texts = [*form.rules, *form.raises, *form.outcomes.values(), *form.alerts.values()]
    assert all(each.source and each.sign_off in SignOff for each in texts)


def _texts() -> list[tuple[str, str]]:
    form = questionnaire()
    said = [*form.questions, *(answer for question in form.questions for answer in question.answers)]
    found = [(each.id, text) for each in said for text in (each.fr, each.fr_child, each.en, each.en_child)]
    found += [(rule.id, text) for rule in form.rules for text in (rule.reason.fr, rule.reason.en)]
    advised = [*form.outcomes.values(), *form.alerts.values()]
    found += [(each.id, line) for each in advised for line in (*each.advice.fr, *each.advice.en)]
    return found


def test_sentences_are_short() -> None:
    long = []
    for name, text in _texts():
        for sentence in re.split(r"[.!?:](?:\s|$)", text):
            if len([word for word in sentence.split() if re.search(r"\w", word)]) > WORDS:
                long.append((name, sentence))
    assert long == []


def test_english_is_complete_too() -> None:
    form = questionnaire()
    assert all(text.en for text in [*form.questions, *form.reason_by_id.values(), form.note])
    assert all(answer.en for question in form.questions for answer in question.answers)
    for each in [*form.outcomes.values(), *form.alerts.values()]:
        assert each.name.en and len(each.advice.fr) == len(each.advice.en)


def test_the_schema_is_that_of_the_structs() -> None:
    """To renew it, write `schema()` into the file as JSON."""
    assert json.loads((FOLDER / SCHEMA).read_text(encoding="utf-8")) == json.loads(json.dumps(schema()))


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("pain", '"asked_if": [["pain_rest=no"]]', '"asked_if": [["pain_rset=no"]]', "does not exist"),
        ("pain", '"asked_if": [["pain_rest=no"]]', '"asked_if": [["pain_rest=nope"]]', "does not have"),
        ("pain", '"asked_if": [["what=pain"]]', '"asked_if": [["health=none"]]', "a circle"),
        ("pain", '"asked_if": [["pain_rest=no"]]', '"asked_if": [["pain_kind=alone"]]', "a circle"),
        ("pain", '"pain_rest=yes"', '"pain_rest=maybe"', "does not have"),
        ("pain", '"when": [["pain_rest=yes"]]', '"when": [[]]', "an empty condition"),
        ("pain", '"when": [["pain_rest=yes"]]', '"when": []', "an empty condition"),
        ("pain", '"outcome": "T03"', '"outcome": "T33"', 'no outcome "T33"'),
        ("pain", '"fr": "Comment est la douleur', '"fr_": "Comment est la douleur', "`fr_`"),
        ("pain", '"fr": "Elle est légère"', '"fr": ""', "length >= 1"),
        ("pain", '"fr": "Elle est légère", ', "", "`fr`"),
        ("pain", '"id": "slight"', '"id": "gum"', "taken already"),
        ("pain", '"id": "pain_kind"', '"id": "pain_rest"', "taken already"),
        ("pain", '"id": "pain_alone"', '"id": "pain_strong"', "taken already"),
        ("pain", '"id": "pain_kind"', '"id": "what"', "taken already"),
        ("pain", '"kind": "one"', '"kind": "some"', "Invalid enum value"),
        ("pain", '"sign_off": "waiting"', '"sign_off": "maybe"', "Invalid enum value"),
        ("pain", '"rules": [', '"rulez": [', "unknown here"),
        ("pain", '"kind": "one",', '"kind": "one", "kind": "many",', "twice"),
        ("pain", '"kind": "one",', '"kind": "one"', "not JSON"),
        ("braces", '"wire_wax=yes"', '"wire_wax=yes", "braces_what=plate"', "ever make it hold"),
        ("pain", '"pain_kind=provoked|gum|slight"', '"pain_kind=provoked|slight"', "come to nothing"),
        ("braces", '"braces_what=wire"', '"braces_what=wire", "braces_what=plate"', "ever lead to it"),
        ("shock", '"answer": "milk"', '"answer": "shark"', "not one of its answers"),
        ("checkup", '"ages": {"from": 3, "below": 6}', '"ages": {"from": 6, "below": 3}', "leave nobody"),
        (
            "checkup",
            '"ages": {"from": 13, "below": 25}',
            '"ages": {"from": 14, "below": 25}',
            "come to nothing",
        ),
        ("health", '"alert": "allergy"', '"alert": "pollen"', 'no alert "pollen"'),
        ("health", '"modifier": "anticoagulated_surgery"', '"modifier": "brave"', "Invalid enum value"),
        ("outcomes", '"care_key": "URG_SHORT"', '"care_key": "URG_LONG"', 'no care type "URG_LONG"'),
        ("outcomes", '"care_key": "CONS30",', "", "no care key"),
        ("outcomes", '"urgency": "U0",', '"urgency": "U0", "care_key": "URG",', "never booked"),
        ("outcomes", '"urgency": "U2"', '"urgency": "U5"', "Invalid enum value"),
        ("gums", '"outcome": "T20"', '"outcome": "T21"', "no rule leads to it"),
        ("outcomes", "Ne percez pas, ne chauffez pas.", "", "length >= 1"),
        ("outcomes", "ni anti-inflammatoire ni aspirine", "ni ceci ni cela", "must warn"),
        ("alerts", "no anti-inflammatory and no aspirin", "neither", "must warn"),
        ("alerts", '"id": "fragile"', '"id": "R1"', 'called "R1"'),
        ("questionnaire", '"pain"', '"pane"', "no pane.json"),
        ("questionnaire", '"pain",', "", "not among the parts"),
        ("questionnaire", '"version": "2026.11"', '"version": ""', "length >= 1"),
        ("questionnaire", '"id": "note"', '"id": "help"', "the note has the same id"),
    ],
)
def test_a_broken_file_is_refused_with_file_line_and_cure(folder: Path, file, old, new, fault) -> None:
    path = folder / f"{file}.json"
    whole = path.read_text(encoding="utf-8")
    assert old in whole
    path.write_text(whole.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenQuestionnaire) as broken:
        load(folder, CARE_KEYS)
    said = str(broken.value)
    assert fault in said and re.search(r"shared/triage/[a-z_]+\.json, line \d+: .+ Cure: .+\.", said), said
    assert broken.value.cure


@pytest.mark.parametrize(
    ("file", "old", "new", "line_with", "lines"),
    [
        (
            "pain",
            '"asked_if": [["pain_rest=no"]]',
            '"asked_if": [["pain_rest=nope"]]',
            '"id": "pain_kind"',
            0,
        ),
        ("pain", '"fr": "Elle est légère"', '"fr": ""', '"id": "slight"', 0),
        ("pain", '"outcome": "T03"', '"outcome": "T33"', '"id": "pain_strong"', 0),
        ("pain", '"id": "slight"', '"id": "gum"', '"fr": "Elle est légère"', 0),
        (
            "broken",
            '"outcome": "swallowed_crown"',
            '"outcome": "gone"',
            '"when": [["broken_what=swallowed"]]',
            -1,
        ),
        ("health", '"alert": "allergy"', '"alert": "pollen"', '"id": "allergy"', 0),
        ("outcomes", '"care_key": "REP"', '"care_key": "RIP"', '"id": "T15"', 0),
        ("alerts", "no anti-inflammatory and no aspirin", "neither", '"id": "fragile"', 0),
        ("pain", '"pain_kind=provoked|gum|slight"', '"pain_kind=provoked|slight"', '"id": "gum"', 0),
        ("shock", '"id": "cut_detail",', '"id": "cut_detail"', '"id": "cut_detail"', 1),
        ("questionnaire", '"pain"', '"pane"', '"pane"', 0),
    ],
)
def test_the_line_named_is_the_line_of_the_fault(folder: Path, file, old, new, line_with, lines) -> None:
    path = folder / f"{file}.json"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenQuestionnaire) as broken:
        load(folder, CARE_KEYS)
    written = path.read_text(encoding="utf-8").splitlines()
    expected = next(number for number, line in enumerate(written, start=1) if line_with in line)
    assert (broken.value.file, broken.value.line) == (f"shared/triage/{file}.json", expected + lines)


def test_two_urgent_outcomes_never_share_their_advice(folder: Path) -> None:
    path = folder / "outcomes.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    by_id = {outcome["id"]: outcome for outcome in raw["outcomes"]}
    by_id["chest"]["advice"] = by_id["airway"]["advice"]
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(BrokenQuestionnaire, match='that of "airway"'):
        load(folder)


def test_a_missing_file_and_a_wrong_encoding_are_named(folder: Path) -> None:
    (folder / "outcomes.json").write_bytes("é".encode("latin-1"))
    with pytest.raises(BrokenQuestionnaire, match=r"outcomes\.json, line 1: this is not UTF-8"):
        load(folder)
    (folder / "outcomes.json").unlink()
    with pytest.raises(BrokenQuestionnaire, match=r"outcomes\.json, line 1: this file is missing"):
        load(folder)
