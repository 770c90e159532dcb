"""When the practice is open, in real minutes.

Opening hours are written in a site's local time. Here they become spans and bitmaps (`kit.grid`) of UTC
minutes, so that a day of 23 or 25 hours is counted as it is.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.kit.days import holidays_between, school_holidays_between
from backend.kit.grid import GRID, bits_of, inner_bits, minute, minute_after, origin_of, outer_bits
from backend.practice.model import (
    Closure,
    Opening,
    Practice,
    Resource,
    ResourceKind,
    School,
    Site,
    Span,
    Weeks,
)

_PEOPLE = (ResourceKind.PRACTITIONER, ResourceKind.ASSISTANT)


def opening_spans(
    openings: Iterable[Opening],
    day: date,
    zone: ZoneInfo,
    closed_days: Collection[date],
    school_holidays: Collection[date] = (),
) -> list[Span]:
    """The openings of one resource that hold on a local day, as UTC minutes, in order.

    On a public holiday none, unless it has hours of its own.
    """
    spans = (
        Span(
            minute(datetime.combine(day, opening.starts, zone)),
            minute(datetime.combine(day, opening.ends, zone)),
        )
        for opening in openings_on(openings, day, closed_days, school_holidays)
    )
    return sorted(span for span in spans if span.start < span.end)


def openings_on(
    openings: Iterable[Opening],
    day: date,
    closed_days: Collection[date],
    school_holidays: Collection[date] = (),
) -> list[Opening]:
    """Those of one resource's openings that hold on a day: the date's own, or else the week's."""
    candidates = tuple(openings)
    own = [opening for opening in candidates if opening.only_on == day]
    if own or day in closed_days:
        return own
    return [opening for opening in candidates if _holds(opening, day, day in school_holidays)]


def opening_mask(
    openings: Iterable[Opening],
    closures: Iterable[Closure],
    first_day: date,
    days: int,
    zone: ZoneInfo,
    closed_days: Collection[date],
    school_holidays: Collection[date] = (),
) -> int:
    """The bitmap of one resource's openings from the midnight of `first_day`, closures cut out.

    All `openings` and `closures` given count: choose those of the resource before.
    """
    weekly = tuple(openings)
    origin, bits = origin_of(first_day, zone), bits_of(first_day, days, zone)
    opened = 0
    for index in range(days):
        day = first_day + timedelta(days=index)
        for span in opening_spans(weekly, day, zone, closed_days, school_holidays):
            opened |= inner_bits(span, origin, bits)
    return opened & ~closure_mask(closures, origin, bits)


def closure_mask(closures: Iterable[Closure], origin: int, bits: int) -> int:
    """The bitmap of closed stretches; five minutes that have begun are closed whole."""
    closed = 0
    for closure in closures:
        closed |= outer_bits(Span(minute(closure.starts_at), minute_after(closure.ends_at)), origin, bits)
    return closed


def opening_masks(practice: Practice, first_day: date, days: int, zone: ZoneInfo) -> dict[UUID, int]:
    """The bitmap of every resource, by id, from the midnight of `first_day` in `zone`.

    A chair or machine without hours of its own is open but for closures: the practitioner's hours
    decide. A practitioner or assistant without hours is never there. Sites in another zone keep their
    own hours, laid over the same bits.
    """
    origin, bits = origin_of(first_day, zone), bits_of(first_day, days, zone)
    masks = {}
    for resource in practice.resources:
        weekly = [opening for opening in practice.openings if opening.resource_id == resource.id]
        opened = (1 << bits) - 1
        if weekly or resource.kind in _PEOPLE:
            opened &= _hours_mask(weekly, practice.site(resource.site_id), first_day, days, origin)
        masks[resource.id] = opened & ~closure_mask(closures_of(practice, resource), origin, bits)
    return masks


def closures_of(practice: Practice, resource: Resource) -> list[Closure]:
    """The closures of a resource and of its whole site."""
    return [
        closure
        for closure in practice.closures
        if closure.site_id == resource.site_id and closure.resource_id in (None, resource.id)
    ]


def holidays_of(site: Site, first: date, last: date) -> Collection[date]:
    """The public holidays on which a site is closed, in the years that the days touch."""
    if not site.keeps_public_holidays:
        return ()
    return holidays_between(site.country, site.subdivision, first, last)


def _hours_mask(weekly: list[Opening], site: Site, first_day: date, days: int, origin: int) -> int:
    # A day more on either side, because a site overseas begins its days earlier or later.
    first, last = first_day - timedelta(days=1), first_day + timedelta(days=days)
    closed_days = holidays_of(site, first, last)
    school = school_holidays_between(site.school_zone, first, last) if site.school_zone else ()
    mask = opening_mask(weekly, (), first, days + 2, site.timezone, closed_days, school)
    return mask >> (origin - origin_of(first, site.timezone)) // GRID


def _holds(opening: Opening, day: date, in_school_holidays: bool) -> bool:
    iso = day.isocalendar()
    if opening.only_on or opening.weekday != iso.weekday:
        return False
    if not (opening.valid_from or day) <= day <= (opening.valid_until or day):
        return False
    if opening.school is not School.ANY and (opening.school is School.HOLIDAYS) != in_school_holidays:
        return False
    return opening.weeks is Weeks.ALL or (opening.weeks is Weeks.EVEN) == (iso.week % 2 == 0)
