"""What the JSON API says: ids and times as they are, and the same words as on the pages beside them."""

from datetime import date, datetime
from functools import lru_cache
from typing import cast
from uuid import UUID

import msgspec

from backend.booking.appointment_views import said_length
from backend.booking.model import Appointment, FreeSlot, HeldSlot, Status
from backend.booking.model.places import FreeDays, StartsListing
from backend.booking.rules.planning import duration_on
from backend.booking.views import START, said_duration
from backend.kit import dates
from backend.practice.model import Practice


class SlotOut(msgspec.Struct, frozen=True, kw_only=True):
    """A free place, offered instead of one that is gone; `label` says its day and hour."""

    start: datetime
    label: str
    practitioner: UUID
    practitioner_name: str


class DayOut(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the site's calendar with its free starts.

    A start is its minute since 1970-01-01 00:00 UTC and the number of its practitioner, counted from 0.
    """

    day: date
    label: str
    starts: list[tuple[int, int]]


class PractitionerOut(msgspec.Struct, frozen=True):
    """Whom `practitioner_id` in `/holds` names, and how long the visit takes with them on the first day."""

    id: UUID
    name: str
    minutes: int


class DurationOut(msgspec.Struct, frozen=True, kw_only=True):
    """The length of the care in minutes, and why it takes that long."""

    minutes: int
    reason: str


class SlotsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Up to seven days with free places; ask again with `from=next_from` for more.

    They are at `site`, and hours are those of its `zone`. `practitioners` are those whom the starts name,
    each by their number.
    """

    site: UUID
    zone: str
    practitioners: list[PractitionerOut]
    days: list[DayOut]
    next_from: date | None
    duration: DurationOut


class HoldOut(msgspec.Struct, frozen=True, kw_only=True):
    """A place kept until `expires_at`."""

    id: UUID
    expires_at: datetime
    next: str


class AppointmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """A visit. Changes name its `version`. `care` and the reasons are empty without a passkey."""

    id: UUID
    patient_id: UUID
    patient_name: str
    starts_at: datetime
    ends_at: datetime
    label: str
    zone: str
    practitioner: UUID
    practitioner_name: str
    site: str
    address: tuple[str, ...]
    care: str
    duration: DurationOut
    status: Status
    confirmed: bool
    version: int


def slots(listing: StartsListing, practice: Practice, locale: str) -> SlotsOut:
    """A listing."""
    duration = listing.free.duration
    return SlotsOut(
        site=listing.site_id,
        zone=listing.zone,
        practitioners=[
            PractitionerOut(id, practice.practitioner(id).short_name, _minutes(listing, practice, id))
            for id in listing.free.practitioners
        ],
        days=_days(listing.free, locale),
        next_from=listing.next_from,
        duration=DurationOut(minutes=duration.minutes, reason=said_duration(duration, listing.visit, locale)),
    )


@lru_cache(maxsize=128)
def _days(free: FreeDays, locale: str) -> list[DayOut]:
    # Written once for everybody who is shown the same days; the encoder takes it as it is.
    days = [DayOut(day=day, label=dates.day(day, locale), starts=starts) for day, starts in free.days]
    return cast(list[DayOut], msgspec.Raw(msgspec.json.encode(days)))


def _minutes(listing: StartsListing, practice: Practice, practitioner_id: UUID) -> int:
    if not practice.own_minutes(listing.visit.care.key):
        return listing.free.duration.minutes
    return duration_on(practice, listing.visit, listing.free.days[0][0], practitioner_id).minutes


def other(slot: FreeSlot, practice: Practice, locale: str) -> SlotOut:
    """A place offered instead of one that is gone."""
    zone = practice.site_of(slot.chair_id).zone
    return SlotOut(
        start=slot.start,
        label=dates.moment(slot.start, zone, locale),
        practitioner=slot.practitioner_id,
        practitioner_name=practice.practitioner(slot.practitioner_id).short_name,
    )


def held(hold: HeldSlot) -> HoldOut:
    """A hold."""
    return HoldOut(id=hold.id, expires_at=hold.expires_at, next=f"{START}/retenu/{hold.id}")


def appointment(found: Appointment, name: str, practice: Practice, locale: str) -> AppointmentOut:
    """A visit as far as the session may see it."""
    site = practice.site(found.site_id)
    care = practice.care_type(found.care_key) if found.care_key else None
    who = {each.id: each.short_name for each in practice.practitioners}
    return AppointmentOut(
        id=found.id,
        patient_id=found.patient_id,
        patient_name=name,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        label=dates.moment(found.starts_at, site.zone, locale),
        zone=site.zone,
        practitioner=found.practitioner_id,
        practitioner_name=who.get(found.practitioner_id, ""),
        site=site.name,
        address=site.address,
        care=care.name(locale) if care else "",
        duration=DurationOut(
            minutes=found.minutes,
            reason=said_length(found, care, name, locale),
        ),
        status=found.status,
        confirmed=found.confirmed_at is not None,
        version=found.version,
    )
