"""Clock work: look at the external agendas whose turn it is, and take over what they say, or nothing."""

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from backend.calendars import reader, repository, rules
from backend.calendars.fetching import Fetcher, open_fetcher
from backend.calendars.model import Due, Failed, Trouble
from backend.kit import db
from backend.kit.clock import business_now, machine_now
from backend.kit.log import log
from backend.kit.settings import settings
from backend.practice.repository import load_practice

AT_ONCE = 2
"""Each is read by a process of its own."""


async def look_at_calendars() -> int:
    """Look at a few that are due; how many that were."""
    due = await repository.take_due(machine_now(), rules.EVERY, AT_ONCE)
    if due:
        async with open_fetcher(settings().demo_peers_url) as fetcher:
            await look_at_all(fetcher, due)
    return len(due)


async def look_at_all(fetcher: Fetcher, due: Sequence[Due]) -> None:
    """Look at each of them at once. A fault of ours in one look is logged and leaves the others alone."""
    looks = await asyncio.gather(*map(partial(look_at, fetcher), due), return_exceptions=True)
    for fault in looks:
        if fault is not None:
            log.error("look at external calendar broke", exc=fault)


async def look_at(fetcher: Fetcher, due: Due) -> None:
    """Ask for one agenda; all that it says takes the place of all that it said, or what was known stays."""
    try:
        await _take_over(fetcher, due)
    except Failed as failed:
        log.info("external calendar failed", kind=failed.trouble.value)
        await repository.note_trouble(due.id, failed.trouble)


async def _zone_of(practitioner_id: UUID) -> str:
    """The zone of the practitioner's site, in which an agenda's hours without a zone are meant."""
    return (await load_practice()).site_of(practitioner_id).zone


async def _take_over(fetcher: Fetcher, due: Due) -> None:
    window = rules.window(await business_now(), await _zone_of(due.practitioner_id), settings().host)
    whole = not rules.may_skip(due.read_until, window)
    answer = await fetcher.fetch(due, whole=whole)
    if answer.body is None and whole:
        raise Failed(Trouble.BROKEN)
    reading = await reader.read(answer.body, window) if answer.body is not None else None
    async with db.transaction():
        if not await repository.lock(due.id):
            return
        if reading is not None:
            if await repository.replace_busy(due, reading.busy):
                await repository.tell_desk()
            await repository.note_reading(due, answer, window.ends_at, reading.unread)
        await repository.note_success(due.id, machine_now())
