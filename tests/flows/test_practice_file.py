"""Loading a practice file: one transaction, what it changes, what it refuses; then the command itself."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from backend.audit.model import HOST
from backend.booking.resource_repository import needed
from backend.practice import repository
from backend.practice.file_actions import StillNeeded, export_practice, load_file
from backend.practice.file_words import BrokenPracticeFile
from tests.booking.conftest import Steps

ROOT = Path(__file__).parents[2]


@pytest.fixture
def steps(cast, viewer_of):
    return Steps(cast, viewer_of)


async def load(text, check=False):
    return await load_file(text, HOST, needed, check=check)


async def test_what_is_exported_changes_nothing_when_it_is_loaded(database):
    text = await export_practice()
    assert (await load(text)).changes == ()
    assert await database.fetchval("select count(*) from audit_entry") == 0
    assert await export_practice() == text


async def test_a_change_is_stored_told_and_noted(database):
    text = (await export_practice()).replace('name = "Fauteuil 2"', 'name = "Fauteuil bleu"')
    loaded = await load(text)
    assert list(map(str, loaded.changes)) == ["~ chair Fauteuil bleu, name: Fauteuil 2 -> Fauteuil bleu"]
    assert "Fauteuil bleu" in {one.name for one in (await repository.load_practice()).resources}
    noted = await database.fetchrow("select actor_kind, action, details from audit_entry")
    assert (noted["actor_kind"], noted["action"]) == ("host", "practice.load")
    assert json.loads(noted["details"]) == {"lines": 1, "care": []}


async def test_minutes_of_one_practitioner_are_stored_and_exported(database):
    text = await export_practice()
    with_minutes = text.replace(
        'short_name = "Dre Roux"', 'short_name = "Dre Roux"\ntakes = [{ care = "CTRL", minutes = 25 }]'
    )
    assert list(map(str, (await load(with_minutes)).changes)) == ["+ minutes of Dre Roux: CTRL, 25 min"]
    assert '{ care = "CTRL", minutes = 25 }' in await export_practice()
    assert list((await repository.load_practice()).own_minutes("CTRL").values()) == [25]
    assert list(map(str, (await load(text)).changes)) == ["- minutes of Dre Roux: CTRL, 25 min"]


async def test_a_look_changes_nothing(database):
    text = await export_practice()
    changed = text.replace('name = "Fauteuil 2"', 'name = "Fauteuil bleu"')
    assert len((await load(changed, check=True)).changes) == 1
    assert await export_practice() == text
    assert await database.fetchval("select count(*) from audit_entry") == 0


async def test_a_mistake_changes_nothing(database):
    text = await export_practice()
    wrong = text.replace('name = "Fauteuil 2"', 'name = "Bleu"').replace('code = "F1"', 'code = "F2"', 1)
    with pytest.raises(BrokenPracticeFile):
        await load(wrong)
    assert await export_practice() == text


async def test_a_chair_that_booked_visits_use_is_not_taken_away(database, steps, clock):
    booked = await steps.booked()
    chair = (await repository.load_practice()).resource(booked.chair_id)
    text = _without_chair(await export_practice(), chair.code)
    with pytest.raises(StillNeeded, match=chair.name):
        await load(text)
    await clock.move_to(booked.ends_at + timedelta(hours=1))
    assert f"- chair {chair.name}" in list(map(str, (await load(text)).changes))


async def test_a_visit_still_says_where_it_was_after_the_chair_has_gone(database, steps, clock, as_person):
    booked = await steps.booked()
    chair = (await repository.load_practice()).resource(booked.chair_id)
    await clock.move_to(booked.ends_at + timedelta(hours=1))
    await load(_without_chair(await export_practice(), chair.code))
    assert chair.id not in {one.id for one in (await repository.load_practice()).resources}
    mother, desk = await as_person("mother"), await as_person("receptionist")
    assert (await mother.get(f"/rendez-vous/{booked.id}")).status_code == 200
    shown = await desk.get(f"/bureau/jour/{booked.starts_at:%Y-%m-%d}?rdv={booked.id}")
    assert (shown.status_code, chair.name in shown.text) == (200, True)


def _without_chair(text, code):
    parts = text.split("\n\n")
    gone = next(part for part in parts if part.startswith(f'[[site.chair]]\ncode = "{code}"'))
    parts.remove(gone)
    other = "F3" if code != "F3" else "F1"
    return "\n\n".join(
        part.replace(f'"{code}"', f'"{other}"') if "chairs = [" in part else part for part in parts
    )


async def test_care_that_nobody_can_give_is_told(database):
    text = (await export_practice()).replace('code = "MIC"', 'code = "LOUPE"')
    loaded = await load(text, check=True)
    assert "nobody can give ENDO1: there is no machine MIC" in loaded.warnings


def command(*arguments, text=None):
    return subprocess.run(
        [sys.executable, "-m", "backend", "practice", *arguments],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


async def test_the_command(database, tmp_path):
    path = tmp_path / "practice.toml"
    assert command("export", str(path)).returncode == 0
    text = path.read_text(encoding="utf-8")
    assert command("export", "-").stdout == text
    path.write_text(text.replace("minutes = 20\nbuffer = 5", "minutes = 25\nbuffer = 5"), encoding="utf-8")
    looked = command("load", str(path), "--check")
    assert looked.returncode == 0
    assert "~ care CTRL, minutes: 20 -> 25" in looked.stdout and "would change" in looked.stdout
    assert "would change" not in command("load", str(path)).stdout
    assert command("load", str(path)).stdout.endswith("Nothing changes.\n")
    path.write_text(text.replace("minutes = 20", "minutes = 21", 1), encoding="utf-8")
    broken = command("load", str(path))
    assert broken.returncode == 1
    assert f"{path}, line " in broken.stderr and "multiple of 5" in broken.stderr
