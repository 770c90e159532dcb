"""What waits at the left of the day."""

from datetime import timedelta
from typing import Any

from tests.visits import at, booked, plain_thursday


async def test_a_visit_of_which_nobody_was_told_is_to_be_called(
    database: Any, cast: Any, clock: Any, as_person: Any
) -> None:
    sam = await as_person("receptionist")
    day = plain_thursday(await clock.now())
    visit = await booked("daughter", at(day, "09:30"))
    today = "/bureau/jour/" + (await clock.now()).date().isoformat()
    assert "Non joint" not in (await sam.get(today)).text

    await database.execute("update delivery set state = 'unreachable' where subject_id = $1", visit)
    page = (await sam.get(today)).text
    assert "Non joint\u00a0: à appeler" in page
    assert f"/bureau/jour/{day}?rdv={visit}" in page
    assert "Lila R." in page

    await clock.move_to(at(day, "09:30") + timedelta(minutes=1))
    assert "Non joint" not in (await sam.get(today)).text, "the visit has begun"
