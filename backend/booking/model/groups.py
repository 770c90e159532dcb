"""Several people who come together: how their visits lie beside each other, and the choice of them all."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.booking.model.places import Duration, FreeSlot, PlannedVisit


class Arrangement(StrEnum):
    """How the visits of one choice lie.

    `CONSECUTIVE`: the same chair and practitioner, no gap but the cleaning. `PARALLEL`: different chairs,
    starts at most ten minutes apart, nobody's practitioner in two places.
    """

    CONSECUTIVE = "consecutive"
    PARALLEL = "parallel"


class BundlePlace(msgspec.Struct, frozen=True, kw_only=True):
    """One person's place in a bundle."""

    patient_id: UUID
    slot: FreeSlot


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """Places for several people, taken or left as one. `places` are in order of start.

    `unusual` is how many of them would not be with the practitioner whom they usually see.
    """

    arrangement: Arrangement
    places: tuple[BundlePlace, ...]
    unusual: int

    @property
    def start(self) -> datetime:
        """When the first of them is seen."""
        return self.places[0].slot.start

    @property
    def end(self) -> datetime:
        """When the last of them may go."""
        return max(place.slot.end for place in self.places)

    @property
    def presence(self) -> int:
        """How many minutes the family spends at the practice."""
        return int((self.end - self.start).total_seconds()) // 60


class HoldBundle(msgspec.Struct, frozen=True, kw_only=True):
    """Keep the best bundle of this arrangement that begins at this start, for a group.

    Without `site_id` at the site of the first listing.
    """

    group_id: UUID
    starts_at: datetime
    arrangement: Arrangement
    site_id: UUID | None = None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a group, with the questions answered or being answered for them."""

    patient_id: UUID
    triage_id: UUID | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """People whom one account wants to bring together. `arrangement` is known once places are held."""

    id: UUID
    account_id: UUID
    created_at: datetime
    members: tuple[Member, ...]
    arrangement: Arrangement | None = None


class BundleSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle put forward, with the key of the sentence that says why."""

    bundle: Bundle
    key: str


class BundleListing(msgspec.Struct, frozen=True, kw_only=True):
    """The bundles that fit: the first few to suggest, the best one first, then day by day in the `zone` of
    their site.

    `visits` are in the order of age, the youngest first, and `durations` in theirs: those of the first bundle
    listed, or of the first day where there is none. `tells_care` is False for a session that may not
    see what the visits are for. `next_from` is the day from which to list on.
    """

    visits: tuple[PlannedVisit, ...]
    durations: tuple[Duration, ...]
    site_id: UUID
    zone: str
    suggestions: tuple[BundleSuggestion, ...]
    days: tuple[tuple[date, tuple[Bundle, ...]], ...]
    next_from: date | None
    tells_care: bool = True


class MoveTogether(msgspec.Struct, frozen=True, kw_only=True):
    """Put every coming visit of a group into the best bundle of this arrangement at this start.

    `versions` are those that the person was looking at, by appointment.
    """

    versions: dict[UUID, int]
    starts_at: datetime
    arrangement: Arrangement
    site_id: UUID | None = None


class PersonState(StrEnum):
    """How far one person of a group is: questions not begun, begun, answered, a call needed, booked."""

    TO_ANSWER = "to_answer"
    BEGUN = "begun"
    READY = "ready"
    CALL = "call"
    BOOKED = "booked"


class PersonOfGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a group; `appointment_id` is set once they are booked."""

    patient_id: UUID
    given_name: str
    state: PersonState
    triage_id: UUID | None
    appointment_id: UUID | None = None
