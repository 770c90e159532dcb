"""Where a visit fits: the starts at which practitioner, chair and machines are all free.

Everything is a bitmap on the grid of five minutes (`kit.grid`), so that a month of a practice is a few
operations on large ints. A place is free when the care lies inside everybody's hours and nobody is busy;
the chair must also stay free for its cleaning, which may run past closing time.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import msgspec

from backend.booking.model import FreeSlot, SlotQuery
from backend.kit.grid import GRID, Span, minute, minute_after, moment, outer_bits, positions
from backend.practice.model import Modifier, Practice, Practitioner, ResourceKind


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """Who is open and who is busy, for `bits` steps from `origin` (a local midnight, in minutes).

    `opening` and `busy` are bitmaps by resource; without a busy bitmap a resource is free, without an
    opening bitmap it is closed. Put every busy span in that touches the days and the cleaning after them.
    """

    origin: int
    bits: int
    opening: Mapping[UUID, int]
    busy: Mapping[UUID, int]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can give the care, and with what.

    One of `chair_ids`, in order of preference; one of each group of `machines`.
    """

    practitioner_id: UUID
    chair_ids: tuple[UUID, ...]
    machines: tuple[tuple[UUID, ...], ...] = ()


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. Starts lie from `earliest` to `latest`, both included.

    `minutes` is the care and `buffer` the cleaning after it. `step` (a divisor of 60) is how far apart
    the starts offered may lie; those that leave no gap before or after are offered whatever the step.
    """

    minutes: int
    buffer: int
    candidates: tuple[Candidate, ...]
    earliest: datetime
    latest: datetime
    step: int = GRID


def need_of(practice: Practice, query: SlotQuery, step: int = GRID) -> Need:
    """What a query needs in this practice: who has the skill, their chairs, the machines at their site.

    A practitioner whose site lacks a machine that the care needs is no candidate, nor is an unknown one: a
    link may name a colleague who has left.
    """
    known = {practitioner.id: practitioner for practitioner in practice.practitioners}
    wanted = tuple(known) if query.practitioner_ids is None else query.practitioner_ids
    codes = (*query.care.machines, *(("MEOPA",) if Modifier.MEOPA in query.modifiers else ()))
    able = (known[id] for id in wanted if id in known and _has_skill(known[id], query.care.skills))
    found = (_candidate(practice, practitioner, tuple(dict.fromkeys(codes))) for practitioner in able)
    return Need(
        minutes=query.minutes,
        buffer=query.care.buffer,
        candidates=tuple(candidate for candidate in found if candidate is not None),
        earliest=query.earliest,
        latest=query.latest,
        step=step,
    )


def busy_mask(spans: Iterable[Span], origin: int, bits: int) -> int:
    """The bitmap of busy spans; a step that a span only touches is busy."""
    busy = 0
    for span in spans:
        busy |= outer_bits(span, origin, bits)
    return busy


def notice(now: datetime, hours: float) -> datetime:
    """The earliest start after `hours` of notice: real hours, also across a change of clocks."""
    return now.astimezone(UTC) + timedelta(hours=hours)


def free_starts(calendar: Calendar, need: Need) -> list[FreeSlot]:
    """Every place that is free, by start, then in the order of the candidates.

    The chair is the first one free in the practitioner's order, so the same question has one answer.
    """
    window = _window(calendar, need)
    found: list[tuple[int, int, FreeSlot]] = []
    for rank, candidate in enumerate(need.candidates):
        chairs = {chair: chair_starts(calendar, chair, need) for chair in candidate.chair_ids}
        groups = [{one: care_starts(calendar, one, need.minutes) for one in g} for g in candidate.machines]
        starts = care_starts(calendar, candidate.practitioner_id, need.minutes) & _any(chairs)
        for group in groups:
            starts &= _any(group)
        for place in positions(_offered(starts, need.step, calendar.bits) & window):
            machines = tuple(_first_free(group, place) for group in groups)
            chair = _first_free(chairs, place)
            found.append((place, rank, _slot(calendar, need, candidate, place, chair, machines)))
    found.sort(key=lambda entry: entry[:2])
    return [slot for _, _, slot in found]


def nearest(slots: Iterable[FreeSlot], wanted: datetime, n: int = 3) -> list[FreeSlot]:
    """The `n` slots closest to a wanted start, at `n` different starts, in the order of the day.

    Where several are free at one start, the first given counts; of two equally close, the earlier.
    """
    by_start: dict[datetime, FreeSlot] = {}
    for slot in slots:
        by_start.setdefault(slot.start, slot)
    closest = sorted(by_start, key=lambda start: (abs(start - wanted), start))[:n]
    return [by_start[start] for start in sorted(closest)]


def care_starts(calendar: Calendar, resource_id: UUID, minutes: int) -> int:
    """The starts at which a resource is open and free for that long, as a bitmap."""
    free = calendar.opening.get(resource_id, 0) & ~calendar.busy.get(resource_id, 0)
    return erode(free, _steps(minutes))


def chair_starts(calendar: Calendar, chair_id: UUID, need: Need) -> int:
    """The same for a chair, which must also be cleaned before the next visit; that may be after hours."""
    not_busy = ~calendar.busy.get(chair_id, 0)
    return care_starts(calendar, chair_id, need.minutes) & erode(not_busy, _steps(need.minutes + need.buffer))


def erode(bitmap: int, steps: int) -> int:
    """Keep the bits from which `steps` bits in a row are set, by doubling the run.

    >>> bin(erode(0b0111_0011, 2))
    '0b110001'
    """
    done = 1
    while done < steps:
        more = min(done, steps - done)
        bitmap &= bitmap >> more
        done += more
    return bitmap


@lru_cache(maxsize=32)
def step_mask(step: int, bits: int) -> int:
    """Every start that lies a multiple of `step` minutes after the origin."""
    period = step // GRID
    return sum(1 << place for place in range(0, bits, period))


def _has_skill(practitioner: Practitioner, skills: tuple[str, ...]) -> bool:
    return any(skill in practitioner.skills for skill in skills)


def _candidate(practice: Practice, practitioner: Practitioner, codes: tuple[str, ...]) -> Candidate | None:
    site_id = practice.resource(practitioner.id).site_id
    machines = tuple(
        tuple(
            resource.id
            for resource in practice.resources
            if resource.kind is ResourceKind.MACHINE and (resource.code, resource.site_id) == (code, site_id)
        )
        for code in codes
    )
    if not all(machines):
        return None
    return Candidate(practitioner_id=practitioner.id, chair_ids=practitioner.chair_ids, machines=machines)


def _window(calendar: Calendar, need: Need) -> int:
    first = -((calendar.origin - minute_after(need.earliest)) // GRID)
    after = (minute(need.latest) - calendar.origin) // GRID + 1
    first, after = max(first, 0), min(after, calendar.bits)
    return ((1 << after) - 1) & -(1 << first) if first < after else 0


def _offered(starts: int, step: int, bits: int) -> int:
    # A start without a neighbour on one side touches a visit or the edge of the day: taking it leaves
    # no gap. Clocks change by whole hours, so steps counted from midnight stay on the hour all day.
    edges = starts & ~(starts << 1) | starts & ~(starts >> 1)
    return starts & step_mask(step, bits) | edges


def _any(masks: Mapping[UUID, int]) -> int:
    together = 0
    for mask in masks.values():
        together |= mask
    return together


def _first_free(masks: Mapping[UUID, int], place: int) -> UUID:
    return next(id for id, mask in masks.items() if mask >> place & 1)


def _slot(
    calendar: Calendar,
    need: Need,
    candidate: Candidate,
    place: int,
    chair_id: UUID,
    machine_ids: tuple[UUID, ...],
) -> FreeSlot:
    start = calendar.origin + place * GRID
    return FreeSlot(
        start=moment(start),
        end=moment(start + need.minutes),
        practitioner_id=candidate.practitioner_id,
        chair_id=chair_id,
        machine_ids=machine_ids,
    )


def _steps(minutes: int) -> int:
    return -(-minutes // GRID)
