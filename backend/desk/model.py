"""What the desk looks at. Nothing clinical: urgency, care, duration and its reason, contact, state."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.booking.model import Duration, Status
from backend.booking.model.stages import ChairTimes, Stage, stage_of


class DayVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit on the day's page. `free_again_at` is when its chair is clean; `unreached` counts messages
    that found no way to anybody; `clashes` where an external agenda says the practitioner is busy."""

    id: UUID
    patient_id: UUID
    given_name: str
    family_name: str
    birth_date: date
    practitioner_id: UUID
    chair_id: UUID
    care_key: str
    urgency: str
    starts_at: datetime
    ends_at: datetime
    free_again_at: datetime
    duration: Duration
    status: Status
    confirmed_at: datetime | None
    version: int
    triage_id: UUID | None
    has_alerts: bool
    reminded: bool
    unreached: int
    clashes: bool
    seated_at: datetime | None
    finished_at: datetime | None

    @property
    def times(self) -> ChairTimes:
        """When they were in the chair."""
        return ChairTimes(self.seated_at, self.finished_at)

    @property
    def stage(self) -> Stage | None:
        """How far the visit is; None when it is cancelled."""
        return stage_of(self.status, self.times)


class Contact(msgspec.Struct, frozen=True):
    """An adult whom the practice may call about a patient. Shown to staff only, never to the other parent."""

    given_name: str
    family_name: str
    relation: str
    phone: str | None


class SentMessage(msgspec.Struct, frozen=True):
    """A line of the messages' log of a visit."""

    kind: str
    channel: str | None
    state: str
    given_name: str
    due_at: datetime
    sent_at: datetime | None


class Unanswered(msgspec.Struct, frozen=True):
    """A day on which reminded people have not answered."""

    day: date
    visits: int


class Kept(msgspec.Struct, frozen=True):
    """A chair's time that is kept until `until`: somebody is booking it, or was offered it."""

    chair_id: UUID
    starts_at: datetime
    ends_at: datetime
    until: datetime
    offered: bool


class Undoable(msgspec.Struct, frozen=True, kw_only=True):
    """A change that nobody was told of yet; `seconds` of machine time remain. `moved`, or another length."""

    change_id: UUID
    visit_id: UUID
    patient_id: UUID
    given_name: str
    family_name: str
    starts_at: datetime
    ends_at: datetime
    chair_id: UUID
    moved: bool
    seconds: float


class LastChange(msgspec.Struct, frozen=True):
    """Who changed a visit last (a colleague's given name, None for the family) and how many seconds ago."""

    given_name: str | None
    seconds: float


class NotReached(msgspec.Struct, frozen=True):
    """A coming visit of which nobody could be told: somebody has to call."""

    visit_id: UUID
    patient_id: UUID
    given_name: str
    family_name: str
    birth_date: date
    starts_at: datetime
    site_id: UUID


class Clash(msgspec.Struct, frozen=True):
    """A coming visit during which an external agenda says that its practitioner is busy: one has to move."""

    visit_id: UUID
    patient_id: UUID
    given_name: str
    family_name: str
    starts_at: datetime
    site_id: UUID


class FoundPatient(msgspec.Struct, frozen=True):
    """A patient found by name, with the next visit if there is one."""

    id: UUID
    given_name: str
    family_name: str
    birth_date: date
    next_visit_id: UUID | None
    next_starts_at: datetime | None
    next_site_id: UUID | None


class Asker(msgspec.Struct, frozen=True):
    """For whom a request was made, and which colleague took it. `birth_date` where it is for a patient."""

    request_id: UUID
    given_name: str
    family_name: str
    birth_date: date | None
    taken_by: str | None
