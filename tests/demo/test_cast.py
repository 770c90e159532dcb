"""The cast is in the database before every test, whatever the last one did."""

from typing import Any


async def test_lila_is_six_and_has_two_parents(database: Any, cast: Any) -> None:
    lila = cast["daughter"].patient_id
    rows = await database.fetch("select relation from guardian where patient_id = $1", lila)
    assert [row["relation"] for row in rows] == ["parent", "parent"]
    assert (
        await database.fetchval("select extract(year from age(birth_date)) from patient where id = $1", lila)
        == 6
    )
    await database.execute("delete from guardian")


async def test_what_the_last_test_deleted_is_back(database: Any) -> None:
    assert await database.fetchval("select count(*) from guardian") > 10
