"""The practice's year as bitmaps: who is open, who is busy, what was put where."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from backend.booking.rules.gaps import Usual, lost, room_of
from backend.booking.rules.slots import Calendar
from backend.booking.use_repository import Use
from backend.kit.grid import GRID, bits_of, minute, minute_after, origin_of
from backend.practice.model import Practice
from backend.practice.rules import opening_masks


class Diary:
    """Every resource of the practice for so many days from a first one."""

    def __init__(self, practice: Practice, first: date, days: int) -> None:
        self.zone = practice.sites[0].timezone
        self.first = first
        self.opening = opening_masks(practice, first, days, self.zone)
        self.busy = dict.fromkeys(self.opening, 0)
        self.uses: dict[tuple[UUID, datetime], Use] = {}
        self.origin = origin_of(first, self.zone)

    def put(self, uses: Iterable[Use]) -> None:
        """Write what a visit or an offer takes; AssertionError where somebody is there already."""
        for use in uses:
            mask = self._mask(use)
            assert not self.busy[use.resource_id] & mask, "two at a time"
            self.busy[use.resource_id] |= mask
            self.uses[use.resource_id, use.starts_at] = use

    def take(self, uses: Iterable[Use]) -> None:
        """Give back what was put."""
        for use in uses:
            self.busy[use.resource_id] &= ~self._mask(use)
            del self.uses[use.resource_id, use.starts_at]

    def calendar(self, first: date, days: int) -> Calendar:
        """Some of its days."""
        origin, bits = origin_of(first, self.zone), bits_of(first, days, self.zone)
        shift, mask = (origin - self.origin) // GRID, (1 << bits) - 1
        return Calendar(
            origin=origin,
            bits=bits,
            opening={one: opened >> shift & mask for one, opened in self.opening.items()},
            busy={one: busy >> shift & mask for one, busy in self.busy.items()},
        )

    def overlaps(self) -> int:
        """Pairs of uses of one resource that overlap, counted without the bitmaps."""
        by_resource: dict[UUID, list[Use]] = {}
        for use in self.uses.values():
            by_resource.setdefault(use.resource_id, []).append(use)
        return sum(
            before.ends_at > after.starts_at
            for uses in by_resource.values()
            for before, after in pairwise(sorted(uses, key=lambda one: one.starts_at))
        )

    def _mask(self, use: Use) -> int:
        first = (minute(use.starts_at) - self.origin) // GRID
        return ((1 << (minute_after(use.ends_at) - minute(use.starts_at)) // GRID) - 1) << first


def open_minutes(diary: Diary, practitioners: Sequence[UUID], first: date, days: int) -> int:
    """How long these practitioners are there."""
    opening = diary.calendar(first, days).opening
    return GRID * sum(opening[one].bit_count() for one in practitioners)


def used_minutes(diary: Diary, practitioners: Sequence[UUID], first: date, days: int) -> int:
    """How long they are with a patient."""
    busy = diary.calendar(first, days).busy
    return GRID * sum(busy[one].bit_count() for one in practitioners)


def lost_minutes(
    diary: Diary, who: dict[UUID, tuple[tuple[UUID, ...], Usual]], first: date, days: int
) -> int:
    """How long they are free in rests that the shortest usual visit (given with the chairs) does not fit."""
    calendar = diary.calendar(first, days)
    return GRID * sum(
        lost(room_of(calendar, one, chairs), usual).bit_count() for one, (chairs, usual) in who.items()
    )


def day_after(first: date, days: int) -> date:
    """The day so many days later."""
    return first + timedelta(days=days)
