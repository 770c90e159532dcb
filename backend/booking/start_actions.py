"""The free starts of a new visit, and nothing else about them: what `/api/v1/slots` answers.

The pages list places (`slot_actions`), which know chair and machine and weigh which to put first. Here a
month of a practice is one trip to the database and a few operations on kept bitmaps; for people who look for
the same (`rules.shapes`) while nobody changes anything it is done once.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking import kept_repository, visit_repository
from backend.booking.kept_repository import Basis
from backend.booking.model import Filters, PlannedVisit
from backend.booking.model.places import FreeDays, StartsListing
from backend.booking.rules import planning
from backend.booking.rules.shapes import Shape, joined, shape_of
from backend.booking.rules.sites import site_shown
from backend.booking.rules.slots import Calendar, Need
from backend.booking.rules.starts import Numbers, starts_by_day
from backend.booking.visit_repository import Asked
from backend.identity.model import Viewer
from backend.practice.model import Practice
from backend.practice.repository import load_practice

CHUNK_DAYS = 28
DAYS_SHOWN = 7
READ = "slots.list"
"""What the journal says is done with the result."""
MOST_SHAPES = 128
"""Kept answers; half a year of a practice's starts takes about 100 kB."""


class _Answer(NamedTuple):
    practice: Practice
    basis: Basis
    free: FreeDays


_answers: dict[Shape, _Answer] = {}


async def find_starts(
    viewer: Viewer,
    triage_id: UUID,
    from_day: date | None = None,
    until: date | None = None,
    practitioner_id: UUID | None = None,
    site_id: UUID | None = None,
) -> StartsListing:
    """When the visit that a triage result asks for could begin at a site, from a day on (default: the first).

    Without `until` a page of `DAYS_SHOWN` days that have free starts; with it every day up to that one.
    Raises NotFound, CallInstead, CannotBook, NotOnline, AlreadyBooked.
    """
    asked = await visit_repository.asked_for(viewer, triage_id, None, READ)
    filters = Filters(practitioner_id=practitioner_id, site_id=site_id)
    return await starts_of(viewer, asked, from_day, until, filters)


async def starts_of(
    viewer: Viewer, asked: Asked, from_day: date | None, until: date | None, filters: Filters
) -> StartsListing:
    """The same of a visit that was read, and the reading noted, already."""
    visit, practice = asked.visit, await load_practice()
    site = site_shown(practice, [visit], filters)
    filters, zone = msgspec.structs.replace(filters, site_id=site.id), site.timezone
    first, last = visit.earliest.astimezone(zone).date(), visit.latest.astimezone(zone).date()
    start = begins = max(from_day or first, first)
    last = last if until is None else min(until, last)
    runs: list[FreeDays] = []
    while begins <= last and (until is not None or sum(len(run.days) for run in runs) <= DAYS_SHOWN):
        length = CHUNK_DAYS if until is None else (last - begins).days + 1
        runs.append(await _in_run(viewer, asked, (begins, length, zone), filters))
        begins += timedelta(days=length)
    free = runs[0] if len(runs) == 1 else joined(runs or [_on_no_days(practice, visit, start)])
    shown = free if until is not None else _page(free)
    return StartsListing(
        visit=visit,
        site_id=site.id,
        zone=zone.key,
        free=shown,
        next_from=free.days[DAYS_SHOWN][0] if len(free.days) > len(shown.days) else None,
    )


@lru_cache(maxsize=MOST_SHAPES)
def _page(free: FreeDays) -> FreeDays:
    return msgspec.structs.replace(free, days=free.days[:DAYS_SHOWN])


def _on_no_days(practice: Practice, visit: PlannedVisit, start: date) -> FreeDays:
    return FreeDays((), [], planning.duration_on(practice, visit, start))


async def _in_run(
    viewer: Viewer, asked: Asked, days: tuple[date, int, ZoneInfo], filters: Filters
) -> FreeDays:
    practice, shape = await load_practice(), shape_of(asked.visit, days, filters)
    kept = _answers.get(shape)
    if kept and not asked.holds and kept.practice is practice and kept.basis.holds(asked):
        return kept.free
    needs = planning.needs_over(practice, asked.visit, *days, filters)
    resources = planning.resources_of(needs)
    calendar, basis = await kept_repository.load_with_basis(viewer, asked, practice, resources, *days)
    free = _made(practice, asked.visit, calendar, needs, days)
    if basis:
        _keep(shape, _Answer(practice, basis, free))
    return free


def _made(
    practice: Practice,
    visit: PlannedVisit,
    calendar: Calendar,
    needs: Sequence[Need],
    days: tuple[date, int, ZoneInfo],
) -> FreeDays:
    numbers: Numbers = {}
    found = starts_by_day(calendar, needs, visit.usual_practitioner_id, numbers, days)
    practitioners, first, who = tuple(numbers), days[0], None
    if found:
        first, ((_, number), *_) = found[0]
        who = practitioners[number]
    return FreeDays(practitioners, found, planning.duration_on(practice, visit, first, who))


def forget() -> None:
    """Keep nothing of what was answered so far."""
    _answers.clear()


def _keep(shape: Shape, answer: _Answer) -> None:
    """In place of what was kept of that shape, or of the one that was made longest ago."""
    _answers.pop(shape, None)
    _answers[shape] = answer
    if len(_answers) > MOST_SHAPES:
        del _answers[next(iter(_answers))]
