"""Requests to the desk: what may be asked, and how far it is."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class RequestKind(StrEnum):
    """What a person may ask of the desk."""

    CALLBACK = "callback"
    DOCUMENT = "document"
    CERTIFICATE = "certificate"
    QUESTION = "question"
    OTHER = "other"


class RequestState(StrEnum):
    """Whether somebody at the desk has taken it."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Ask something of the desk. With a `triage_id` the patient and the urgency are the result's."""

    kind: RequestKind
    reason: str
    phone: str
    preferred_time: str
    patient_id: UUID | None = None
    triage_id: UUID | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Something asked of the desk, to be answered before `deadline`; `taken_by` is who took it."""

    id: UUID
    kind: RequestKind
    reason: str
    phone: str
    preferred_time: str
    deadline: datetime
    state: RequestState
    created_at: datetime
    urgency: str | None = None
    account_id: UUID | None = None
    patient_id: UUID | None = None
    triage_id: UUID | None = None
    taken_by: UUID | None = None
