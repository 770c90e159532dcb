"""Patients and guardians."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Date,
    ForeignKey,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class Patient(Table, tablename="patient"):
    """A person who is cared for. `declared` keeps the modifiers that hold from visit to visit."""

    id = UUID(primary_key=True, **REQUIRED)
    given_name = Text(**REQUIRED)
    family_name = Text(**REQUIRED)
    birth_date = Date(**REQUIRED)
    declared = Array(base_column=Text(), default=list, null=False)
    alerts = Array(base_column=Text(), default=list, null=False)
    usual_practitioner_id = UUID(**OPTIONAL)
    created_at = Timestamptz(**REQUIRED)


class Guardian(Table, tablename="guardian"):
    """An account's right to act for a patient. `relation`: self, parent, helper."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(
        LazyTableReference("Account", app_name="quenotte"), on_delete=OnDelete.restrict, **REQUIRED
    )
    patient_id = ForeignKey(Patient, on_delete=OnDelete.restrict, **REQUIRED)
    relation = Text(**REQUIRED)
    may_book = Boolean(default=True, null=False)
    gets_messages = Boolean(default=True, null=False)
    since = Timestamptz(**REQUIRED)
    until = Timestamptz(**OPTIONAL)

    guardian_once = Unique(["account_id", "patient_id"])
