"""One hold a household, also of many hands at once; without the household's locks there are more."""

import asyncio

import pytest

from backend.booking import actions
from backend.booking.model import Hold
from backend.booking.rules.changes import HeldByOther
from tests.laws import without

LOCKS = (
    "perform from account a where a.id = kept.account_id for no key update;",
    "perform from patient p where p.id = kept.patient_id for no key update;",
)
HELD = """
select count(distinct h.id) from hold h join resource_use u on u.hold_id = h.id
where h.expires_at > business_now()
"""


async def hands(steps, people):
    """Each of these people asks for another place for the same child, all at once."""
    triage_id = await steps.decided()
    slots = (await steps.slots(triage_id))[:: 40 // len(people)]

    async def hold(person, slot):
        wanted = Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=slot.start)
        return await actions.hold(await steps.viewer_of(person), wanted)

    asked = (hold(person, slot) for person, slot in zip(people, slots, strict=False))
    return await asyncio.gather(*asked, return_exceptions=True)


@pytest.fixture
async def unlocked(database):
    """The function without the household's locks, and with the moment in which they would be held."""
    text = await database.fetchval("select pg_get_functiondef('keep_place'::regproc)")
    for lock in LOCKS:
        assert lock in text
        text = text.replace(lock, "")
    text = text.replace("perform lock_resources(locked);", "perform lock_resources(locked), pg_sleep(0.05);")
    async with without(database, text):
        yield


async def test_what_one_account_asks_for_at_once_leaves_it_one_place(steps, database):
    held = await hands(steps, ["mother"] * 5)
    assert not [one for one in held if isinstance(one, Exception)]
    assert await database.fetchval(HELD) == 1


async def test_of_two_parents_at_once_one_holds_a_place(steps, database):
    held = await hands(steps, ["mother", "father"])
    assert [type(one) for one in held].count(HeldByOther) == 1
    assert await database.fetchval(HELD) == 1


@pytest.mark.parametrize("people", [["mother"] * 5, ["mother", "father"]])
async def test_without_the_locks_there_are_several(steps, database, unlocked, people):
    await hands(steps, people)
    assert await database.fetchval(HELD) > 1
