"""What happened to an appointment or a request, for those who listen: reminders, and later the desk."""

from uuid import UUID

from backend.kit.events import Event


class AppointmentBooked(Event, frozen=True):
    """A visit now exists."""

    appointment_id: UUID
    version: int


class AppointmentMoved(Event, frozen=True):
    """It has another time; `version` is the new one. `by_desk` when the practice moved it."""

    appointment_id: UUID
    version: int
    by_desk: bool


class AppointmentCancelled(Event, frozen=True):
    """Its place is free again; `version` is the one that was cancelled."""

    appointment_id: UUID
    version: int
    by_desk: bool


class AppointmentConfirmed(Event, frozen=True):
    """Somebody said "I shall come" to this version."""

    appointment_id: UUID
    version: int


class DurationChanged(Event, frozen=True):
    """The desk gave it another length at the same start; the version stays, since messages name the start."""

    appointment_id: UUID
    version: int


class RequestMade(Event, frozen=True):
    """Something was asked of the desk."""

    request_id: UUID
