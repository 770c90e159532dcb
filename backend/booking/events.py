"""What happened to an appointment or a request, for those who listen: reminders, and later the desk."""

from datetime import datetime
from uuid import UUID

from backend.kit.events import Event

DEED_VERSION = 1
"""A message about a deed names its id and this version: a deed is told once and never changes."""


class AppointmentBooked(Event, frozen=True):
    """A visit now exists.

    Here and below, `deed_id` is shared by visits of several people that were changed together: one message
    tells of them all.
    """

    appointment_id: UUID
    version: int
    deed_id: UUID | None = None


class AppointmentMoved(Event, frozen=True):
    """It has another time; `version` is the new one. `by_desk` when the practice moved it.

    `was_…` is the place that it gave back: nothing else remembers it. None where that is not told.
    """

    appointment_id: UUID
    version: int
    by_desk: bool
    was_practitioner_id: UUID | None = None
    was_chair_id: UUID | None = None
    was_starts_at: datetime | None = None
    was_ends_at: datetime | None = None
    deed_id: UUID | None = None


class AppointmentCancelled(Event, frozen=True):
    """Its place is free again; `version` is the one that was cancelled."""

    appointment_id: UUID
    version: int
    by_desk: bool
    deed_id: UUID | None = None


class AppointmentConfirmed(Event, frozen=True):
    """Somebody said "I shall come" to this version."""

    appointment_id: UUID
    version: int


class DurationChanged(Event, frozen=True):
    """The desk gave it another length at the same start; the version stays, since messages name the start.

    `was_ends_at` is when its care ended before.
    """

    appointment_id: UUID
    version: int
    was_ends_at: datetime | None = None


class RequestMade(Event, frozen=True):
    """Something was asked of the desk."""

    request_id: UUID


class PlaceFreed(Event, frozen=True):
    """A place may be offered to somebody who waits for an earlier one."""

    place_id: UUID


class OfferMade(Event, frozen=True):
    """A place is kept for somebody, who is to be told."""

    offer_id: UUID


class OfferEnded(Event, frozen=True):
    """An offer has its one end; not `accepted`, its place may be offered to the next."""

    offer_id: UUID
    accepted: bool
