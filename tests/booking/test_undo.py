"""The desk takes back what it changed, before anybody is told of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.audit.model import Actor, ActorKind
from backend.booking import actions, desk_actions, repository, undo_actions, use_repository
from backend.booking.events import AppointmentConfirmed
from backend.booking.model import ChangeDuration, Confirm, Move
from backend.booking.rules import changes
from backend.booking.rules.changes import ChangedMeanwhile, OldPlaceTaken, TooLateToUndo
from backend.kit import db
from backend.kit.errors import NotAllowed
from backend.kit.settings import settings
from backend.outbox.publish import publish
from tests.peers import running_peers
from tests.post import until
from tests.workers import worker_process

WAITING = "select count(*) from outbox_event where done_at is null and name = 'AppointmentMoved'"


async def stands(steps: Any, appointment: Any) -> Any:
    mother = await steps.viewer_of("mother")
    return await repository.appointment_for(mother, appointment.id, appointment.created_at)


async def moved(
    steps: Any, booked: Any, *, days: int = 7, version: int = 1, who: str = "receptionist"
) -> Any:
    wanted = Move(
        appointment_id=booked.id,
        version=version,
        practitioner_id=booked.practitioner_id,
        starts_at=booked.starts_at + timedelta(days=days),
    )
    return await desk_actions.move(await steps.viewer_of(who), wanted)


async def last_change(appointment: Any) -> Any:
    return await db.fetch_value(
        "select id from desk_change where appointment_id = $1 order by id desc limit 1", appointment.id
    )


async def undo(steps: Any, appointment: Any, who: str = "receptionist") -> Any:
    return await undo_actions.undo(await steps.viewer_of(who), appointment.id, await last_change(appointment))


async def test_a_move_is_undone_and_its_news_withdrawn(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    actor = Actor(ActorKind.ACCOUNT, booked.booked_by)
    await actions.confirm(actor, Confirm(appointment_id=booked.id, version=1))
    before, uses = await stands(steps, booked), await use_repository.uses_of_appointment(booked.id)
    await moved(steps, booked)
    assert await database.fetchval(WAITING + " and available_at > now() + interval '10 seconds'") == 1
    await undo(steps, booked)
    assert await stands(steps, booked) == before  # its confirmation and its version too
    assert await use_repository.uses_of_appointment(booked.id) == uses
    assert await database.fetchval(WAITING) == 0
    lines = "select count(*) from audit_entry where action = 'appointment.undo' and subject_id = $1"
    assert await database.fetchval(lines, booked.id) == 1


async def test_another_length_is_undone(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    wanted = ChangeDuration(appointment_id=booked.id, version=1, minutes=booked.minutes + 10)
    await desk_actions.change_duration(await steps.viewer_of("receptionist"), wanted)
    assert (await undo(steps, booked, "assistant")).ends_at == booked.ends_at
    assert await stands(steps, booked) == booked
    assert await database.fetchval("select count(*) from outbox_event where name = 'DurationChanged'") == 0


async def test_a_page_that_shows_what_was_undone_changes_nothing(steps: Any) -> None:
    """The version of an undone move is never given again."""
    booked = await steps.booked()
    assert (await moved(steps, booked)).version == 2
    await undo(steps, booked)
    assert (await moved(steps, booked, days=14)).version == 3
    with pytest.raises(ChangedMeanwhile):
        await moved(steps, booked, days=21, version=2, who="assistant")


async def test_the_last_of_two_moves_is_undone_and_the_first_is_told(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    first = await moved(steps, booked)
    await moved(steps, booked, days=14, version=2)
    assert await undo(steps, booked) == first
    assert (
        await database.fetchval(
            "select (payload->>'version')::int from outbox_event "
            "where done_at is null and name = 'AppointmentMoved'"
        )
        == 2
    )


async def test_too_late_or_changed_again_or_already_undone(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    await moved(steps, booked)
    await database.execute("update outbox_event set available_at = now() where name = 'AppointmentMoved'")
    with pytest.raises(TooLateToUndo):
        await undo(steps, booked)
    again = await moved(steps, booked, days=14, version=2)
    await actions.confirm(
        Actor(ActorKind.ACCOUNT, booked.booked_by), Confirm(appointment_id=booked.id, version=3)
    )
    with pytest.raises(TooLateToUndo):
        await undo(steps, booked)
    assert (await stands(steps, booked)).starts_at == again.starts_at
    await moved(steps, booked, days=21, version=3)
    await undo(steps, booked)
    with pytest.raises(TooLateToUndo):
        await undo(steps, booked)


async def test_a_worker_that_has_taken_the_news_up_wins(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    await moved(steps, booked)
    await database.execute("update outbox_event set attempts = 1 where name = 'AppointmentMoved'")
    with pytest.raises(TooLateToUndo):
        await undo(steps, booked)


async def test_when_the_old_place_is_taken_all_stays_as_it_is(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    there = await moved(steps, booked)
    triage_id = await steps.decided("outsider", "outsider_child")
    places = await steps.slots(triage_id, "outsider")
    old = (booked.starts_at, booked.practitioner_id)
    await steps.held(
        next(one for one in places if (one.start, one.practitioner_id) == old), triage_id, "outsider"
    )
    with pytest.raises(OldPlaceTaken):
        await undo(steps, booked)
    assert await stands(steps, booked) == there
    assert await database.fetchval(WAITING) == 1  # and it will be told


async def test_a_reminder_dropped_meanwhile_is_owed_again(steps: Any, database: Any, cast: Any) -> None:
    booked = await steps.booked()
    await database.execute(
        """
        insert into delivery (id, kind, occasion, account_id, subject_id, subject_version, due_at,
          useless_after, state, reason, created_at)
        values (gen_random_uuid(), 'appointment_reminder', 'J-2', $1, $2, 1, now(), $3, 'dropped', 'moved',
          now())
        """,
        cast["mother"].account_id,
        booked.id,
        booked.starts_at,
    )
    await moved(steps, booked)
    await undo(steps, booked)
    assert await database.fetchval("select state from delivery where subject_id = $1", booked.id) == "planned"


async def test_patients_undo_nothing_and_their_own_moves_are_told_at_once(steps: Any, database: Any) -> None:
    booked = await steps.booked()
    mother = await steps.viewer_of("mother")
    other = next(slot for slot in await steps.slots(await steps.decided()) if slot.start != booked.starts_at)
    wanted = Move(
        appointment_id=booked.id, version=1, practitioner_id=other.practitioner_id, starts_at=other.start
    )
    await actions.move(mother, wanted)
    assert await database.fetchval(WAITING + " and available_at <= now()") == 1
    assert await last_change(booked) is None
    with pytest.raises(NotAllowed):
        await undo_actions.undo(mother, booked.id, booked.id)


async def _handed_on(database: Any, name: str) -> bool:
    return bool(
        await database.fetchval(
            "select exists (select from outbox_event where name = $1 and done_at > created_at)", name
        )
    )


@pytest.mark.parametrize("window", ["within the window", "control without it"])
async def test_a_real_worker_tells_nobody_within_the_window(
    steps: Any, database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: str
) -> None:
    """An event published later is handed on first: the worker was there, and left the move alone."""
    if window != "within the window":
        monkeypatch.setattr(changes, "UNDO_FOR", timedelta(0))
    booked = await steps.booked()
    async with running_peers(tmp_path) as peers, worker_process(peers, settings().redis_url) as worker:
        await moved(steps, booked)
        async with db.transaction():
            await publish(AppointmentConfirmed(appointment_id=booked.id, version=2))
        await worker.start()
        await until(lambda: _handed_on(database, "AppointmentConfirmed"))
        if window != "within the window":
            await until(lambda: _handed_on(database, "AppointmentMoved"))
            with pytest.raises(TooLateToUndo):
                await undo(steps, booked)
            return
        assert not await _handed_on(database, "AppointmentMoved")
        await undo(steps, booked)
        assert (
            await database.fetchval(
                "select count(*) from delivery where kind = 'appointment_moved_by_practice'"
            )
            == 0
        )


async def test_a_move_that_stands_is_told_by_a_real_worker(steps: Any, database: Any, tmp_path: Path) -> None:
    booked = await steps.booked()
    await moved(steps, booked)
    await database.execute("update outbox_event set available_at = now()")  # fifteen seconds later
    async with running_peers(tmp_path) as peers, worker_process(peers, settings().redis_url) as worker:
        await worker.start()
        await until(lambda: _handed_on(database, "AppointmentMoved"))
        told = "select count(*) from delivery where kind = 'appointment_moved_by_practice'"
        assert await database.fetchval(told) == 2  # both parents
