"""Loops that look for work: at once while there is some, when rung, after a failure, until told to stop."""

import asyncio

import pytest

from backend.kit import loops as kit_loops
from backend.kit.loops import Loops


@pytest.fixture
def endless_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks of a sweep: what happens before only a ring, or work found, can have caused."""
    monkeypatch.setattr(kit_loops, "SWEEP_SECONDS", 3600.0)


async def run(loops: Loops) -> None:
    async with asyncio.timeout(60):
        await loops.run()


@pytest.mark.usefixtures("endless_pause")
async def test_a_sweep_goes_on_while_it_finds_something() -> None:
    loops, left = Loops(1), [3, 2, 1, 0]

    async def sweep() -> int:
        found = left.pop(0)
        if not left:
            loops.stop()
        return found

    loops.sweep("test", sweep)
    await run(loops)
    assert left == []


@pytest.mark.usefixtures("endless_pause")
async def test_a_ring_wakes_it() -> None:
    loops, looks = Loops(1), 0

    async def sweep() -> int:
        nonlocal looks
        looks += 1
        if looks == 1:
            asyncio.get_running_loop().call_soon(loops.ring)
        else:
            loops.stop()
        return 0

    loops.sweep("test", sweep)
    await run(loops)
    assert looks == 2


@pytest.mark.usefixtures("endless_pause")
async def test_a_ring_during_a_look_is_not_lost() -> None:
    loops, looks = Loops(1), 0

    async def sweep() -> int:
        nonlocal looks
        looks += 1
        if looks == 1:
            loops.ring()
        else:
            loops.stop()
        return 0

    loops.sweep("test", sweep)
    await run(loops)


async def test_a_failure_ends_neither_a_sweep_nor_a_clock_job() -> None:
    loops, failures = Loops(1), {"sweep": 0, "job": 0}

    async def sweep() -> int:
        failures["sweep"] += 1
        loops.ring()  # which does not hurry what has just failed
        raise LookupError

    async def job() -> int:
        failures["job"] += 1
        if min(failures.values()) >= 2:
            loops.stop()
        raise LookupError

    loops.sweep("test", sweep)
    loops.every(0.01, job)
    await run(loops)
    assert min(failures.values()) >= 2


@pytest.mark.usefixtures("endless_pause")
async def test_one_sweeps_work_wakes_the_other() -> None:
    loops, told = Loops(1), asyncio.Event()
    first, second = [1], 0

    async def events() -> int:
        return first.pop() if first else 0

    async def messages() -> int:
        nonlocal second
        second += 1
        if second >= 2:
            loops.stop()
        told.set()
        return 0

    loops.sweep("messages", messages)
    loops.sweep("events", events)
    await run(loops)
    assert second >= 2


async def test_asked_to_stop_it_waits_for_what_is_on_its_way_but_not_for_ever() -> None:
    loops, ended, stopped = Loops(0.05), False, False

    async def quick() -> int:
        nonlocal ended
        loops.stop()
        await asyncio.sleep(0)
        ended = True
        return 0

    async def endless() -> int:
        await asyncio.get_running_loop().create_future()
        return 0

    def stop() -> None:
        nonlocal stopped
        stopped = True

    loops.sweep("endless", endless)
    loops.sweep("quick", quick)
    loops.on_stop(stop)
    await run(loops)
    assert ended
    assert stopped
