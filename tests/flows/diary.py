"""A naive diary of a practice: who is where, from when to when, and who is in the house.

It is what `test_agenda_model` compares the app with, and shares no line with it: opening hours are asked of
the practice's file minute by minute, and a place is free when no line of the diary stands in its way.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

PRACTICE = Path(__file__).parents[2] / "shared" / "demo" / "practice.toml"
PARIS = ZoneInfo("Europe/Paris")
SKILL, STEP = "OMNI", timedelta(minutes=5)


class Care(NamedTuple):
    """Minutes for somebody who was never here, minutes of cleaning, and the machine that it takes."""

    minutes: int
    cleaning: int
    machine: str | None = None


CARES = {"CTRL": Care(30, 5), "DETA": Care(40, 10), "CONS1": Care(45, 5, "PANO")}


class Line(NamedTuple):
    """A resource is somebody's, for good or until a moment."""

    owner: UUID
    resource: UUID
    starts_at: datetime
    ends_at: datetime
    until: datetime | None = None


Span = tuple[UUID, datetime, datetime]


class House:
    """The practitioners who give the care, by id: their chairs in order, and hours by weekday."""

    def __init__(self, found: dict[str, Any]) -> None:
        (site,) = found["site"]
        chairs = {one["code"]: UUID(one["id"]) for one in site["chair"]}
        people = [one for one in site["practitioner"] if SKILL in one["skills"]]
        self.chairs = {UUID(one["id"]): [chairs[code] for code in one["chairs"]] for one in people}
        self.every_chair = {chair for theirs in self.chairs.values() for chair in theirs}
        self.machines = {one["code"]: UUID(one["id"]) for one in site["machine"]}
        self._hours = {UUID(one["id"]): one["hours"] for one in people}
        self._kept_back = {UUID(one["id"]): one["emergency"] for one in people}

    def knows(self, minute: datetime) -> bool:
        """Whether that is a plain working day, Monday to Friday."""
        return minute.astimezone(PARIS).isoweekday() < 6

    def is_in(self, practitioner: UUID, minute: datetime) -> bool:
        """Whether they work in that minute. Weeks, school and closures are not asked: choose plain days."""
        there = minute.astimezone(PARIS)
        return any(
            one["on"] == f"{there:%A}".lower() and one["from"] <= there.time() < one["to"]
            for one in self._hours[practitioner]
        )

    def keeps_back(self, practitioner: UUID, minute: datetime) -> bool:
        """Whether that minute is kept for emergencies."""
        there = minute.astimezone(PARIS)
        for one in self._kept_back[practitioner]:
            begins = datetime.combine(there.date(), one["at"], PARIS)
            if one["on"] == f"{there:%A}".lower() and begins <= there < begins + timedelta(
                minutes=one["minutes"]
            ):
                return True
        return False


@cache
def house() -> House:
    """The demo's practice."""
    return House(tomllib.loads(PRACTICE.read_text()))


class Diary:
    """The lines, and what they leave free."""

    def __init__(self) -> None:
        self.house = house()
        self.lines: list[Line] = []

    def lasting(self, now: datetime) -> list[Line]:
        """Those that stand at this moment."""
        return [line for line in self.lines if line.until is None or now < line.until]

    def of(self, owner: UUID) -> list[Line]:
        """What is somebody's, lasting or not."""
        return [line for line in self.lines if line.owner == owner]

    def until(self, owner: UUID) -> datetime:
        """When what is theirs for a time ends."""
        return min(line.until for line in self.of(owner) if line.until)

    def strike(self, *owners: UUID) -> None:
        """What was theirs is free."""
        self.lines = [line for line in self.lines if line.owner not in owners]

    def write(self, owner: UUID, spans: Iterable[Span], until: datetime | None = None) -> None:
        """These are theirs."""
        self.lines += [Line(owner, *span, until) for span in spans]

    def is_taken(
        self, resource: UUID, start: datetime, end: datetime, now: datetime, own: Collection[UUID] = ()
    ) -> bool:
        """Whether somebody else's line lies across."""
        return any(
            line.resource == resource and line.starts_at < end and start < line.ends_at
            for line in self.lasting(now)
            if line.owner not in own
        )

    def meets(self, owner: UUID, spans: Iterable[Span]) -> bool:
        """Whether one of the spans overlaps what is theirs already."""
        return any(
            line.resource == resource and line.starts_at < end and start < line.ends_at
            for line in self.of(owner)
            for resource, start, end in spans
        )

    def place(
        self,
        care: Care,
        practitioner: UUID,
        start: datetime,
        now: datetime,
        *,
        own: Collection[UUID] = (),
        desk: bool = False,
        chair: UUID | None = None,
    ) -> list[Span]:
        """What a visit would take there, in the first chair that is free or the one asked for; nothing where
        it does not fit. `own` is not in the way; the desk may take what is kept for emergencies."""
        end = start + timedelta(minutes=care.minutes)
        clean = end + timedelta(minutes=care.cleaning)
        for minute in minutes_of(start, end):
            if not self.house.is_in(practitioner, minute):
                return []
            if not desk and self.house.keeps_back(practitioner, minute):
                return []
        others = [(practitioner, start, end)]
        if care.machine:
            others.append((self.house.machines[care.machine], start, end))
        if any(self.is_taken(*one, now, own) for one in others):
            return []
        for one in [chair] if chair else self.house.chairs[practitioner]:
            if not self.is_taken(one, start, clean, now, own):
                return [(one, start, clean), *others]
        return []

    def free_starts(
        self, care: Care, practitioner: UUID, day: date, now: datetime, own: Collection[UUID]
    ) -> set[datetime]:
        """Every start of a day, five minutes apart, at which a visit fits."""
        first = datetime.combine(day, time(7), PARIS)
        starts = (first + STEP * number for number in range(14 * 12))
        return {start for start in starts if self.place(care, practitioner, start, now, own=own)}

    def has_bundle(
        self, care: Care, start: datetime, side_by_side: bool, now: datetime, own: Collection[UUID]
    ) -> bool:
        """Whether two people with the same care fit: one after the other in one chair, or at most ten minutes
        apart in two chairs with two practitioners."""

        def fits(practitioner: UUID, chair: UUID, after: int) -> bool:
            begins = start + timedelta(minutes=after)
            return bool(self.place(care, practitioner, begins, now, own=own, chair=chair))

        posts = [(one, chair) for one, chairs in self.house.chairs.items() for chair in chairs]
        if not side_by_side:
            return any(fits(*post, 0) and fits(*post, care.minutes + care.cleaning) for post in posts)
        return any(
            fits(*one, 0) and any(fits(*other, after) for after in (0, 5, 10))
            for one in posts
            for other in posts
            if one[0] != other[0]
        )


def minutes_of(start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute from `start` to before `end`."""
    while start < end:
        yield start
        start += timedelta(minutes=1)
