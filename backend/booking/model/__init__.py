"""The words of booking, in four files. Import them from here."""

from backend.booking.model.appointments import (
    Appointment,
    Cancel,
    CancelReason,
    ChangeDuration,
    Confirm,
    MessageFacts,
    Move,
    Status,
)
from backend.booking.model.groups import Arrangement, Bundle, BundlePlace, HoldBundle
from backend.booking.model.places import (
    Book,
    Duration,
    DurationLine,
    Filters,
    FreeSlot,
    HeldSlot,
    Hold,
    Listing,
    PartOfDay,
    PlannedVisit,
    SlotQuery,
    Suggestion,
)
from backend.booking.model.requests import (
    Ask,
    Request,
    RequestKind,
    RequestState,
)

__all__ = [
    "Appointment",
    "Arrangement",
    "Ask",
    "Book",
    "Bundle",
    "BundlePlace",
    "Cancel",
    "CancelReason",
    "ChangeDuration",
    "Confirm",
    "Duration",
    "DurationLine",
    "Filters",
    "FreeSlot",
    "HeldSlot",
    "Hold",
    "HoldBundle",
    "Listing",
    "MessageFacts",
    "Move",
    "PartOfDay",
    "PlannedVisit",
    "Request",
    "RequestKind",
    "RequestState",
    "SlotQuery",
    "Status",
    "Suggestion",
]
