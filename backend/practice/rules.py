"""When the practice is open, in real minutes.

Opening hours are written in a site's local time. Here they become spans and bitmaps (`kit.grid`) of UTC
minutes, so that a day of 23 or 25 hours is counted as it is.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.kit.days import holidays_between
from backend.kit.grid import GRID, bits_of, inner_bits, minute, minute_after, origin_of, outer_bits
from backend.practice.model import Closure, Opening, Practice, Resource, ResourceKind, Site, Span, Weeks

_PEOPLE = (ResourceKind.PRACTITIONER, ResourceKind.ASSISTANT)


def opening_spans(
    openings: Iterable[Opening], day: date, zone: ZoneInfo, closed_days: Collection[date]
) -> list[Span]:
    """The openings that hold on a local day, as UTC minutes, in order; none on a public holiday."""
    if day in closed_days:
        return []
    spans = (
        Span(
            minute(datetime.combine(day, opening.starts, zone)),
            minute(datetime.combine(day, opening.ends, zone)),
        )
        for opening in openings
        if _holds(opening, day)
    )
    return sorted(span for span in spans if span.start < span.end)


def opening_mask(
    openings: Iterable[Opening],
    closures: Iterable[Closure],
    first_day: date,
    days: int,
    zone: ZoneInfo,
    closed_days: Collection[date],
) -> int:
    """The bitmap of one resource's openings from the midnight of `first_day`, closures cut out.

    All `openings` and `closures` given count: choose those of the resource before.
    """
    weekly = tuple(openings)
    origin, bits = origin_of(first_day, zone), bits_of(first_day, days, zone)
    opened = 0
    for index in range(days):
        for span in opening_spans(weekly, first_day + timedelta(days=index), zone, closed_days):
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


def _hours_mask(weekly: list[Opening], site: Site, first_day: date, days: int, origin: int) -> int:
    # A day more on either side, because a site overseas begins its days earlier or later.
    first, last = first_day - timedelta(days=1), first_day + timedelta(days=days)
    closed_days = holidays_between(site.country, site.subdivision, first, last)
    mask = opening_mask(weekly, (), first, days + 2, site.timezone, closed_days)
    return mask >> (origin - origin_of(first, site.timezone)) // GRID


def _holds(opening: Opening, day: date) -> bool:
    iso = day.isocalendar()
    if opening.weekday != iso.weekday:
        return False
    return opening.weeks is Weeks.ALL or (opening.weeks is Weeks.EVEN) == (iso.week % 2 == 0)
