"""The words of the practice file: how a practice is written down for people to read and change.

A file is TOML: sites, and in each its chairs, machines, assistants and practitioners with their hours and
closed days; then care types. Hours are local to the site. What is left out has the default that stands here.
"""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.practice.model import ResourceKind, School, Weeks


class Weekday(StrEnum):
    """A day of the week, as files write it."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return list(Weekday).index(self) + 1

    @classmethod
    def of(cls, number: int) -> "Weekday":
        """The day of that number."""
        return list(cls)[number - 1]


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{ on = "monday", from = 08:30:00, to = 12:30:00, weeks = "even" }`; `school` too."""

    on: Weekday
    starts: time = msgspec.field(name="from")
    ends: time = msgspec.field(name="to")
    weeks: Weeks = Weeks.ALL
    valid_from: date | None = None
    valid_until: date | None = None
    school: School = School.ANY


class OneDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{ day = 2026-12-24, from = 09:00:00, to = 12:00:00 }`: that date alone, instead of its week."""

    day: date
    starts: time = msgspec.field(name="from")
    ends: time = msgspec.field(name="to")


class KeptBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{ on = "monday", at = 11:30:00, minutes = 30 }`: kept back for emergencies, within the hours."""

    on: Weekday
    at: time
    minutes: int


class Takes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{ care = "CTRL", minutes = 25 }`: how long a care takes with this practitioner."""

    care: str
    minutes: int


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whole days (`day`, with `last_day` where there are several), or from `starts` to `ends`, or the first
    such `weekday` that is at least `after_days` days away when the file is loaded (for demos and trials)."""

    reason: str
    day: date | None = None
    last_day: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    weekday: Weekday | None = None
    after_days: int | None = None


class Thing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chair, machine or assistant. Without an `id` it is the one of that code and name, or a new one."""

    code: str
    name: str
    id: UUID | None = None
    hours: tuple[Hours, ...] = ()
    special: tuple[OneDay, ...] = ()
    closed: tuple[Closed, ...] = ()


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A practitioner. `chairs` are codes of this site's chairs, in order of preference."""

    code: str
    name: str
    display_name: str
    short_name: str
    skills: tuple[str, ...]
    chairs: tuple[str, ...]
    id: UUID | None = None
    emergency: tuple[KeptBack, ...] = ()
    takes: tuple[Takes, ...] = ()
    hours: tuple[Hours, ...] = ()
    special: tuple[OneDay, ...] = ()
    closed: tuple[Closed, ...] = ()


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site without what is in it. `closed` closes all of it."""

    name: str
    phone: str
    address: tuple[str, ...] = ()
    zone: str
    country: str = "FR"
    subdivision: str | None = None
    school_zone: str | None = None
    keeps_public_holidays: bool = True
    id: UUID | None = None
    closed: tuple[Closed, ...] = ()


SECTIONS = {
    "chair": ResourceKind.CHAIR,
    "machine": ResourceKind.MACHINE,
    "assistant": ResourceKind.ASSISTANT,
    "practitioner": ResourceKind.PRACTITIONER,
}


class Mistake(msgspec.Struct, frozen=True, order=True):
    """What is wrong on a line, and what to do."""

    line: int
    cure: str


class BrokenPracticeFile(Exception):  # noqa: N818 - the practice's word for it
    """A practice file that cannot be loaded: every mistake, in the order of the lines."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(f"line {one.line}: {one.cure}" for one in mistakes))
        self.mistakes = mistakes
