"""The scene: the practice and the people of `shared/demo`, as structs. Pure: texts in, structs out."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.practice.model import CareType, Closure, Opening, Practice, Practitioner, Resource, Site


class Guards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom an account may act, by the id in the file, and why (`parent` or `helper`)."""

    person: str
    relation: str


class PlannedVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit on the first free place on or after the day that lies `in_days` from the seeding."""

    in_days: int
    care: str


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the cast. With an `account_id` they can enter; with a `patient_id` they are cared for."""

    id: str
    given_name: str
    family_name: str
    says: str
    account_id: UUID | None
    patient_id: UUID | None
    age: int | None = None
    birthday_in_days: int = 1
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    practitioner_id: UUID | None = None
    usual_practitioner_id: UUID | None = None
    declared: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    guards: tuple[Guards, ...] = ()
    visits: tuple[PlannedVisit, ...] = ()

    def birth_date(self, today: date) -> date:
        """The birth date that makes this person of `age` on `today` and one year older on the birthday.

        On a leap day it falls on the day before, which other years have too.
        """
        assert self.age is not None, f"{self.id} has no age"
        birthday = today + timedelta(days=self.birthday_in_days)
        if (birthday.month, birthday.day) == (2, 29):
            birthday -= timedelta(days=1)
        return birthday.replace(year=birthday.year - self.age - 1)


class PlannedClosure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed day: the first such weekday (1 Monday) at least `after_days` days after the seeding."""

    weekday: int
    after_days: int
    resource_id: UUID | None
    reason: str

    def day(self, today: date) -> date:
        """The day itself."""
        first = today + timedelta(days=self.after_days)
        return first + timedelta(days=(self.weekday - first.isoweekday()) % 7)


class _PracticeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sites: tuple[Site, ...]
    resources: tuple[Resource, ...]
    practitioners: tuple[Practitioner, ...]
    openings: tuple[Opening, ...]
    closures: tuple[PlannedClosure, ...]


def read_practice(text: str, care_types: tuple[CareType, ...], today: date) -> Practice:
    """The practice of `practice.json` on the day of seeding; msgspec.ValidationError if it is not right."""
    file = msgspec.json.decode(text, type=_PracticeFile)
    site = file.sites[0]
    return Practice(
        sites=file.sites,
        resources=file.resources,
        practitioners=file.practitioners,
        care_types=care_types,
        openings=file.openings,
        closures=tuple(_closure(planned, site, today) for planned in file.closures),
    )


def read_people(text: str) -> tuple[Person, ...]:
    """The cast of `people.json`, in its order; msgspec.ValidationError if it is not right."""
    return msgspec.json.decode(text, type=tuple[Person, ...])


def _closure(planned: PlannedClosure, site: Site, today: date) -> Closure:
    day = planned.day(today)
    return Closure(
        site_id=site.id,
        resource_id=planned.resource_id,
        starts_at=_midnight(day, site.timezone),
        ends_at=_midnight(day + timedelta(days=1), site.timezone),
        reason=planned.reason,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
