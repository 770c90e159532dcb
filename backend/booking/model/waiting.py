"""The waiting list: wishes to come earlier, places that came free, and the offer of one to a person.

All datetimes are aware; a freed place's span contains the chair's cleaning, an offer's does not.
"""

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

NOTICES = (60, 180, 1440, 2880)
"""The minutes of notice that a person may ask for."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """ "Tell me if an earlier place comes free": on which weekdays (1 is Monday), between which local
    hours, and how long before it the person must know."""

    id: UUID
    appointment_id: UUID
    patient_id: UUID
    account_id: UUID
    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    notice_minutes: int
    created_at: datetime


class WishWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it is asked for."""

    appointment_id: UUID
    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    notice_minutes: int


class Gap(msgspec.Struct, frozen=True):
    """Free time of a practitioner in one of their chairs, which nobody has booked."""

    practitioner_id: UUID
    chair_id: UUID
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Its length."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


class PlaceState(StrEnum):
    """What became of a freed place: somebody from the list has it, somebody else, or it was too late."""

    OPEN = "open"
    FILLED = "filled"
    TAKEN = "taken"
    LATE = "late"


class FreedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A practitioner's and a chair's time that a visit gave back, cleaning included.

    `appointment_id` and `version` say which visit it was; none (and 0) where nobody had booked that time and
    the desk opens it. `part_of` is the place from which it was split.
    """

    id: UUID
    appointment_id: UUID | None
    version: int
    practitioner_id: UUID
    chair_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: PlaceState
    part_of: UUID | None = None

    @property
    def minutes(self) -> int:
        """Its length, cleaning included."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


class OfferState(StrEnum):
    """Every offer is open, then exactly one of the others."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A place kept for one person until `expires_at`; that is moved on once, when the message leaves."""

    id: UUID
    place_id: UUID
    wish_id: UUID
    appointment_id: UUID
    appointment_version: int
    patient_id: UUID
    practitioner_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: OfferState
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None


class Refill(msgspec.Struct, frozen=True):
    """How many places came free, were offered, and were taken: from the list, or by somebody else."""

    freed: int
    offered: int
    filled: int
    taken: int

    @property
    def percent(self) -> int | None:
        """The share of freed places that somebody has; None where none came free."""
        return round(100 * (self.filled + self.taken) / self.freed) if self.freed else None
