"""A deed and what is written beside it are one statement: all of it or nothing."""

from typing import Any

import pytest

from backend.audit import record
from backend.audit.model import JOB
from backend.kit import deeds
from backend.kit.errors import Unavailable
from backend.kit.ids import new_id
from backend.kit.parts import Part, texts_of, values_of
from backend.kit.retry import patiently


def test_each_part_has_places_of_its_own() -> None:
    parts = [
        Part("done as (select $1, $2)", (1, 2)),
        Part("insert into a values ($2, $1)", (3, 4)),
        Part("update b set c = $1", (5,)),
    ]
    assert list(values_of(parts)) == [1, 2, 3, 4, 5]
    assert deeds.joined(texts_of(parts)) == (
        "with done as (select $1, $2), beside_1 as (insert into a values ($4, $3)), "
        "beside_2 as (update b set c = $5) select * from done"
    )


@pytest.mark.parametrize("refused", [True, False])
async def test_beside_a_deed_that_was_refused_nothing_is_written(
    database: Any, cast: Any, refused: bool
) -> None:
    patient = None if refused else cast["daughter"].patient_id
    deed = Part("done as (select $1::uuid as id, $2::uuid as patient_id)", (new_id(), patient))
    row = await deeds.do(deed, record.beside(JOB, "test.deed", ("thing", "id"), version=3))
    lines = await database.fetch("select * from audit_entry where action = 'test.deed'")
    assert row is not None and row["patient_id"] == patient
    found = [(line["subject_id"], line["patient_id"], line["details"]) for line in lines]
    assert found == ([] if refused else [(row["id"], patient, '{"version": 3}')])


async def test_what_is_beside_takes_the_deed_along_when_it_fails(database: Any) -> None:
    name, wrong = f"Deed {new_id()}", Part("insert into account (id) select done.id from done", ())
    deed = Part(
        "done as (insert into account (id, given_name, family_name, created_at) "
        "values ($1::uuid, $2::text, '', now()) returning id, id as patient_id)",
        (new_id(), name),
    )
    with pytest.raises(Exception, match="null value"):
        await deeds.do(deed, wrong)
    assert await database.fetchval("select count(*) from account where given_name = $1", name) == 0


async def test_who_waits_too_long_is_told_so_once(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "LONGEST", 0.05)
    tries = 0

    async def slow() -> None:
        nonlocal tries
        tries += 1
        await deeds.do(Part("done as (select pg_sleep(5))", ()))

    with pytest.raises(Unavailable):
        await patiently(slow)
    assert tries == 1
