"""The words of families: who is cared for, and who may act for them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Relation(StrEnum):
    """Why an account may act for a patient."""

    SELF = "self"
    PARENT = "parent"
    HELPER = "helper"


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is cared for.

    `declared` holds the modifiers that stay from visit to visit (keys of `practice.model.Modifier`);
    `alerts` what the team must know first ("anticoagulant"). Where the viewer may not read alerts they
    are empty, and `has_alerts` still says that there are some.
    """

    id: UUID
    given_name: str
    family_name: str
    birth_date: date
    declared: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    has_alerts: bool = False
    usual_practitioner_id: UUID | None = None


class Relative(Patient, frozen=True, kw_only=True):
    """A patient as one account sees them: with the reason and the reach of that account's right."""

    relation: Relation
    may_book: bool


class Guardian(msgspec.Struct, frozen=True, kw_only=True):
    """An account's right to act for a patient, as it stands now."""

    account_id: UUID
    patient_id: UUID
    relation: Relation
    may_book: bool
    gets_messages: bool
    since: datetime
    until: datetime | None = None


class AddChild(msgspec.Struct, frozen=True, kw_only=True):
    """A parent adds a child, declaring that they hold parental authority."""

    given_name: str
    family_name: str
    birth_date: date
