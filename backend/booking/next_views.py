"""What the page says when the days asked for have no place: the next one, with and without the filters; and
where there is none at all, why."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.filter_views import link, weekday_name, who_gives
from backend.booking.model import Filters, FreeSlot, Listing
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import Practice, Practitioner


class NextView(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for and is not there, why not, and what there is instead: (words, address)."""

    sentence: str
    reasons: list[str]
    links: list[tuple[str, str]]


def next_places(
    listing: Listing, here: str, practice: Practice, filters: Filters, from_day: date | None, locale: str
) -> NextView | None:
    """None where the first days asked for have places."""
    first = listing.days[0][1][0] if listing.days else None
    links, everything = [], Filters(site_id=filters.site_id)
    if first is not None and from_day is not None and listing.days[0][0] > from_day:
        links.append(_link("booking.next_free", first, here, filters, listing, practice, locale))
    if listing.without_filters and (
        first is None or _day(listing.without_filters, listing) < listing.days[0][0]
    ):
        other = listing.without_filters
        links.append(_link("booking.next_free_without", other, here, everything, listing, practice, locale))
    if first is not None and not links:
        return None
    return NextView(
        sentence=_sentence(first, filters, from_day, locale),
        reasons=[] if first else list(_reasons(listing, practice, filters, from_day, locale)),
        links=links,
    )


def _sentence(first: FreeSlot | None, filters: Filters, from_day: date | None, locale: str) -> str:
    if first is None and filters.narrow:
        return t(locale, "booking.nothing_filtered")
    if from_day is not None:
        key = "booking.nothing_on" if first else "booking.nothing_from"
        return t(locale, key, day=dates.day(from_day, locale))
    return t(locale, "booking.later_than_others") if first else ""


def _reasons(
    listing: Listing, practice: Practice, filters: Filters, from_day: date | None, locale: str
) -> Iterator[str]:
    """Why nothing fits: the end of the agenda, who gives this care, on which days."""
    zone = ZoneInfo(listing.zone)
    last = listing.visit.latest.astimezone(zone).date()
    if from_day is not None and from_day > last:
        yield t(locale, "booking.why_beyond", day=dates.day(last, locale))
    able = who_gives(listing.visit.care, practice, listing.site_id)
    if not able:
        yield t(locale, "booking.why_nobody")
    chosen = [one for one in practice.practitioners if one.id == filters.practitioner_id]
    if chosen and chosen[0] not in able:
        yield t(locale, "booking.why_not_their_care", name=chosen[0].short_name)
    for one in able:
        if filters.practitioner_id in (None, one.id):
            yield _when(one, practice, locale)


def _when(practitioner: Practitioner, practice: Practice, locale: str) -> str:
    numbers = {
        one.weekday for one in practice.openings if one.resource_id == practitioner.id and not one.only_on
    }
    names = [weekday_name(number, locale) for number in sorted(numbers)]
    if not names:
        return t(locale, "booking.why_away", name=practitioner.short_name)
    days = names[0]
    if len(names) > 1:
        days = t(locale, "booking.and", first=", ".join(names[:-1]), last=names[-1])
    return t(locale, "booking.why_days", name=practitioner.short_name, days=days)


def _link(
    key: str, slot: FreeSlot, here: str, filters: Filters, listing: Listing, practice: Practice, locale: str
) -> tuple[str, str]:
    words = t(
        locale,
        key,
        moment=dates.moment(slot.start, listing.zone, locale),
        who=practice.practitioner(slot.practitioner_id).short_name,
    )
    return words, link(here, filters, _day(slot, listing))


def _day(slot: FreeSlot, listing: Listing) -> date:
    return slot.start.astimezone(ZoneInfo(listing.zone)).date()
