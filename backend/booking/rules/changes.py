"""What may be booked, moved or cancelled at this moment, and the refusals that can be said to a patient.

Nothing here knows who asks: that is decided where appointments are read.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.model import Appointment, Bundle, FreeSlot, Status
from backend.booking.rules.durations import LONGEST, STEP
from backend.booking.rules.slots import notice
from backend.kit.days import age_on
from backend.kit.errors import Refusal
from backend.practice.model import CareType, FirstVisit

HORIZON = timedelta(days=180)
WITHIN = {"U2": timedelta(hours=24), "U3": timedelta(days=7)}
# How long before a visit it may still be booked: time to travel, and for the practice to see it coming.
NOTICE_HOURS = {"U2": 1, "U3": 2}
USUAL_NOTICE_HOURS = 12
# From which hour of the day itself what is kept back for emergencies may be taken.
RELEASED_FROM = {"U3": 8}
RELEASED_TO_ALL = 12
LATE = timedelta(hours=24)
UNDO_FOR = timedelta(seconds=15)
"""How long the desk may take back what it changed, before anybody is told of it."""
MOST_PEOPLE = 4
"""How many may come together."""


class CallInstead(Refusal):
    """Such an urgency is not booked online: a human decides, now."""

    key = "booking.call_instead"
    status = 409


class CannotBook(Refusal):
    """The helper may read, but the patient did not let them book."""

    key = "booking.cannot_book"
    status = 403


class NotOnline(Refusal):
    """The practice books this care itself, or not for somebody of that age, or for new or known patients."""

    key = "booking.not_online"
    status = 409


class AlreadyBooked(Refusal):
    """These answers have led to an appointment, which can be moved instead."""

    key = "booking.already_booked"
    status = 409

    def __init__(self, appointment_id: UUID) -> None:
        super().__init__()
        self.appointment_id = appointment_id


class SlotTaken(Refusal):
    """The place is no longer free; `others` are the nearest that are. `extra` is for the JSON answer."""

    key = "booking.slot_taken"
    status = 409

    def __init__(self, others: Sequence[FreeSlot] = ()) -> None:
        super().__init__()
        self.others = tuple(others)
        self.extra: dict[str, object] = {}


class BusyElsewhere(Refusal):
    """Free here, but an external agenda says that the practitioner is busy: the desk may insist."""

    key = "booking.busy_elsewhere"
    status = 409


class BundleTaken(Refusal):
    """The places for several people are no longer free together; `others` are the nearest that are."""

    key = "booking.bundle_taken"
    status = 409

    def __init__(self, others: Sequence[Bundle] = ()) -> None:
        super().__init__()
        self.others = tuple(others)
        self.extra: dict[str, object] = {}


class BookTogether(Refusal):
    """A place held for a group is booked with the others, or not at all."""

    key = "booking.book_together"
    status = 409


class HeldByOther(Refusal):
    """Somebody else who acts for the same person holds a place for them until `hour`."""

    key = "booking.held_by_other"
    status = 409


class NotTogether(Refusal):
    """Coming together takes from two to four people, each with an answer that books."""

    key = "booking.not_together"
    status = 422

    def __init__(self) -> None:
        super().__init__(most=MOST_PEOPLE)


class NotOffered(Refusal):
    """The start lies in the past, or beyond the time within which this visit may be."""

    key = "booking.not_offered"
    status = 409


class HoldExpired(Refusal):
    """Ten minutes have passed, or another place was held instead."""

    key = "booking.hold_expired"
    status = 409


class ChangedMeanwhile(Refusal):
    """Somebody changed the appointment after this page was opened."""

    key = "booking.changed_meanwhile"
    status = 409


class NoLongerBooked(Refusal):
    """It is cancelled, or the visit has begun."""

    key = "booking.no_longer_booked"
    status = 409


class TooLateToUndo(Refusal):
    """The family is told, or the appointment was changed again."""

    key = "booking.too_late_to_undo"
    status = 409


class OldPlaceTaken(Refusal):
    """Somebody took the place that the appointment had before."""

    key = "booking.old_place_taken"
    status = 409


class BadLength(Refusal):
    """A visit lasts a multiple of five minutes."""

    key = "booking.bad_length"
    status = 422

    def __init__(self) -> None:
        super().__init__(least=STEP, most=LONGEST)


class NoRoom(Refusal):
    """The longer visit would run into the next one."""

    key = "booking.no_room"
    status = 409


class Window(NamedTuple):
    """The starts that may be chosen, both ends included. Empty when `latest` comes before `earliest`."""

    earliest: datetime
    latest: datetime


def window(urgency: str, decided_at: datetime, now: datetime) -> Window:
    """Between which moments a visit of that urgency may start.

    U2 within 24 real hours of the answers, U3 within seven days, U4 within the horizon. Raises
    CallInstead for U0 and U1.
    """
    if urgency in ("U0", "U1"):
        raise CallInstead
    earliest = notice(now, NOTICE_HOURS.get(urgency, USUAL_NOTICE_HOURS))
    within = WITHIN.get(urgency)
    latest = now + HORIZON if within is None else decided_at.astimezone(UTC) + within
    return Window(earliest, latest)


def held_until(urgency: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when places kept back for emergencies are open to a visit of that urgency; None means always.

    U2 may take them at any time, U3 those of today from 8 h on, everybody those of today from 12 h on.
    """
    if urgency == "U2":
        return None
    today = now.astimezone(zone)
    midnight = datetime.combine(today.date(), time(), zone)
    released = today.hour >= RELEASED_FROM.get(urgency, RELEASED_TO_ALL)
    return datetime.combine(today.date() + timedelta(days=1), time(), zone) if released else midnight


def check_online(care: CareType, birth_date: date, day: date, first_visit: bool) -> None:
    """Whether such a person may book such care online, on the first day on which it could be; NotOnline."""
    age = age_on(birth_date, day)
    right_age = (care.least_age or 0) <= age <= (age if care.most_age is None else care.most_age)
    wanted = care.first_visit is FirstVisit.ANY or (care.first_visit is FirstVisit.ONLY) == first_visit
    if care.retired or not (care.bookable_online and right_age and wanted):
        raise NotOnline


def desk_window(now: datetime) -> Window:
    """The desk needs no notice: a patient may be standing there."""
    return Window(now, now + HORIZON)


def check_start(starts_at: datetime, limits: Window) -> None:
    """A start that was never offered (a page left open, a forged one) is refused before any search."""
    if not limits.earliest <= starts_at <= limits.latest:
        raise NotOffered


def check_change(appointment: Appointment, version: int, now: datetime, *, by_desk: bool = False) -> None:
    """Moving, cancelling and confirming are possible for the version that was looked at.

    A patient may until the start; the desk also after it, for somebody who is late.
    """
    if appointment.status is not Status.BOOKED or (appointment.starts_at <= now and not by_desk):
        raise NoLongerBooked
    if appointment.version != version:
        raise ChangedMeanwhile


def check_length_change(appointment: Appointment, version: int) -> None:
    """The length may be changed until the care is done."""
    if appointment.status not in (Status.BOOKED, Status.ARRIVED):
        raise NoLongerBooked
    if appointment.version != version:
        raise ChangedMeanwhile


def check_length(minutes: int) -> None:
    """A length that the desk may give a visit."""
    if minutes % STEP or not STEP <= minutes <= LONGEST:
        raise BadLength


def is_late(appointment: Appointment, now: datetime) -> bool:
    """Whether a move or a cancellation comes less than 24 hours before the start. Nobody pays for it."""
    return appointment.starts_at - now < LATE
