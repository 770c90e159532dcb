"""How far a visit is on its day, and since when: what the staff tap."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.booking.model.appointments import Status


class Stage(StrEnum):
    """How far a visit is. In the chair is an arrival of which one knows more, and no status of its own."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    SEATED = "seated"
    DONE = "done"
    MISSED = "missed"


class ChairTimes(msgspec.Struct, frozen=True):
    """When somebody sat down in the chair and when the care was over; None where nobody tapped."""

    seated_at: datetime | None = None
    finished_at: datetime | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One tap: the visit that was looked at (`version`), as far as it `was`, is now as far as `stage`."""

    appointment_id: UUID
    version: int
    was: Stage
    stage: Stage


class CorrectTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Times given by hand, in place of those that were shown; all to the minute."""

    appointment_id: UUID
    version: int
    were: ChairTimes
    times: ChairTimes


def stage_of(status: Status, times: ChairTimes) -> Stage | None:
    """How far a visit of that status is; None for a cancelled one."""
    if status is Status.CANCELLED:
        return None
    return Stage.SEATED if status is Status.ARRIVED and times.seated_at else Stage(status.value)
