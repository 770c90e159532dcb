"""What an owner decides about the length of a care with one practitioner."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.kit.errors import Refusal


class Verdict(StrEnum):
    """A proposal accepted or put off, or a length set by hand."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    SET = "set"


class FiguresChanged(Refusal):
    """Somebody decided, set another length, or new visits say something else, since the page was opened."""

    key = "durations.changed"
    status = 409


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a proposal of `minutes`, made while `planned` minutes held."""

    practitioner_id: UUID
    care_key: str
    planned: int
    minutes: int


class SetLength(msgspec.Struct, frozen=True, kw_only=True):
    """So many minutes from now on; those of the care type let that hold again."""

    practitioner_id: UUID
    care_key: str
    minutes: int


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, with the figures of that moment. `median` and `upper` are None of few cases.

    `minutes` is what was proposed or set. `given_name` is who decided, None once the account is gone.
    """

    practitioner_id: UUID
    care_key: str
    verdict: Verdict
    cases: int
    median: int | None
    upper: int | None
    was_minutes: int
    minutes: int
    decided_at: datetime
    given_name: str | None
