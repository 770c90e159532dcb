"""The hours and closed days of a practice file, as openings and moments. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.practice.file_words import Closed, Hours, KeptBack, OneDay
from backend.practice.model import EmergencyPlace, Opening, Resource, School, Site

BACKWARDS = "these hours end before they begin; swap from and to"


def opening(hours: Hours, resource: Resource) -> Opening:
    """A weekly opening as the file writes it."""
    return Opening(
        resource_id=resource.id,
        weekday=hours.on.number,
        starts=hours.starts,
        ends=hours.ends,
        weeks=hours.weeks,
        valid_from=hours.valid_from,
        valid_until=hours.valid_until,
        school=hours.school,
    )


def special_opening(day: OneDay, resource: Resource) -> Opening:
    """The opening of one date."""
    return Opening(
        resource_id=resource.id,
        weekday=day.day.isoweekday(),
        starts=day.starts,
        ends=day.ends,
        only_on=day.day,
    )


def emergency_place(place: KeptBack, resource: Resource) -> EmergencyPlace:
    """What a practitioner keeps back each week."""
    return EmergencyPlace(
        practitioner_id=resource.id, weekday=place.on.number, starts=place.at, minutes=place.minutes
    )


def hours_cure(hours: Hours, site: Site) -> str | None:
    """What is wrong with weekly hours and how to mend it; None when nothing is."""
    if hours.starts >= hours.ends:
        return BACKWARDS
    if hours.valid_from and hours.valid_until and hours.valid_from > hours.valid_until:
        return "these hours are over before they begin; swap valid_from and valid_until"
    if hours.school is not School.ANY and not site.school_zone:
        return "whose school holidays? write school_zone = A, B or C at the site"
    return None


def in_order(at: Opening) -> tuple[object, ...]:
    """How openings are sorted, in the database too."""
    nowhere = date.max
    return (
        *(at.resource_id, at.weekday, at.starts, at.only_on or nowhere, at.valid_from or nowhere),
        *(at.weeks, at.school),
    )


def closed_span(closed: Closed, zone: ZoneInfo, today: date) -> tuple[datetime, datetime] | None:
    """From when to when, in UTC; None unless exactly one way of saying it was used."""
    ways = (closed.day, closed.starts or closed.ends, closed.weekday or closed.after_days)
    if sum(way is not None for way in ways) != 1 or (closed.last_day and not closed.day):
        return None
    if closed.starts and closed.ends:
        return _moment(closed.starts, zone), _moment(closed.ends, zone)
    if closed.day:
        return _midnight(closed.day, zone), _midnight(
            (closed.last_day or closed.day) + timedelta(days=1), zone
        )
    if closed.weekday is None or closed.after_days is None:
        return None
    first = today + timedelta(days=closed.after_days)
    day = first + timedelta(days=(closed.weekday.number - first.isoweekday()) % 7)
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _moment(datetime.combine(day, time()), zone)


def _moment(at: datetime, zone: ZoneInfo) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
