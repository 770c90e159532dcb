"""From the outbox to the handlers: the effect happens exactly once, whatever breaks on the way."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from backend.kit import db
from backend.kit.events import Event
from backend.kit.ids import new_id
from backend.outbox import repository
from backend.outbox.publish import publish
from backend.outbox.relay import Relay, on


class Rang(Event, frozen=True):
    """An event for these tests."""

    marker: UUID


class Forgotten(Event, frozen=True):
    """An event that no row lists."""

    marker: UUID


async def tell(event: Event) -> None:
    async with db.transaction():
        await publish(event)


async def leave_a_mark(event: Rang) -> None:
    """An effect in the database that can be counted: an account that bears the marker as its name."""
    await db.execute(
        "insert into account (id, given_name, family_name, created_at) values ($1, $2, 'mark', now())",
        new_id(),
        str(event.marker),
    )


async def marks(marker: UUID) -> int:
    return int(await db.fetch_value("select count(*) from account where given_name = $1", str(marker)))


async def row() -> Any:
    return await db.fetch_row("select * from outbox_event")


async def let_time_pass() -> None:
    await db.execute("update outbox_event set available_at = now(), lease_until = null")


async def test_an_event_reaches_its_handlers_in_order(database: Any) -> None:
    seen: list[tuple[str, UUID]] = []

    async def first(event: Rang) -> None:
        assert db.in_transaction()
        seen.append(("first", event.marker))

    async def second(event: Rang) -> None:
        seen.append(("second", event.marker))

    event = Rang(marker=new_id())
    await tell(event)
    relay = Relay([on(Rang, first, second)])
    assert (await relay.sweep(), await relay.sweep()) == (1, 0)
    assert seen == [("first", event.marker), ("second", event.marker)]
    assert (await row())["done_at"] is not None


async def test_what_was_rolled_back_is_never_told(database: Any) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await publish(Rang(marker=new_id()))
            raise RuntimeError
    assert await Relay([on(Rang)]).sweep() == 0


async def test_outside_a_transaction_nothing_can_be_told(database: Any) -> None:
    with pytest.raises(AssertionError, match="outside a transaction"):
        await publish(Rang(marker=new_id()))


async def test_an_event_to_which_nobody_listens_is_done(database: Any) -> None:
    await tell(Rang(marker=new_id()))
    assert await Relay([on(Rang)]).sweep() == 1
    assert (await row())["done_at"] is not None


def test_one_row_an_event() -> None:
    with pytest.raises(ValueError, match="Rang is listed twice"):
        Relay([on(Rang), on(Rang)])


async def test_a_poison_event_backs_off_and_is_listed(database: Any) -> None:
    async def fail(event: Rang) -> None:
        await leave_a_mark(event)
        raise LookupError("Lila has a toothache")

    marker = new_id()
    await tell(Rang(marker=marker))
    relay = Relay([on(Rang, fail)])
    waits = []
    for _ in range(4):
        assert await relay.sweep() == 1
        waits.append(
            await db.fetch_value("select extract(epoch from available_at - now())::float8 from outbox_event")
        )
        assert await relay.sweep() == 0
        await let_time_pass()

    assert await marks(marker) == 0
    for expected, wait in zip((1, 2, 4, 8), waits, strict=True):
        assert expected - 0.2 < wait <= expected * 1.25
    (stuck,) = await repository.stuck()
    assert (stuck.name, stuck.attempts, stuck.last_error) == ("Rang", 4, "LookupError")


async def test_an_unknown_event_waits_until_the_code_knows_it(database: Any) -> None:
    await tell(Forgotten(marker=new_id()))
    assert await Relay([on(Rang)]).sweep() == 1
    assert (await row())["last_error"] == "UnknownEvent"

    await let_time_pass()
    await Relay([on(Forgotten)]).sweep()
    assert (await row())["done_at"] is not None


async def test_a_payload_that_no_longer_fits_waits_too(database: Any) -> None:
    await tell(Rang(marker=new_id()))
    await db.execute("""update outbox_event set payload = jsonb_build_object('colour', 'red')""")
    await Relay([on(Rang)]).sweep()
    assert (await row())["last_error"] == "ValidationError"


async def test_a_poison_event_holds_up_nobody(database: Any) -> None:
    healthy: list[UUID] = []

    async def fail_first(event: Rang) -> None:
        if event.marker == poison:
            raise LookupError
        healthy.append(event.marker)

    poison, sound = new_id(), new_id()
    await tell(Rang(marker=poison))
    await tell(Rang(marker=sound))
    await Relay([on(Rang, fail_first)]).sweep()
    assert healthy == [sound]


class _Crash(BaseException):
    """As a kill: nothing after it runs."""


async def test_a_crash_between_effect_and_done_leaves_exactly_one_effect(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = new_id()
    await tell(Rang(marker=marker))
    finish = repository.finish

    async def crash(_: UUID) -> bool:
        raise _Crash

    monkeypatch.setattr(repository, "finish", crash)
    with pytest.raises(_Crash):
        await Relay([on(Rang, leave_a_mark)]).sweep()
    assert await marks(marker) == 0

    monkeypatch.setattr(repository, "finish", finish)
    await let_time_pass()
    await Relay([on(Rang, leave_a_mark)]).sweep()
    await let_time_pass()
    await Relay([on(Rang, leave_a_mark)]).sweep()
    assert await marks(marker) == 1


async def test_the_control_without_the_one_transaction_has_two_effects(database: Any) -> None:
    marker = new_id()
    await tell(Rang(marker=marker))
    for crashes in (True, False):
        (owed,) = await repository.claim(10)
        await leave_a_mark(Rang(marker=marker))  # committed by itself
        if not crashes:
            await repository.finish(owed.id)
        await let_time_pass()
    assert await marks(marker) == 2


async def test_the_slower_of_two_workers_takes_its_effect_back(database: Any) -> None:
    marker = new_id()
    await tell(Rang(marker=marker))
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(event: Rang) -> None:
        await leave_a_mark(event)
        entered.set()
        await go_on.wait()

    async def quick(_: Rang) -> None:
        return None

    sweeping = asyncio.create_task(Relay([on(Rang, slow)]).sweep())
    await entered.wait()
    await let_time_pass()  # its lease is over before it is
    await Relay([on(Rang, quick)]).sweep()
    go_on.set()
    await sweeping
    assert await marks(marker) == 0
    done = await row()
    assert (done["attempts"], done["last_error"]) == (2, None)


async def test_many_workers_hand_each_event_on_once(database: Any) -> None:
    seen: list[UUID] = []

    async def note(event: Rang) -> None:
        seen.append(event.marker)

    markers = [new_id() for _ in range(120)]
    async with db.transaction():
        for marker in markers:
            await publish(Rang(marker=marker))
    await asyncio.gather(*(Relay([on(Rang, note)]).sweep() for _ in range(4)))
    assert sorted(seen) == sorted(markers)


async def test_done_events_are_forgotten_after_a_while(database: Any) -> None:
    await tell(Rang(marker=new_id()))
    await Relay([on(Rang)]).sweep()
    assert await repository.forget_done(30) == 0
    await db.execute("update outbox_event set done_at = now() - interval '31 days'")
    assert await repository.forget_done(30) == 1


async def test_the_worker_says_that_it_is_alive(database: Any) -> None:
    assert await repository.seconds_since_beat() is None
    await repository.beat("here")
    await db.execute("update worker_beat set at = now() - interval '2 days'")
    assert await repository.seconds_since_beat() >= 2 * 86400
    await repository.beat("there")
    assert 0 <= await repository.seconds_since_beat() < 86400
    assert await repository.forget_beats(1) == 1
    assert await db.fetch_value("select worker from worker_beat") == "there"
    await repository.beat("here")
    await repository.beat("here")
    assert await db.fetch_value("select count(*) from worker_beat") == 2
