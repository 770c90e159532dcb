"""The year itself: requests, visits, cancellations, offers to those who wait, each at its moment."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

import msgspec

from backend.booking.model import Duration, FreeSlot
from backend.booking.place_actions import Place
from backend.booking.rules import planning
from backend.booking.use_repository import Use
from backend.practice.model import Practice
from tests.year.demand import Request
from tests.year.diary import Diary
from tests.year.offering import Way, choose, offer, visit_of

AFTER = 200
"""Days that the diary goes on after the last request."""


class Visit(msgspec.Struct, kw_only=True):
    """A visit that has a place; `wanted` is from when on, `first_start` the place that it got first."""

    request: Request
    slot: FreeSlot
    duration: Duration
    uses: list[Use]
    asked_at: datetime
    wanted: datetime
    first_start: datetime
    cancelled: bool = False
    version: int = 0

    @property
    def minutes(self) -> int:
        """Its planned length."""
        return self.duration.minutes


class Freed(msgspec.Struct, frozen=True):
    """Time of a practitioner that a cancellation gave back, so long before it would have begun."""

    practitioner_id: UUID
    starts_at: datetime
    ends_at: datetime
    lead: timedelta


class World:
    """One practice, one seed, one way of offering places."""

    def __init__(self, practice: Practice, requests: list[Request], first: date, days: int, way: Way) -> None:
        self.practice, self.way = practice, way
        self.diary = Diary(practice, first, days + AFTER)
        self.asked = requests
        self.visits: list[Visit] = []
        self.refused: list[Request] = []
        self.freed: list[Freed] = []
        self.now = requests[0].at
        self.on_freed: list[Callable[[FreeSlot, int], None]] = []
        self.on_booked: list[Callable[[Visit], None]] = []
        self._order = count()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        for request in requests:
            self.at(request.at, lambda request=request: self._asked(request))

    def at(self, moment: datetime, deed: Callable[[], None]) -> None:
        """Do something at a moment."""
        heapq.heappush(self._agenda, (moment, next(self._order), deed))

    def run(self) -> None:
        """Let the year pass."""
        while self._agenda:
            self.now, _, deed = heapq.heappop(self._agenda)
            deed()

    def place_at(self, visit: Visit, slot: FreeSlot) -> tuple[Duration, list[Use]]:
        """How long the visit would take at a slot, and what it would take."""
        planned = visit_of(self.practice, visit.request, visit.asked_at)
        day = slot.start.astimezone(self.diary.zone).date()
        length = planning.duration_on(self.practice, planned, day, slot.practitioner_id)
        return length, Place(slot=slot, duration=length, buffer=planned.care.buffer).uses()

    def moved(self, visit: Visit, slot: FreeSlot) -> None:
        """The visit takes another place and gives its own back."""
        old, buffer = visit.slot, self._buffer(visit)
        self.diary.take(visit.uses)
        visit.slot, visit.version = slot, visit.version + 1
        visit.duration, visit.uses = self.place_at(visit, slot)
        self.diary.put(visit.uses)
        self._plan_cancelling(visit)
        self._tell_freed(old, buffer)

    def _asked(self, request: Request) -> None:
        wanted = visit_of(self.practice, request, self.now)
        slot = choose(request, offer(self.practice, self.diary, wanted, self.way), self.way)
        if slot is None:
            self.refused.append(request)
            return
        day = slot.start.astimezone(self.diary.zone).date()
        length = planning.duration_on(self.practice, wanted, day, slot.practitioner_id)
        uses = Place(slot=slot, duration=length, buffer=wanted.care.buffer).uses()
        visit = Visit(
            request=request,
            slot=slot,
            duration=length,
            uses=uses,
            asked_at=self.now,
            wanted=wanted.earliest,
            first_start=slot.start,
        )
        self.diary.put(uses)
        self.visits.append(visit)
        self._plan_cancelling(visit)
        for tell in self.on_booked:
            tell(visit)

    def _plan_cancelling(self, visit: Visit) -> None:
        if visit.request.cancels is None:
            return
        moment = max(self.now + timedelta(hours=1), visit.slot.start - visit.request.cancels)
        if moment < visit.slot.start:
            self.at(moment, lambda version=visit.version: self._cancel(visit, version))

    def _cancel(self, visit: Visit, version: int) -> None:
        if visit.version != version:
            return
        visit.cancelled = True
        self.diary.take(visit.uses)
        slot = visit.slot
        self.freed.append(Freed(slot.practitioner_id, slot.start, slot.end, slot.start - self.now))
        self._tell_freed(slot, self._buffer(visit))

    def _tell_freed(self, slot: FreeSlot, buffer: int) -> None:
        for tell in self.on_freed:
            tell(slot, buffer)

    def _buffer(self, visit: Visit) -> int:
        return self.practice.care_type(visit.request.care_key).buffer
