"""Places: how long a visit takes and why, what is looked for, what is free, what is held.

All datetimes are aware; all minutes are whole.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.kit.i18n import t
from backend.practice.model import DEFAULT_LENGTHENINGS, CareType, Lengthening, Modifier


class DurationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for the length of a visit.

    `key` is a sentence of `shared/locales/<locale>/practice.json` that takes `minutes` (without
    sign), `care` (the care type's phrase), `name` (the patient's given name) and `practitioner` (whose own
    minutes these are). `minutes` may be negative here. The lines of a duration add up to it exactly.
    """

    key: str
    minutes: int
    modifier: Modifier | None = None
    practitioner: str | None = None


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
            t(
                *(locale, line.key),
                minutes=abs(line.minutes),
                care=care.phrase(locale),
                name=given_name,
                practitioner=line.practitioner,
            )
            for line in self.lines
            if line.minutes
        ]
        if len(reasons) == 1:
            return f"{reasons[0]}."
        return t(locale, "practice.duration.sentence", total=self.minutes, reasons=", ".join(reasons))


class OwnMinutes(msgspec.Struct, frozen=True):
    """How long a care takes with a practitioner who has minutes of their own for it; their short name."""

    minutes: int
    practitioner: str


class PlannedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that has no place yet, or is to have another: for whom, which care, and between when.

    `declared` are the modifiers that the person told us of; those of age come from the day of the visit.
    `desk_minutes` is by how much the desk made it longer or shorter, and stays with it when it moves.
    `now_at` is the start and practitioner of one that moves: that place is not offered to it again.
    `asked_at` is the moment at which a place is looked for, by which those kept back for emergencies open to
    it; None opens them all, for the desk. `lengthenings` are the practice's values of the modifiers.
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
    asked_at: datetime | None = None
    lengthenings: tuple[Lengthening, ...] = DEFAULT_LENGTHENINGS


class PartOfDay(StrEnum):
    """A filter of the list by day, as it stands in the URL."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"
    EVENING = "soir"


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the person narrows the list to; nothing set means everything. `weekday` 1 is Monday.

    A list is always of one site; without `site_id` it is the one that suits the visit best.
    """

    practitioner_id: UUID | None = None
    part: PartOfDay | None = None
    weekday: int | None = None
    site_id: UUID | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything at the site is left out."""
        return (self.practitioner_id, self.part, self.weekday) != (None, None, None)


class SlotQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for. Starts lie from `earliest` to `latest`, both included.

    `practitioner_ids` narrows the search and orders it; None means everybody who has the skill, at the site
    if one is named. Places kept back for emergencies are open when they begin before `held_until`; None opens
    them all.
    """

    care: CareType
    minutes: int
    modifiers: tuple[Modifier, ...]
    earliest: datetime
    latest: datetime
    practitioner_ids: tuple[UUID, ...] | None = None
    site_id: UUID | None = None
    held_until: datetime | None = None


class FreeSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A place that is free now: start and end of the care (UTC), and the resources it would use.

    `machine_ids` are machines and assistants. `attended` are the minutes of the care (from, to) in which the
    practitioner is needed; empty means all of it.
    """

    start: datetime
    end: datetime
    practitioner_id: UUID
    chair_id: UUID
    machine_ids: tuple[UUID, ...] = ()
    attended: tuple[tuple[int, int], ...] = ()

    @property
    def minutes(self) -> int:
        """The length of the care there: practitioners may take longer or shorter."""
        return int((self.end - self.start).total_seconds()) // 60


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A slot put forward, with the key of the sentence that says why."""

    slot: FreeSlot
    key: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The places that fit a visit: the first few to suggest, then day by day in the site's `zone`.

    `duration` is that of the first place listed, or of the first day where there is none. `next_from` is
    the day from which to list on; None at the end of the horizon. `without_filters` is the first place that
    there would be without the filters, looked for where these leave nothing on the first day asked for.
    `tells_care` is False for a session that may not see what the visit is for.
    """

    visit: PlannedVisit
    duration: Duration
    site_id: UUID
    zone: str
    suggestions: tuple[Suggestion, ...]
    days: tuple[tuple[date, tuple[FreeSlot, ...]], ...]
    next_from: date | None
    without_filters: FreeSlot | None = None
    tells_care: bool = True


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
    group_id: UUID | None = None


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Keep this place for a moment. Whom it is for, its length and its chair are the server's to find."""

    triage_id: UUID
    practitioner_id: UUID
    starts_at: datetime


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Turn a held place into an appointment."""

    hold_id: UUID


class FreeDays(msgspec.Struct, frozen=True, eq=False):
    """The days with free starts of a listing, the practitioners whom the starts name, and how long the visit
    takes at the first of them (where there is none: on the first day looked at).

    Each start is a minute since 1970 (UTC) with the number of its practitioner. Equal to itself alone: what
    is made of it once is found again without reading it.
    """

    practitioners: tuple[UUID, ...]
    days: list[tuple[date, list[tuple[int, int]]]]
    duration: Duration


class StartsListing(msgspec.Struct, frozen=True, kw_only=True):
    """A listing without chairs and suggestions."""

    visit: PlannedVisit
    site_id: UUID
    zone: str
    free: FreeDays
    next_from: date | None
