"""The practice file: what is written is read back the same, and every mistake is told by its line."""

import re
import tomllib
from datetime import UTC, date, datetime, time

import msgspec
import pytest
from hypothesis import given, settings

from backend.demo.cast import FOLDER
from backend.kit.toml_lines import lines_of
from backend.practice.defaults import care_types
from backend.practice.differences import changes
from backend.practice.file_reader import read_practice
from backend.practice.file_words import BrokenPracticeFile
from backend.practice.file_writer import practice_text
from tests.practice.practices import practices

TODAY = date(2026, 11, 21)
DEMO = (FOLDER / "practice.toml").read_text(encoding="utf-8")


def read(text, before=None, today=TODAY):
    return read_practice(text, before, today)


def test_the_demo_is_such_a_file():
    practice = read(DEMO)
    assert [site.name for site in practice.sites] == ["Cabinet des Tilleuls"]
    assert len(practice.resources) == 11
    assert {care.key for care in practice.care_types} == {care.key for care in care_types()}
    roux = practice.practitioners[0]
    assert [practice.resource(chair).code for chair in roux.chair_ids] == ["F1", "F2"]
    away, training = sorted(practice.closures, key=lambda closure: closure.starts_at)
    assert (away.reason, away.starts_at) == ("Congrès", datetime(2026, 12, 9, 23, tzinfo=UTC))
    assert (training.resource_id, training.ends_at) == (None, datetime(2027, 1, 1, 23, tzinfo=UTC))


@settings(max_examples=120, deadline=None)
@given(practices())
def test_a_round_trip_gives_the_same_practice(practice):
    text = practice_text(practice)
    assert read(text) == practice
    assert practice_text(read(text)) == text


@settings(max_examples=40, deadline=None)
@given(practices())
def test_without_ids_what_is_known_is_found_again_by_code_and_name(practice):
    practice = _machines_named_apart(practice)
    text = re.sub(r"^id = .*\n", "", practice_text(practice), flags=re.MULTILINE)
    assert read(text, practice) == practice
    assert changes(practice, read(text, practice)) == []
    assert read(text) != practice


def _machines_named_apart(practice):
    named = (
        msgspec.structs.replace(one, name=f"{number} {one.name}")
        for number, one in enumerate(practice.resources)
    )
    return msgspec.structs.replace(practice, resources=tuple(named))


@settings(max_examples=60, deadline=None)
@given(practices())
def test_every_key_stands_on_the_line_that_it_is_told_to(practice):
    text = practice_text(practice)
    written, lines = text.split("\n"), lines_of(text)
    for path in _leaves(tomllib.loads(text)):
        assert str(path[-1]) in written[lines[path] - 1] or isinstance(path[-1], int), path


def _leaves(value, path=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from _leaves(one, (*path, name))


CARE = """
[[care]]
key = "NEW"
name_fr = "Neuf"
name_en = "New"
phrase_fr = "le neuf"
phrase_en = "the new"
minutes = 20
buffer = 5
skills = ["OMNI"]
"""

MISTAKES = [
    ('name = "Cabinet des Tilleuls"', "name = ", "not TOML"),
    ('phone = "+33465710012"', 'phone = "04 65 71 00 12"', r"write it as \+33"),
    ('zone = "Europe/Paris"', 'zone = "Europe/Lyon"', "no time zone"),
    ('zone = "Europe/Paris"', 'zone = "Europe/Paris"\ncountry = "XX"', "no such country"),
    ('zone = "Europe/Paris"', 'zone = "Europe/Paris"\nfax = "1"', "take out fax"),
    (
        'chairs = ["F1", "F2"]',
        'chairs = ["F1", "F9"]',
        "no chair F9 at this site; write one of F1, F2, F3, FO",
    ),
    ('chairs = ["F1", "F2"]', "chairs = []", "no chair; name at least one"),
    ('skills = ["OMNI", "PEDO"]', 'skills = ["OMNI", "PEDA"]', "name at least one of"),
    ('code = "F2"', 'code = "F1"', "two of them have the code F1"),
    ('id = "01970000-0000-7000-8000-000000000022"', 'id = "7"', "id: "),
    (
        'id = "01970000-0000-7000-8000-000000000022"',
        'id = "01970000-0000-7000-8000-000000000021"',
        "stands twice",
    ),
    ("from = 14:00:00, to = 18:30:00", "from = 18:30:00, to = 14:00:00", "swap from and to"),
    ('on = "saturday", from = 09:00:00', 'on = "samedi", from = 09:00:00', "hours.10.on: invalid enum"),
    ('{ weekday = "thursday", after_days = 17,', "{ day = 2026-12-10, after_days = 17,", "when is it closed"),
    ('{ weekday = "thursday", after_days = 17,', "{", "when is it closed"),
    ('weekday = "thursday", after_days = 17', "starts = 2026-12-10T10:00:00", "when is it closed"),
    (
        "from = 14:00:00, to = 18:30:00",
        'from = 14:00:00, to = 18:30:00, school = "terms"',
        "hours.1.school: invalid enum",
    ),
    (
        "from = 14:00:00, to = 18:30:00",
        "from = 14:00:00, to = 18:30:00, valid_from = 2027-02-01, valid_until = 2027-01-01",
        "swap valid_from and valid_until",
    ),
    ('school_zone = "A"', 'school_zone = "D"', "write one of A, B, C"),
    ("default_care_types = true", "default_care_type = true", "take out default_care_type"),
    ("default_care_types = true", "default_care_types = 1", "write true or false"),
    ('name = "Kit MEOPA"', "", "name is missing"),
    (
        'skills = ["OMNI", "PEDO"]',
        'skills = ["OMNI", "PEDO"]\ntakes = [{ care = "CONTROLE", minutes = 25 }]',
        "there is no care CONTROLE",
    ),
    (
        'skills = ["OMNI", "PEDO"]',
        'skills = ["OMNI", "PEDO"]\ntakes = [{ care = "CTRL", minutes = 27 }]',
        "minutes: give a multiple of 5",
    ),
    (
        'skills = ["OMNI", "PEDO"]',
        'skills = ["OMNI", "PEDO"]\n'
        'takes = [{ care = "CTRL", minutes = 25 }, { care = "CTRL", minutes = 30 }]',
        "CTRL stands twice",
    ),
    ("[[site.assistant]]", "[site.assistant]", r"write it as \[\[site.assistant\]\]"),
]


@pytest.mark.parametrize(("right", "wrong", "cure"), MISTAKES)
def test_a_mistake_is_told_by_its_line_with_its_cure(right, wrong, cure):
    assert right in DEMO
    with pytest.raises(BrokenPracticeFile) as broken:
        read(DEMO.replace(right, wrong, 1))
    before = DEMO[: DEMO.index(right)].count("\n") + 1
    told = [mistake for mistake in broken.value.mistakes if re.search(cure, mistake.cure)]
    assert told, broken.value
    # What is missing is told at the head of its table; a line more may have been written.
    assert told[0].line - before in ({-2} if "missing" in cure else {0, 1}), broken.value


def test_mistakes_in_care_types_too_and_all_of_them_at_once():
    text = DEMO + CARE.replace("minutes = 20", "minutes = 21") + CARE + 'lenght = 3\nskills2 = "x"\n'
    text = text.replace('code = "VIDAL"', 'code = "ROUX"')
    with pytest.raises(BrokenPracticeFile) as broken:
        read(text)
    told = [mistake.cure for mistake in broken.value.mistakes]
    assert told == [
        "two of them have the code ROUX; give one another code",
        "NEW: 21 minutes; give a multiple of 5 from 5 to 180",
        "NEW stands twice; keep one of them",
        "take out lenght: there is no such field",
        "take out skills2: there is no such field",
    ]
    lines = [mistake.line for mistake in broken.value.mistakes]
    assert lines == sorted(lines) and len(set(lines)) == 5


@pytest.mark.parametrize(
    ("named", "cure"),
    [("VIDALE", "there is no VIDALE; write one of"), ("PETIT", "PETIT has no skill for it; it takes OMNI")],
)
def test_whom_a_care_names_must_be_there_and_able(named, cure):
    text = DEMO + CARE.replace('skills = ["OMNI"]', 'skills = ["OMNI"]\npractitioners = ["%s"]')
    assert read(text % "VIDAL").care_type("NEW").practitioners == ("VIDAL",)
    with pytest.raises(BrokenPracticeFile) as broken:
        read(text % named)
    (told,) = broken.value.mistakes
    assert cure in told.cure and text.splitlines()[told.line - 1] == "[[care]]"


def test_school_hours_need_a_school_zone():
    text = DEMO.replace("to = 18:30:00 }", 'to = 18:30:00, school = "term" }', 1)
    assert read(text).openings[1].school == "term"
    with pytest.raises(BrokenPracticeFile, match=r"line 7.: whose school holidays"):
        read(text.replace('school_zone = "A"', ""))


def test_an_empty_file_says_what_to_write():
    with pytest.raises(BrokenPracticeFile, match=r"line 1: no site; write \[\[site\]\]"):
        read("")


def test_hours_on_the_hour_that_comes_twice_stay_where_they_are():
    text = DEMO.replace(
        '{ weekday = "thursday", after_days = 17,',
        "{ starts = 2027-10-31T02:30:00+01:00, ends = 2027-10-31T04:00:00,",
    )
    closure = next(one for one in read(text).closures if one.reason == "Congrès")
    assert (closure.starts_at.hour, closure.ends_at.hour) == (1, 3)
    again = next(one for one in read(practice_text(read(text))).closures if one.reason == "Congrès")
    assert again == closure


def test_what_changed_is_told():
    before = read(DEMO + CARE)
    text = DEMO + CARE.replace("minutes = 20", "minutes = 25")
    text = text.replace('name = "Fauteuil 2"', 'name = "Fauteuil bleu"')
    text = text.replace("from = 14:00:00, to = 18:30:00", "from = 14:00:00, to = 18:00:00", 1)
    told = [str(change) for change in changes(before, read(text, before))]
    assert told == [
        "~ chair Fauteuil bleu, name: Fauteuil 2 -> Fauteuil bleu",
        "~ care NEW, minutes: 20 -> 25",
        "- hours of Dre Roux: Monday 14:00-18:30",
        "+ hours of Dre Roux: Monday 14:00-18:00",
    ]


def test_minutes_of_one_practitioner_are_told_and_may_name_care_that_the_file_leaves_out():
    before = read(DEMO + CARE)
    skills = 'skills = ["OMNI", "PEDO"]'
    text = DEMO.replace(skills, f'{skills}\ntakes = [{{ care = "NEW", minutes = 25 }}]')
    practice = read(text, before)
    told = [str(change) for change in changes(before, practice)]
    assert told == ["+ minutes of Dre Roux: NEW, 25 min"]
    roux = practice.practitioners[0].id
    assert (practice.own_minutes("NEW"), practice.own_minutes("CTRL")) == ({roux: 25}, {})
    with pytest.raises(BrokenPracticeFile, match="no care NEW"):
        read(text)
    assert before.openings[1].ends == time(18, 30)


def test_values_of_modifiers_are_read_and_told_when_wrong():
    own = DEMO + '[[lengthening]]\nmodifier = "meopa"\nminutes = 30\n'
    found = {one.modifier: one.minutes for one in read(own).lengthenings}
    assert (found["meopa"], found["hearing"]) == (30, 10)
    told = list(map(str, changes(read(DEMO), read(own, read(DEMO)))))
    assert told == ["~ lengthening meopa, minutes: 20 -> 30"]
    for wrong, cure in (("minutes = 31", "multiple of 5"), ("percent = 90", "from 100 to 300")):
        with pytest.raises(BrokenPracticeFile, match=cure):
            read(own.replace("minutes = 30", wrong))
    with pytest.raises(BrokenPracticeFile, match="stands twice"):
        read(own + own.removeprefix(DEMO))
