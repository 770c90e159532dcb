"""Where a visit fits: the starts at which practitioner, chair and machines are all free.

Everything is a bitmap on the grid of five minutes (`kit.grid`), so that a month of a practice is a few
operations on large ints. A place is free when the care lies inside everybody's hours and nobody is busy;
the chair must also stay free for its cleaning, which may run past closing time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from uuid import UUID

import msgspec

from backend.booking.model import FreeSlot
from backend.kit.grid import GRID, bits_between, minute, minute_after, minutes_of, moment, positions

_PLACE, _PLACE_AND_RANK = itemgetter(0), itemgetter(0, 1)
_Masks = Mapping[UUID, int]


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

    One of `chair_ids`, in order of preference; one of each group of `machines` (and assistants).
    """

    practitioner_id: UUID
    chair_ids: tuple[UUID, ...]
    machines: tuple[tuple[UUID, ...], ...] = ()


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. Starts lie from `earliest` to `latest`, both included.

    `minutes` is the care and `buffer` the cleaning after it. `step` (a divisor of 60) is how far apart
    the starts offered may lie; those that leave no gap before or after are offered whatever the step.
    `attended` are the minutes (from, to) in which the practitioner is needed; empty means all of the care.
    `held_back` are spans, in minutes, that a practitioner keeps back from this visit for emergencies.
    Starts of the step that would leave fewer than `least_rest` free minutes before or after are not offered.
    """

    minutes: int
    buffer: int
    candidates: tuple[Candidate, ...]
    earliest: datetime
    latest: datetime
    step: int = GRID
    attended: tuple[tuple[int, int], ...] = ()
    held_back: Mapping[UUID, Sequence[tuple[int, int]]] = {}
    least_rest: int = 0


def busy_mask(spans: Iterable[tuple[int, int]], origin: int, bits: int) -> int:
    """The bitmap of busy spans (start and end in minutes); a step that a span only touches is busy.

    They may come in any order, overlap and reach beyond the bitmap. An empty one takes nothing.
    """
    ordered = sorted(spans)
    if not ordered:
        return 0
    horizon = origin + bits * GRID
    # The end of the bitmap counts as the last span, so that every free stretch lies before one.
    del ordered[bisect_left(ordered, (horizon,)) :]
    ordered.append((horizon, horizon + GRID))
    return ((1 << bits) - 1) ^ bits_between(ordered, origin)


def notice(now: datetime, hours: float) -> datetime:
    """The earliest start after `hours` of notice: real hours, also across a change of clocks."""
    return now.astimezone(UTC) + timedelta(hours=hours)


def free_starts(calendar: Calendar, need: Need) -> list[FreeSlot]:
    """Every place that is free, by start, then in the order of the candidates.

    The chair is the first one free in the practitioner's order, so the same question has one answer.
    """
    window = window_bits(calendar, need)
    found: list[tuple[int, int, FreeSlot]] = []
    for rank, candidate in enumerate(need.candidates):
        starts, chairs, groups = starts_with(calendar, need, candidate)
        for place in positions(starts & window):
            found.append((place, rank, _slot(calendar, need, candidate, place, chairs, groups)))
    found.sort(key=_PLACE_AND_RANK)
    return [slot for _, _, slot in found]


def each_start_once(
    calendar: Calendar, need: Need, usual: UUID | None = None, now_at: tuple[datetime, UUID] | None = None
) -> list[FreeSlot]:
    """One place for each start that is free: the usual practitioner's, else the first candidate's.

    Not the place (start, practitioner) `now_at`, where the visit is already.
    """
    found = [
        (place, _slot(calendar, need, candidate, place, chairs, groups))
        for candidate, starts, chairs, groups in _shared_out(calendar, need, usual, now_at)
        for place in positions(starts)
    ]
    found.sort(key=_PLACE)
    return [slot for _, slot in found]


def each_start(calendar: Calendar, need: Need, usual: UUID | None = None) -> Iterator[tuple[UUID, list[int]]]:
    """The same as each practitioner's minutes: for long lists, in which nobody asks for chair and machine."""
    for candidate, starts, _, _ in _shared_out(calendar, need, usual):
        yield candidate.practitioner_id, minutes_of(starts, calendar.origin)


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
    return erode(free, steps_of(minutes))


def chair_starts(calendar: Calendar, chair_id: UUID, need: Need) -> int:
    """The same for a chair, which must also be cleaned before the next visit; that may be after hours."""
    if not need.buffer:
        return care_starts(calendar, chair_id, need.minutes)
    not_busy = ~calendar.busy.get(chair_id, 0)
    return care_starts(calendar, chair_id, need.minutes) & erode(
        not_busy, steps_of(need.minutes + need.buffer)
    )


def practitioner_starts(calendar: Calendar, practitioner_id: UUID, need: Need) -> int:
    """The same for a practitioner, who must be in the house all the time and free when needed.

    What is kept back from this visit counts as busy.
    """
    opened = calendar.opening.get(practitioner_id, 0)
    free = opened & ~calendar.busy.get(practitioner_id, 0)
    if held_back := need.held_back.get(practitioner_id):
        free &= ~busy_mask(held_back, calendar.origin, calendar.bits)
    if not need.attended:
        return erode(free, steps_of(need.minutes))
    starts = erode(opened, steps_of(need.minutes))
    for begins, ends in need.attended:
        starts &= erode(free, steps_of(ends - begins)) >> steps_of(begins)
    return starts


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


def window_bits(calendar: Calendar, need: Need) -> int:
    """The starts from the need's earliest to its latest, as a bitmap."""
    first = -((calendar.origin - minute_after(need.earliest)) // GRID)
    after = (minute(need.latest) - calendar.origin) // GRID + 1
    first, after = max(first, 0), min(after, calendar.bits)
    return (1 << after) - (1 << first) if first < after else 0


def _shared_out(
    calendar: Calendar, need: Need, usual: UUID | None, now_at: tuple[datetime, UUID] | None = None
) -> Iterator[tuple[Candidate, int, _Masks, Sequence[_Masks]]]:
    """The candidates, the usual one first, each with the starts that nobody before them has."""
    left = window_bits(calendar, need)
    for candidate in sorted(need.candidates, key=lambda one: one.practitioner_id != usual):
        starts, chairs, groups = starts_with(calendar, need, candidate)
        if now_at and now_at[1] == candidate.practitioner_id:
            starts &= ~_bit(calendar, now_at[0])
        yield candidate, starts & left, chairs, groups
        left &= ~starts


def _offered(starts: int, need: Need, bits: int) -> int:
    # A start without a neighbour on one side touches a visit or the edge of the day: taking it leaves
    # no gap. Clocks change by whole hours, so steps counted from midnight stay on the hour all day.
    edges = starts & ~(starts << 1 & starts >> 1)
    on_step = starts & step_mask(need.step, bits)
    if need.least_rest:
        # So many starts in a row before one are so many free steps before it, and after it likewise.
        rest = steps_of(need.least_rest)
        room_after = erode(starts, rest + 1)
        on_step &= room_after << rest & room_after
    return on_step | edges


def _any(masks: Mapping[UUID, int]) -> int:
    together = 0
    for mask in masks.values():
        together |= mask
    return together


def starts_with(calendar: Calendar, need: Need, candidate: Candidate) -> tuple[int, _Masks, Sequence[_Masks]]:
    """The starts to offer with a candidate, and at which their chairs and machines are free."""
    chairs: _Masks = {chair: chair_starts(calendar, chair, need) for chair in candidate.chair_ids}
    groups = [{one: care_starts(calendar, one, need.minutes) for one in g} for g in candidate.machines]
    starts = practitioner_starts(calendar, candidate.practitioner_id, need) & _any(chairs)
    for group in groups:
        starts &= _any(group)
    return _offered(starts, need, calendar.bits), chairs, groups


def _bit(calendar: Calendar, start: datetime) -> int:
    place = (minute(start) - calendar.origin) // GRID
    return 1 << place if place >= 0 else 0


def _first_free(masks: _Masks, place: int) -> UUID:
    if len(masks) == 1:
        return next(iter(masks))
    return next(id for id, mask in masks.items() if mask >> place & 1)


def _slot(
    calendar: Calendar,
    need: Need,
    candidate: Candidate,
    place: int,
    chairs: _Masks,
    groups: Sequence[_Masks],
) -> FreeSlot:
    start = calendar.origin + place * GRID
    return FreeSlot(
        start=moment(start),
        end=moment(start + need.minutes),
        practitioner_id=candidate.practitioner_id,
        chair_id=_first_free(chairs, place),
        machine_ids=tuple(_first_free(group, place) for group in groups),
        attended=need.attended,
    )


def steps_of(minutes: int) -> int:
    """How many steps of the grid so many minutes take."""
    return -(-minutes // GRID)
