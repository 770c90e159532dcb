"""Who acts. Every write and every reading of a patient's data names one of these."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import msgspec

from backend.kit.parts import Part


class ActorKind(StrEnum):
    """A person signed in, a person by the link in a message, a job of the house, or the host's shell."""

    ACCOUNT = "account"
    LINK = "link"
    JOB = "job"
    HOST = "host"


class Actor(msgspec.Struct, frozen=True):
    """`account_id` is set for a person, also by link; `session_id` only when signed in."""

    kind: ActorKind
    account_id: UUID | None = None
    session_id: UUID | None = None


JOB = Actor(ActorKind.JOB)
HOST = Actor(ActorKind.HOST)


class Reading(NamedTuple):
    """A statement that finds one row with a `patient_id`, and the line that is noted of it: what was done,
    with which subject (type, id)."""

    part: Part
    action: str
    subject: tuple[str, UUID]
