"""The people of `shared/demo`, as structs. Pure: texts in, structs out."""

from datetime import date, timedelta
from uuid import UUID

import msgspec


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


def read_people(text: str) -> tuple[Person, ...]:
    """The cast of `people.json`, in its order; msgspec.ValidationError if it is not right."""
    return msgspec.json.decode(text, type=tuple[Person, ...])
