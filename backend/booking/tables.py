"""Appointments, holds, what occupies each resource, and requests to the desk.

No double booking rests on one exclusion constraint over `resource_use` (migration `…_laws`): a resource
never has two overlapping spans, whoever writes them.
"""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Time,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.column_types import JSONB
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


def _reference(table: str) -> LazyTableReference:
    return LazyTableReference(table, app_name="quenotte")


class BookingGroup(Table, tablename="booking_group"):
    """People whom one account wants to bring together: first questions each, then one choice for all."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(_reference("Account"), on_delete=OnDelete.restrict, **REQUIRED)
    arrangement = Text(**OPTIONAL, help_text="consecutive, parallel; empty until places are held")
    created_at = Timestamptz(**REQUIRED)


class BookingGroupMember(Table, tablename="booking_group_member"):
    """One of them, with the questions answered for them."""

    id = UUID(primary_key=True, **REQUIRED)
    group_id = ForeignKey(BookingGroup, on_delete=OnDelete.restrict, **REQUIRED)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **REQUIRED)
    triage_id = ForeignKey(_reference("TriageRun"), on_delete=OnDelete.restrict, **OPTIONAL)

    booking_group_member_once = Unique(["group_id", "patient_id"])


class Hold(Table, tablename="hold"):
    """A place kept for ten minutes of business time while somebody decides."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(_reference("Account"), on_delete=OnDelete.restrict, **REQUIRED)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **REQUIRED)
    triage_id = ForeignKey(_reference("TriageRun"), on_delete=OnDelete.restrict, **REQUIRED)
    group_id = ForeignKey(BookingGroup, on_delete=OnDelete.restrict, **OPTIONAL)
    practitioner_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    chair_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED)
    duration = JSONB(**REQUIRED, help_text="booking.model.Duration")
    expires_at = Timestamptz(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)


class Appointment(Table, tablename="appointment"):
    """A visit. `version` grows with each change of time; messages speak of one version."""

    id = UUID(primary_key=True, **REQUIRED)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **REQUIRED)
    booked_by = ForeignKey(_reference("Account"), on_delete=OnDelete.restrict, **OPTIONAL)
    hold_id = UUID(**OPTIONAL, unique=True, help_text="the hold it came from: a second submit finds it")
    triage_id = ForeignKey(_reference("TriageRun"), on_delete=OnDelete.restrict, **OPTIONAL)
    group_id = ForeignKey(BookingGroup, on_delete=OnDelete.restrict, **OPTIONAL)
    practitioner_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    chair_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    site_id = ForeignKey(_reference("Site"), on_delete=OnDelete.restrict, **REQUIRED)
    care_key = Text(**REQUIRED)
    urgency = Text(**REQUIRED)
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED)
    duration = JSONB(**REQUIRED, help_text="booking.model.Duration")
    status = Text(**REQUIRED, help_text="booked, cancelled, arrived, done, missed")
    confirmed_at = Timestamptz(**OPTIONAL)
    seated_at = Timestamptz(**OPTIONAL, help_text="in the chair, as the staff told")
    finished_at = Timestamptz(**OPTIONAL, help_text="the care was over")
    version = Integer(default=1, null=False)
    moved_late = Boolean(default=False, null=False, help_text="for the desk to know; nobody pays")
    cancelled_late = Boolean(default=False, null=False)
    created_at = Timestamptz(**REQUIRED)
    changed_at = Timestamptz(**REQUIRED)


class ToldTogether(Table, tablename="told_together"):
    """Visits that one deed booked, moved or cancelled together, each in the version that it had then.

    One message tells of them all; its delivery names the deed.
    """

    id = UUID(primary_key=True, **REQUIRED)
    deed_id = UUID(**REQUIRED)
    appointment_id = ForeignKey(Appointment, on_delete=OnDelete.restrict, **REQUIRED)
    version = Integer(**REQUIRED)

    told_together_once = Unique(["deed_id", "appointment_id"])


class WaitingWish(Table, tablename="waiting_wish"):
    """Somebody would come earlier than their appointment; `ended_at` when they no longer would."""

    id = UUID(primary_key=True, **REQUIRED)
    appointment_id = ForeignKey(Appointment, on_delete=OnDelete.restrict, **REQUIRED)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **REQUIRED)
    account_id = ForeignKey(_reference("Account"), on_delete=OnDelete.restrict, **REQUIRED)
    weekdays = Array(base_column=Integer(), default=list, null=False, help_text="1 is Monday")
    from_time = Time(**REQUIRED, help_text="local")
    until_time = Time(**REQUIRED)
    notice_minutes = Integer(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)
    ended_at = Timestamptz(**OPTIONAL)


class FreedPlace(Table, tablename="freed_place"):
    """Time that a visit gave back or that the desk opened, to be offered to those who wait."""

    id = UUID(primary_key=True, **REQUIRED)
    appointment_id = ForeignKey(Appointment, on_delete=OnDelete.restrict, **OPTIONAL)
    version = Integer(**REQUIRED, help_text="of the visit that gave it back; 0 without one")
    practitioner_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    chair_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED, help_text="with the cleaning")
    part_of = UUID(**OPTIONAL, help_text="the place it was split from")
    state = Text(**REQUIRED, help_text="open, filled, taken, late")
    created_at = Timestamptz(**REQUIRED)
    closed_at = Timestamptz(**OPTIONAL)

    freed_place_once = Unique(["appointment_id", "version", "starts_at"])


class PlaceOffer(Table, tablename="place_offer"):
    """A place kept for one person who waits, until `expires_at`. It ends once, in one state."""

    id = UUID(primary_key=True, **REQUIRED)
    place_id = ForeignKey(FreedPlace, on_delete=OnDelete.restrict, **REQUIRED)
    wish_id = ForeignKey(WaitingWish, on_delete=OnDelete.restrict, **REQUIRED)
    appointment_id = ForeignKey(Appointment, on_delete=OnDelete.restrict, **REQUIRED)
    appointment_version = Integer(**REQUIRED)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **REQUIRED)
    practitioner_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED)
    state = Text(**REQUIRED, help_text="open, accepted, refused, expired, withdrawn")
    created_at = Timestamptz(**REQUIRED)
    sent_at = Timestamptz(**OPTIONAL)
    expires_at = Timestamptz(**REQUIRED)
    ended_at = Timestamptz(**OPTIONAL)

    place_offer_once = Unique(["place_id", "wish_id"])


class WaitingMode(Table, tablename="waiting_mode"):
    """Whether offers leave by themselves or wait for the staff. The newest row holds; none: by themselves."""

    id = UUID(primary_key=True, **REQUIRED)
    automatic = Boolean(default=None, null=False)
    account_id = UUID(**OPTIONAL)
    changed_at = Timestamptz(**REQUIRED)


class ResourceUse(Table, tablename="resource_use"):
    """One span of one resource: for an appointment, for a hold or an offer (until it expires), or blocked."""

    id = UUID(primary_key=True, **REQUIRED)
    resource_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    appointment_id = ForeignKey(Appointment, on_delete=OnDelete.restrict, **OPTIONAL)
    hold_id = ForeignKey(Hold, on_delete=OnDelete.restrict, **OPTIONAL)
    offer_id = ForeignKey(PlaceOffer, on_delete=OnDelete.restrict, **OPTIONAL)
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED, help_text="the chair's includes its cleaning")
    expires_at = Timestamptz(**OPTIONAL, help_text="set while it belongs to a hold or an offer")


class ResourceStamp(Table, tablename="resource_stamp"):
    """Changes with whatever occupies a resource, by triggers; what was kept of it holds until then."""

    resource_id = ForeignKey(_reference("Resource"), primary_key=True, on_delete=OnDelete.cascade, **REQUIRED)
    stamp = UUID(**REQUIRED, help_text="random; none for a resource that nothing ever occupied")


class DeskChange(Table, tablename="desk_change"):
    """A move or another length by the desk, with what stood before: it can be undone until somebody is told.

    `changed_at` is the appointment's after it: any later change makes undoing impossible.
    """

    id = UUID(primary_key=True, **REQUIRED)
    appointment_id = ForeignKey(Appointment, on_delete=OnDelete.restrict, **REQUIRED)
    account_id = UUID(**OPTIONAL)
    event_id = UUID(**REQUIRED, help_text="the outbox event that waits")
    before = JSONB(**REQUIRED, help_text="booking.undo_repository.Before")
    version = Integer(**REQUIRED, help_text="the appointment's after it; never given again")
    changed_at = Timestamptz(**REQUIRED)
    until = Timestamptz(**REQUIRED, help_text="machine time")
    undone_at = Timestamptz(**OPTIONAL)


class LengthDecision(Table, tablename="length_decision"):
    """What the owner decided about a care's length with a practitioner, and what was known then."""

    id = UUID(primary_key=True, **REQUIRED)
    practitioner_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **REQUIRED)
    care_key = Text(**REQUIRED)
    verdict = Text(**REQUIRED, help_text="accepted, declined or set")
    cases = Integer(**REQUIRED)
    median = Integer(**OPTIONAL, help_text="real minutes; none while the cases are few")
    upper = Integer(**OPTIONAL, help_text="the 70th percentile, likewise")
    was_minutes = Integer(**REQUIRED)
    minutes = Integer(**REQUIRED, help_text="what was proposed, or set by hand")
    account_id = UUID(**OPTIONAL)
    decided_at = Timestamptz(**REQUIRED)


class DeskRequest(Table, tablename="desk_request"):
    """Something asked of the desk: to be called back, a document, a certificate, a question."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(_reference("Account"), on_delete=OnDelete.restrict, **OPTIONAL)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **OPTIONAL)
    triage_id = ForeignKey(_reference("TriageRun"), on_delete=OnDelete.restrict, **OPTIONAL)
    kind = Text(**REQUIRED, help_text="callback, document, certificate, question, other")
    urgency = Text(**OPTIONAL)
    reason = Text(**REQUIRED)
    phone = Text(**REQUIRED)
    preferred_time = Text(**REQUIRED)
    deadline = Timestamptz(**REQUIRED)
    state = Text(**REQUIRED, help_text="open, taken, done")
    taken_by = UUID(**OPTIONAL)
    created_at = Timestamptz(**REQUIRED)
    changed_at = Timestamptz(**REQUIRED)
