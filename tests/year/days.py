"""How the days really go: visits last as long as they last, and who comes next waits."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.rules.durations import duration
from backend.booking.rules.learning import Case, learn
from backend.practice.model import CareMinutes, CareType, Practice
from tests.year.world import Visit, World

Truth = dict[tuple[UUID, str], float]


class Played(msgspec.Struct, frozen=True):
    """A visit as it went, in minutes: planned, real, and how late it began."""

    day: date
    practitioner_id: UUID
    care_key: str
    planned: int
    real: float
    late: float


def real_minutes(visit: Visit, care: CareType, truth: Truth) -> float:
    """What the visit takes: the care type's minutes with what makes it longer, whatever was planned."""
    table = duration(care, visit.duration.modifiers).minutes
    return table * truth[visit.slot.practitioner_id, care.key] * visit.request.noise


def play(visits: Iterable[Visit], practice: Practice, truth: Truth, zone: ZoneInfo) -> list[Played]:
    """Everybody comes on time; the practitioner sees them in order, on a chair that is clean."""
    days: dict[tuple[UUID, date], list[Visit]] = defaultdict(list)
    for visit in visits:
        if not visit.cancelled and not visit.request.missed:
            day = visit.slot.start.astimezone(zone).date()
            days[visit.slot.practitioner_id, day].append(visit)
    return [
        played
        for (_, day), found in sorted(days.items(), key=lambda one: one[0][1])
        for played in _one_day(sorted(found, key=lambda one: one.slot.start), day, practice, truth)
    ]


def _one_day(visits: list[Visit], day: date, practice: Practice, truth: Truth) -> Iterable[Played]:
    ready: dict[UUID, datetime] = {}
    for visit in visits:
        slot, care = visit.slot, practice.care_type(visit.request.care_key)
        real = real_minutes(visit, care, truth)
        begins = max(
            slot.start, *(ready.get(one, slot.start) for one in (slot.practitioner_id, slot.chair_id))
        )
        ends = begins + timedelta(minutes=real)
        ready[slot.practitioner_id] = ends
        ready[slot.chair_id] = ends + timedelta(minutes=care.buffer)
        yield Played(
            day=day,
            practitioner_id=slot.practitioner_id,
            care_key=care.key,
            planned=visit.minutes,
            real=real,
            late=(begins - slot.start).total_seconds() / 60,
        )


class Owner:
    """Looks every Sunday at what real times say, and accepts each length that is proposed."""

    def __init__(self, world: World, truth: Truth, until: datetime) -> None:
        self.world, self.truth = world, truth
        self.decided: dict[tuple[UUID, str], datetime] = {}
        self.cases: dict[tuple[UUID, str], list[Case]] = defaultdict(list)
        self._coming: list[Visit] = []
        world.on_booked.append(self._coming.append)
        moment = world.now + timedelta(days=7)
        while moment < until:
            world.at(moment, self._look)
            moment += timedelta(days=7)

    def _look(self) -> None:
        for key in sorted(self._new_cases(), key=str):
            practitioner_id, care_key = key
            practice = self.world.practice
            own = practice.own_minutes(care_key).get(practitioner_id)
            told = learn(
                self.cases[key],
                planned_now=own or practice.care_type(care_key).minutes,
                now=self.world.now,
                decided_at=self.decided.get(key),
            )
            if told.proposal is not None:
                self._accept(practitioner_id, care_key, told.proposal)

    def _accept(self, practitioner_id: UUID, care_key: str, minutes: int) -> None:
        world, key = self.world, (practitioner_id, care_key)
        self.decided[key] = world.now
        others = [one for one in world.practice.care_minutes if (one.practitioner_id, one.care_key) != key]
        own = CareMinutes(practitioner_id=practitioner_id, care_key=care_key, minutes=minutes)
        world.practice = msgspec.structs.replace(world.practice, care_minutes=(*others, own))

    def _new_cases(self) -> set[tuple[UUID, str]]:
        """Of which practitioners and care visits have ended since the last look."""
        over = [visit for visit in self._coming if visit.slot.end <= self.world.now]
        self._coming[:] = [visit for visit in self._coming if visit.slot.end > self.world.now]
        came = [visit for visit in over if not visit.cancelled and not visit.request.missed]
        for visit in came:
            self.cases[visit.slot.practitioner_id, visit.request.care_key].append(self._case(visit))
        return {(visit.slot.practitioner_id, visit.request.care_key) for visit in came}

    def _case(self, visit: Visit) -> Case:
        care = self.world.practice.care_type(visit.request.care_key)
        seated = visit.slot.start.astimezone(self.world.diary.zone)
        took = timedelta(minutes=real_minutes(visit, care, self.truth))
        return Case(
            planned=visit.minutes,
            seated_at=seated,
            finished_at=seated + took,
            plain=not visit.duration.modifiers,
        )
