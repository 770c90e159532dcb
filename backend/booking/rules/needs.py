"""What is looked for, put together from the practice: who can give a care, in which chairs, with what."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from backend.booking.model import SlotQuery
from backend.booking.rules.durations import attended
from backend.booking.rules.slots import Candidate, Need
from backend.kit.grid import GRID, minute
from backend.practice.model import CareType, Modifier, Practice, Practitioner, ResourceKind


def need_of(practice: Practice, query: SlotQuery, step: int = GRID) -> Need:
    """What a query needs in this practice: who has the skill, their chairs, the machines at their site.

    A practitioner whose site lacks a machine that the care needs is no candidate, nor is an unknown one: a
    link may name a colleague who has left.
    """
    care = query.care
    return Need(
        minutes=query.minutes,
        buffer=care.buffer,
        candidates=candidates(practice, care, query.modifiers, query.practitioner_ids, query.site_id),
        earliest=query.earliest,
        latest=query.latest,
        step=step,
        attended=attended(care, query.minutes),
        held_back=_held_back(practice, query),
    )


def candidates(
    practice: Practice,
    care: CareType,
    modifiers: Collection[Modifier],
    wanted: Sequence[UUID] | None = None,
    site_id: UUID | None = None,
) -> tuple[Candidate, ...]:
    """Who can give a care, of those wanted (None: everybody) at that site (None: at any)."""
    known = {practitioner.id: practitioner for practitioner in practice.practitioners}
    there = {resource.id for resource in practice.resources if site_id in (None, resource.site_id)}
    codes = (*care.machines, *(("MEOPA",) if Modifier.MEOPA in modifiers else ()))
    found = (
        _candidate(practice, known[id], tuple(dict.fromkeys(codes)), care.needs_assistant)
        for id in (known if wanted is None else wanted)
        if id in known and id in there and practice.gives(known[id], care)
    )
    return tuple(candidate for candidate in found if candidate is not None)


def _held_back(practice: Practice, query: SlotQuery) -> dict[UUID, list[tuple[int, int]]]:
    """The spans, in minutes, of emergency places that are not open to the visit, on the days in question."""
    found: dict[UUID, list[tuple[int, int]]] = {}
    if query.held_until is None:
        return found
    for place in practice.emergency_places:
        zone = practice.site(practice.resource(place.practitioner_id).site_id).timezone
        first = max(query.earliest, query.held_until).astimezone(zone).date() - timedelta(days=1)
        first += timedelta(days=(place.weekday - first.isoweekday()) % 7)
        # A visit that begins at the latest start may reach into the day after.
        for number in range(((query.latest.astimezone(zone).date() - first).days + 1) // 7 + 1):
            begins = datetime.combine(first + timedelta(weeks=number), place.starts, zone)
            if begins >= query.held_until:
                span = (minute(begins), minute(begins) + place.minutes)
                found.setdefault(place.practitioner_id, []).append(span)
    return found


def _candidate(
    practice: Practice, practitioner: Practitioner, codes: tuple[str, ...], needs_assistant: bool
) -> Candidate | None:
    if not codes and not needs_assistant:
        return Candidate(practitioner_id=practitioner.id, chair_ids=practitioner.chair_ids)
    site_id = practice.resource(practitioner.id).site_id
    here = [resource for resource in practice.resources if resource.site_id == site_id]
    machines = tuple(
        tuple(one.id for one in here if one.kind is ResourceKind.MACHINE and one.code == code)
        for code in codes
    )
    if needs_assistant:
        machines += (tuple(one.id for one in here if one.kind is ResourceKind.ASSISTANT),)
    if not all(machines):
        return None
    return Candidate(practitioner_id=practitioner.id, chair_ids=practitioner.chair_ids, machines=machines)
