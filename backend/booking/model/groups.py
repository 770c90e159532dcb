"""Several people who come together: how their visits lie beside each other, and the choice of them all."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.booking.model.places import FreeSlot


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
    """Keep the best bundle of this arrangement that begins at this start, for a group."""

    group_id: UUID
    starts_at: datetime
    arrangement: Arrangement
