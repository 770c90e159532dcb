"""Every feature's tables, and the one history that migrates them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from backend.audit import tables as audit
from backend.booking import tables as booking
from backend.calendars import tables as calendars
from backend.families import tables as families
from backend.feeds import tables as feeds
from backend.identity import tables as identity
from backend.messaging import tables as messaging
from backend.outbox import tables as outbox
from backend.practice import tables as practice
from backend.triage import tables as triage

APP_CONFIG = AppConfig(
    app_name="quenotte",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        outbox.OutboxEvent,
        outbox.WorkerBeat,
        audit.AuditEntry,
        messaging.Delivery,
        messaging.DeliveryReceipt,
        identity.Account,
        identity.StaffMember,
        identity.Passkey,
        identity.Challenge,
        identity.Session,
        identity.SignInCode,
        identity.PushSubscription,
        identity.Invitation,
        identity.ClientAction,
        practice.Site,
        practice.Resource,
        practice.Practitioner,
        practice.CareType,
        practice.PractitionerCare,
        practice.OpeningHours,
        practice.Closure,
        practice.EmergencyPlace,
        practice.LengtheningRow,
        practice.PracticeChange,
        families.Patient,
        families.Guardian,
        calendars.ExternalCalendar,
        calendars.ExternalBusy,
        triage.TriageRun,
        booking.BookingGroup,
        booking.BookingGroupMember,
        booking.Hold,
        booking.Appointment,
        booking.ToldTogether,
        booking.WaitingWish,
        booking.FreedPlace,
        booking.PlaceOffer,
        booking.WaitingMode,
        booking.ResourceUse,
        booking.ResourceStamp,
        booking.DeskChange,
        booking.LengthDecision,
        booking.DeskRequest,
        feeds.CalendarFeed,
    ],
    migration_dependencies=[],
)
