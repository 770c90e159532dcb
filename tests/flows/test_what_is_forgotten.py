"""Clock work that deletes: what is old enough goes, what is a day too young stays."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from backend.booking.jobs import forget_answers, forget_requests, forget_waiting
from backend.identity.jobs import forget_codes, forget_devices
from backend.messaging.jobs import forget_messages
from tests.flows.scene import Scene, build

A_DAY, A_YEAR, TWO_YEARS = timedelta(days=1), timedelta(days=366), timedelta(days=731)


@pytest.fixture
async def scene(cast: Any, viewer_of: Any, database: asyncpg.Connection) -> Scene:
    return await build(cast, viewer_of, database)


async def rows(database: asyncpg.Connection, *tables: str) -> list[int]:
    return [await database.fetchval(f"select count(*) from {table}") for table in tables]


async def test_requests_go_two_years_after_they_were_done(
    scene: Scene, database: asyncpg.Connection, clock: Any
) -> None:
    await clock.move_to(await clock.now() + TWO_YEARS)
    assert await forget_requests() == 0  # nobody has answered it
    changed = "update desk_request set state = 'done', changed_at = $1"
    await database.execute(changed, await clock.now() - TWO_YEARS + 2 * A_DAY)
    assert await forget_requests() == 0
    await database.execute(changed, await clock.now() - TWO_YEARS)
    assert await forget_requests() == 1
    assert await rows(database, "desk_request") == [0]


async def test_wishes_places_and_offers_go_a_year_after_the_visit(
    scene: Scene, database: asyncpg.Connection, clock: Any
) -> None:
    tables = ("place_offer", "waiting_wish", "freed_place")
    last = await database.fetchval(
        "select max(greatest(o.ends_at, a.ends_at)) from place_offer o "
        "join appointment a on a.id = o.appointment_id"
    )
    await clock.move_to(last + A_YEAR - 2 * A_DAY)
    await forget_waiting()
    assert (await rows(database, *tables))[:2] == [1, 1]
    await clock.move_to(last + A_YEAR)
    assert await forget_waiting() > 0
    assert await rows(database, *tables) == [0, 0, 0]
    assert await forget_waiting() == 0


async def test_answers_that_led_nowhere_go_after_a_year_and_a_visits_stay(
    scene: Scene, database: asyncpg.Connection, clock: Any
) -> None:
    await clock.move_to(await clock.now() + A_YEAR - 2 * A_DAY)
    assert await forget_answers() == 0
    await clock.forward(days=2)
    assert await forget_answers() == 2  # the two runs that were never decided
    left = await database.fetch("select id from triage_run")
    named = await database.fetch(
        "select triage_id as id from appointment union select triage_id from hold "
        "union select triage_id from desk_request union select triage_id from booking_group_member"
    )
    assert {row["id"] for row in left} == {row["id"] for row in named if row["id"]}


async def test_messages_go_a_year_later_and_what_is_still_owed_stays(
    scene: Scene, database: asyncpg.Connection, clock: Any
) -> None:
    await database.execute(
        "update delivery set state = 'sent', sent_at = business_now() where kind = 'appointment_booked'"
    )
    await database.execute(
        "insert into delivery_receipt (id, delivery_id, channel, at, outcome, reference) "
        "select gen_random_uuid(), id, 'email', now(), 'accepted', 'x' from delivery where state = 'sent'"
    )
    sent = await database.fetchval("select count(*) from delivery where state = 'sent'")
    await clock.move_to(await clock.now() + A_YEAR - 2 * A_DAY)
    assert await forget_messages() == 0
    await clock.forward(days=2)
    assert await forget_messages() == sent > 0
    assert await rows(database, "delivery_receipt", "delivery where state = 'sent'") == [0, 0]
    assert await rows(database, "delivery where state = 'planned'") != [0]


async def test_devices_go_the_day_after_they_were_removed(scene: Scene, database: asyncpg.Connection) -> None:
    closed = "update push_subscription set closed_at = now() - $2::interval where id = $1"
    assert await forget_devices() == 0
    await database.execute(closed, scene.device, A_DAY / 2)
    assert await forget_devices() == 0
    await database.execute(closed, scene.device, 2 * A_DAY)
    assert await forget_devices() == 1


async def test_codes_and_challenges_go_though_nobody_asks_again(
    scene: Scene, database: asyncpg.Connection
) -> None:
    assert await forget_codes() == 0
    await database.execute("update sign_in_code set created_at = now() - $1::interval", 2 * A_DAY)
    await database.execute(
        "insert into passkey_challenge (id, challenge, purpose, expires_at) "
        "values (gen_random_uuid(), '', 'sign_in', now())"
    )
    assert await forget_codes() == 2
    assert await rows(database, "sign_in_code", "passkey_challenge") == [0, 0]
