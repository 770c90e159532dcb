"""Appointments: a visit as it stands, what a person can do with it, what messages need of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.booking.model.places import Duration, DurationLine
from backend.kit.calendar_file import Entry


class Status(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    DONE = "done"
    MISSED = "missed"


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """A visit. `version` grows with every change of time; messages speak of one version.

    `booked_by` is the account that booked it, None when the desk did without one. `site_id` is the
    chair's. `group_id` joins the visits that were chosen together. `moved_late` and `cancelled_late` only
    inform the desk: nobody pays for them.
    """

    id: UUID
    patient_id: UUID
    booked_by: UUID | None
    practitioner_id: UUID
    chair_id: UUID
    site_id: UUID
    care_key: str
    triage_id: UUID | None
    urgency: str
    starts_at: datetime
    ends_at: datetime
    duration: Duration
    status: Status
    created_at: datetime
    version: int
    confirmed_at: datetime | None = None
    group_id: UUID | None = None
    moved_late: bool = False
    cancelled_late: bool = False

    @property
    def minutes(self) -> int:
        """The length of the care."""
        return self.duration.minutes

    @property
    def duration_lines(self) -> tuple[DurationLine, ...]:
        """Why it takes that long."""
        return self.duration.lines


class MessageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a message about an appointment may need. Nothing in it says which care it is.

    `zone`, `site_name`, `site_address` and `site_phone` are the chair's site; `country` and
    `subdivision` say whose public holidays it keeps.
    """

    appointment_id: UUID
    patient_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    practitioner_name: str
    site_name: str
    site_address: tuple[str, ...]
    site_phone: str
    country: str
    subdivision: str | None
    version: int
    status: Status
    confirmed_at: datetime | None
    created_at: datetime
    changed_at: datetime
    is_surgery: bool
    has_instructions: bool

    def entry(self, *, host: str, url: str, summary: str, description: str, said_at: datetime) -> Entry:
        """The visit in a calendar; `host` makes its id ours, `said_at` is now."""
        cancelled = self.status is Status.CANCELLED
        return Entry(
            uid=f"{self.appointment_id}@{host}",
            sequence=self.version - 1 + cancelled,
            changed_at=said_at,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            zone=self.zone,
            summary=summary,
            place=", ".join((self.site_name, *self.site_address)),
            description=description,
            url=url,
            cancelled=cancelled,
        )


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Put the appointment at another time; `version` is the one that the person was looking at.

    `chair_id` is the desk's wish; without it the first chair that is free. `despite_external` is the desk's
    too: knowingly where an external agenda says that the practitioner is busy.
    """

    appointment_id: UUID
    version: int
    practitioner_id: UUID
    starts_at: datetime
    chair_id: UUID | None = None
    despite_external: bool = False


class ChangeDuration(msgspec.Struct, frozen=True, kw_only=True):
    """The desk gives a visit another length, in minutes."""

    appointment_id: UUID
    version: int
    minutes: int


class CancelReason(StrEnum):
    """Why somebody gives a place back. A code, so that it may stand in the journal."""

    BUSY = "busy"
    ILL = "ill"
    BETTER = "better"
    AFRAID = "afraid"
    OTHER = "other"


class Cancel(msgspec.Struct, frozen=True, kw_only=True):
    """Give the place back; the reason may be left out."""

    appointment_id: UUID
    version: int
    reason: CancelReason | None = None


class Confirm(msgspec.Struct, frozen=True, kw_only=True):
    """Say "I shall come" to this version of the appointment."""

    appointment_id: UUID
    version: int
