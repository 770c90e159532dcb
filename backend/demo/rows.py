"""Rows ready for COPY: the fields of each are columns of the table of that name, in this order."""

from datetime import date, datetime
from random import Random
from typing import NamedTuple
from uuid import UUID


class AccountRow(NamedTuple):
    """Table `account`."""

    id: UUID
    given_name: str
    family_name: str
    email: str | None
    email_confirmed_at: datetime | None
    phone: str | None
    locale: str
    wants_push: bool
    wants_email: bool
    created_at: datetime


class PatientRow(NamedTuple):
    """Table `patient`."""

    id: UUID
    given_name: str
    family_name: str
    birth_date: date
    declared: list[str]
    alerts: list[str]
    usual_practitioner_id: UUID | None
    created_at: datetime


class GuardianRow(NamedTuple):
    """Table `guardian`."""

    id: UUID
    account_id: UUID
    patient_id: UUID
    relation: str
    may_book: bool
    gets_messages: bool
    since: datetime


class AppointmentRow(NamedTuple):
    """Table `appointment`; `duration` is JSON text of `booking.model.Duration`."""

    id: UUID
    patient_id: UUID
    booked_by: UUID | None
    practitioner_id: UUID
    chair_id: UUID
    site_id: UUID
    care_key: str
    urgency: str
    starts_at: datetime
    ends_at: datetime
    duration: str
    status: str
    confirmed_at: datetime | None
    seated_at: datetime | None
    finished_at: datetime | None
    version: int
    created_at: datetime
    changed_at: datetime


class ResourceUseRow(NamedTuple):
    """Table `resource_use`; the chair's end includes its cleaning."""

    id: UUID
    resource_id: UUID
    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime


class Population(NamedTuple):
    """People and visits, in the order in which foreign keys want them."""

    accounts: list[AccountRow]
    patients: list[PatientRow]
    guardians: list[GuardianRow]
    appointments: list[AppointmentRow]
    resource_uses: list[ResourceUseRow]


def seeded_id(random: Random, moment: datetime) -> UUID:
    """A UUIDv7 of that moment whose random bits come from `random`, so that a seed gives the same ids."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(
        int=milliseconds << 80
        | 0x7 << 76
        | random.getrandbits(12) << 64
        | 0b10 << 62
        | random.getrandbits(62)
    )
