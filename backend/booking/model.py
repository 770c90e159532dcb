"""The words of booking: what is free, what is held, what is booked, and what a person can ask for.

All datetimes are aware; all minutes are whole.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.kit.calendar_file import Entry
from backend.kit.grid import Span as Span
from backend.kit.i18n import t
from backend.practice.model import CareType, Modifier


class DurationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for the length of a visit.

    `key` is a sentence of `shared/locales/<locale>/practice.json` that takes `minutes` (without
    sign), `care` (the care type's phrase) and `name` (the patient's given name). `minutes` may be
    negative here. The lines of a duration add up to it exactly.
    """

    key: str
    minutes: int
    modifier: Modifier | None = None


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """How long the care takes, without the chair's cleaning, and why; the care's own line first."""

    minutes: int
    lines: tuple[DurationLine, ...]

    @property
    def modifiers(self) -> tuple[Modifier, ...]:
        """The modifiers that made it longer."""
        return tuple(line.modifier for line in self.lines if line.modifier is not None)

    def sentence(self, care: CareType, given_name: str, locale: str) -> str:
        """The length and the reasons for it: "25 min : 20 min pour le contrôle, + 5 min car …"."""
        reasons = [
            t(locale, line.key, minutes=abs(line.minutes), care=care.phrase(locale), name=given_name)
            for line in self.lines
            if line.minutes
        ]
        if len(reasons) == 1:
            return f"{reasons[0]}."
        return t(locale, "practice.duration.sentence", total=self.minutes, reasons=", ".join(reasons))


class PlannedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that has no place yet, or is to have another: for whom, which care, and between when.

    `declared` are the modifiers that the person told us of; those of age come from the day of the visit.
    `desk_minutes` is by how much the desk made it longer or shorter, and stays with it when it moves.
    `now_at` is the start and practitioner of one that moves: that place is not offered to it again.
    """

    patient_id: UUID
    given_name: str
    birth_date: date
    care: CareType
    urgency: str
    declared: tuple[Modifier, ...]
    first_visit: bool
    earliest: datetime
    latest: datetime
    usual_practitioner_id: UUID | None = None
    desk_minutes: int = 0
    now_at: tuple[datetime, UUID] | None = None


class PartOfDay(StrEnum):
    """A filter of the list by day, as it stands in the URL."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"
    EVENING = "soir"


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the person narrows the list to; nothing set means everything. `weekday` 1 is Monday."""

    practitioner_id: UUID | None = None
    part: PartOfDay | None = None
    weekday: int | None = None


class SlotQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for. Starts lie from `earliest` to `latest`, both included.

    `practitioner_ids` narrows the search and orders it; None means everybody who has the skill.
    """

    care: CareType
    minutes: int
    modifiers: tuple[Modifier, ...]
    earliest: datetime
    latest: datetime
    practitioner_ids: tuple[UUID, ...] | None = None


class FreeSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A place that is free now: start and end of the care (UTC), and the resources it would use."""

    start: datetime
    end: datetime
    practitioner_id: UUID
    chair_id: UUID
    machine_ids: tuple[UUID, ...] = ()


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A slot put forward, with the key of the sentence that says why."""

    slot: FreeSlot
    key: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The places that fit a visit: the first few to suggest, then day by day in the site's `zone`.

    `duration` is that of the first place listed, or of the first day where there is none. `next_from` is
    the day from which to list on; None at the end of the horizon. `tells_care` is False for a session that
    may not see what the visit is for.
    """

    visit: PlannedVisit
    duration: Duration
    zone: str
    suggestions: tuple[Suggestion, ...]
    days: tuple[tuple[date, tuple[FreeSlot, ...]], ...]
    next_from: date | None
    tells_care: bool = True


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
    chair's. `moved_late` and `cancelled_late` only inform the desk: nobody pays for them.
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


class HeldSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A place kept for somebody who is still choosing, until `expires_at`."""

    id: UUID
    account_id: UUID
    patient_id: UUID
    triage_id: UUID
    practitioner_id: UUID
    chair_id: UUID
    starts_at: datetime
    ends_at: datetime
    duration: Duration
    expires_at: datetime


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Keep this place for a moment. Whom it is for, its length and its chair are the server's to find."""

    triage_id: UUID
    practitioner_id: UUID
    starts_at: datetime


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Turn a held place into an appointment."""

    hold_id: UUID


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Put the appointment at another time; `version` is the one that the person was looking at."""

    appointment_id: UUID
    version: int
    practitioner_id: UUID
    starts_at: datetime


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
