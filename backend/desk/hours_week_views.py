"""Hours day by day: everybody's week, and two weeks of somebody as they are and would be. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from backend.desk.hours_actions import site_of
from backend.desk.hours_words import clock, words
from backend.kit import dates
from backend.kit.grid import GRID, moment, origin_of, positions
from backend.kit.i18n import t
from backend.practice.model import Practice, Resource, ResourceKind, Site
from backend.practice.plan_actions import holidays_of, opening_masks

WEEKS_SHOWN = 2
HOURS = "/bureau/horaires"


class DayRow(msgspec.Struct, frozen=True):
    """A day of the preview: its hours, those it would have, and why it is special."""

    name: str
    now: list[str]
    then: list[str]
    differs: bool
    notes: list[str]


class WeekView(msgspec.Struct, frozen=True):
    """A week of the preview; the title says whether it is even or odd."""

    title: str
    days: list[DayRow]


class OwnerLine(msgspec.Struct, frozen=True):
    """Somebody or something on the page of everybody."""

    href: str
    name: str
    detail: str


class SiteCard(msgspec.Struct, frozen=True):
    """A site with its people, chairs and machines."""

    title: str
    zone: str
    facts: list[str]
    href: str
    people: list[OwnerLine]
    things: list[OwnerLine]


class HoursView(msgspec.Struct, frozen=True):
    """The page of everybody."""

    sites: list[SiteCard]


def hours_view(practice: Practice, monday: date, locale: str) -> HoursView:
    """Every site, with the hours of this week."""
    return HoursView([_site_card(practice, site, monday, locale) for site in practice.sites])


def _site_card(practice: Practice, site: Site, monday: date, locale: str) -> SiteCard:
    here = [one for one in practice.resources if one.site_id == site.id]
    masks = opening_masks(msgspec.structs.replace(practice, resources=tuple(here)), monday, 7, site.timezone)
    people: list[OwnerLine] = []
    things: list[OwnerLine] = []
    for one in sorted(here, key=lambda one: (one.kind is not ResourceKind.PRACTITIONER, one.name)):
        is_person = one.kind in (ResourceKind.PRACTITIONER, ResourceKind.ASSISTANT)
        minutes = masks[one.id].bit_count() * GRID
        week = t(locale, "desk.hours_this_week", hours=f"{minutes / 60:g}".replace(".", ","))
        own = is_person or any(at.resource_id == one.id for at in practice.openings)
        detail = week if own else t(locale, "desk.hours_always")
        (people if is_person else things).append(OwnerLine(f"{HOURS}/{one.id}", one.name, detail))
    facts = [
        t(locale, "desk.hours_keeps" if site.keeps_public_holidays else "desk.hours_works"),
        t(locale, "desk.hours_school", zone=site.school_zone)
        if site.school_zone
        else t(locale, "desk.hours_no_school"),
    ]
    closed = [one for one in practice.closures if (one.site_id, one.resource_id) == (site.id, None)]
    facts += [t(locale, "desk.hours_closed", what=words(one, site, locale)) for one in closed]
    zone = t(locale, "desk.hours_zone", zone=site.zone)
    return SiteCard(site.name, zone, facts, f"{HOURS}/{site.id}", people, things)


def weeks_view(
    before: Practice, after: Practice, owner_id: UUID, monday: date, locale: str
) -> list[WeekView]:
    """Two weeks, an even and an odd one, as they are and as they would be."""
    site, days = site_of(after, owner_id), 7 * WEEKS_SHOWN
    were, are = (_day_spans(one, owner_id, monday, days) for one in (before, after))
    holidays = holidays_of(site, monday, monday + timedelta(days=days))
    found = []
    for week in range(WEEKS_SHOWN):
        rows = []
        for day in (monday + timedelta(days=week * 7 + number) for number in range(7)):
            now, then = (_spans_words(one.get(day, []), site, locale) for one in (were, are))
            notes = list(_notes(after, owner_id, site, day, day in holidays, locale))
            rows.append(DayRow(dates.day_short(day, locale), now, then, now != then, notes))
        starts = monday + timedelta(days=week * 7)
        parity = "even" if starts.isocalendar().week % 2 == 0 else "odd"
        title = t(locale, f"desk.hours_week_{parity}", day=dates.day(starts, locale))
        found.append(WeekView(title, rows))
    return found


def _day_spans(
    practice: Practice, owner_id: UUID, first: date, days: int
) -> dict[date, list[tuple[datetime, datetime]]]:
    """The open stretches by local day; of a site those in which some practitioner is there."""
    site = site_of(practice, owner_id)
    shown = tuple(one for one in practice.resources if _belongs(one, owner_id))
    zone = site.timezone
    masks = opening_masks(msgspec.structs.replace(practice, resources=shown), first, days, zone)
    opened = 0
    for mask in masks.values():
        opened |= mask
    origin, found = origin_of(first, zone), dict[date, list[tuple[datetime, datetime]]]()
    for number in range(days):
        day = first + timedelta(days=number)
        start = (origin_of(day, zone) - origin) // GRID
        bits = (origin_of(day + timedelta(days=1), zone) - origin) // GRID - start
        for begins, ends in _runs(opened >> start & (1 << bits) - 1):
            span = (moment(origin + (start + begins) * GRID), moment(origin + (start + ends) * GRID))
            found.setdefault(day, []).append(span)
    return found


def _belongs(resource: Resource, owner_id: UUID) -> bool:
    if resource.id == owner_id:
        return True
    return resource.site_id == owner_id and resource.kind is ResourceKind.PRACTITIONER


def _runs(opened: int) -> Iterator[tuple[int, int]]:
    starts, ends = positions(opened & ~(opened << 1)), positions(opened & ~(opened >> 1))
    yield from ((first, last + 1) for first, last in zip(starts, ends, strict=True))


def _spans_words(spans: Sequence[tuple[datetime, datetime]], site: Site, locale: str) -> list[str]:
    said = [" – ".join(dates.hour(end, site.zone, locale) for end in span) for span in spans]
    return said or [t(locale, "desk.hours_shut")]


def _notes(
    practice: Practice, owner_id: UUID, site: Site, day: date, holiday: bool, locale: str
) -> Iterator[str]:
    if holiday:
        yield t(locale, "desk.hours_holiday")
    begins = datetime.combine(day, time(), site.timezone)
    ends = datetime.combine(day + timedelta(days=1), time(), site.timezone)
    for one in practice.closures:
        here = one.site_id == site.id and one.resource_id in (None, owner_id)
        if here and one.starts_at < ends and begins < one.ends_at:
            yield one.reason
    kept = [
        clock(place.starts, locale)
        for place in practice.emergency_places
        if place.practitioner_id == owner_id and place.weekday == day.isoweekday()
    ]
    if kept:
        yield t(locale, "desk.hours_kept_at", hours=", ".join(kept))
