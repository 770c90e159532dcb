"""The default care types, and what a mistake in their file is told."""

import json
import re

import pytest

from backend.practice.defaults import CARE_TYPES, BrokenFile, care_types

SETTLED = {"URG": 30, "URG_TRAUMA": 45, "URG_SHORT": 20, "CONS30": 30, "REP": 20, "EBD_GROSS": 30}


def test_it_works():
    found = {care.key: care for care in care_types()}
    assert {key: found[key].minutes for key in SETTLED} == SETTLED
    assert {key for key, care in found.items() if care.is_emergency} == {"URG", "URG_TRAUMA", "URG_SHORT"}
    assert {key for key, care in found.items() if care.is_first_consultation} == {"CONS1", "ORTH1"}
    assert {key for key, care in found.items() if care.is_ebd} == {
        *("EBD_3_5", "EBD_6_12", "EBD_13_24", "EBD_GROSS"),
    }


def test_every_care_type_speaks_both_languages():
    for care in care_types():
        assert care.name("fr") and care.name("en") and care.phrase("fr") and care.phrase("en")
        assert (care.instructions_fr is None) == (care.instructions_en is None), care.key


def broken(tmp_path, text):
    path = tmp_path / "care_types.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenFile) as mistake:
        care_types(path)
    return str(mistake.value)


@pytest.mark.parametrize(
    ("wrong", "right", "cure"),
    [
        ('"minutes": 20, "buffer": 5, "skills": ["OMNI"], "source": "S"', '"minutes": 20', "field `buffer`"),
        ('"key": "CTRL", "minutes": 20', '"key": "CTRL", "minutes": 22', "multiple of 5"),
        ('"key": "CTRL", "minutes": 20', '"key": "CTRL", "minutes": "20"', r"\$.minutes"),
        ('"key": "CTRL", "minutes": 20, "buffer": 5', '"key": "CTRL", "minutes": 20, "buffer": 3', "buffer"),
        ('"key": "CTRL"', '"key": "CONS1"', "CONS1 stands twice"),
        ('"key": "CTRL"', '"key": "CTRL", "lenght": 20', "take out lenght"),
    ],
)
def test_a_mistake_names_file_line_and_cure(tmp_path, wrong, right, cure):
    text = CARE_TYPES.read_text(encoding="utf-8")
    assert wrong in text
    told = broken(tmp_path, text.replace(wrong, right, 1))
    line = text[: text.index('"key": "CTRL"')].count("\n") + 1
    where = re.search(r"care_types.json, line (\d+): ", told)
    assert where and re.search(cure, told)
    # A key that stands twice is told where it stands for the second time.
    assert int(where[1]) == line or cure == "CONS1 stands twice"


def test_what_is_not_json_is_told_at_its_line(tmp_path):
    assert "line 3: this is not JSON" in broken(tmp_path, '[\n{"key": "CTRL"},\n{"key" "CONS1"}\n]')


@pytest.mark.parametrize("text", ["{}", "[]", "7"])
def test_another_shape_is_told(tmp_path, text):
    assert "line 1: write a list of care types" in broken(tmp_path, text)


def test_a_single_wrong_entry_is_enough(tmp_path):
    entries = json.loads(CARE_TYPES.read_text(encoding="utf-8"))
    entries.append("CTRL")
    assert f"line {len(entries) + 1}: " in broken(
        tmp_path, "[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]"
    )
