"""The filters of the list by day: each is a link, so that the address says what one sees."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model import Filters, Listing, PartOfDay
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import CareType, Practice, Practitioner, Site

_DAYS_TO_CHOOSE = (1, 2, 3, 4, 5, 6)
_A_MONDAY = date(2026, 3, 2)


class Chip(msgspec.Struct, frozen=True):
    """A filter as a link: chosen ones are taken away by the same link."""

    label: str
    href: str
    chosen: bool


class FilterView(msgspec.Struct, frozen=True, kw_only=True):
    """The filters as they stand. `kept` are those that the form of the day carries along; `here_alone` is the
    list with none of them."""

    rows: list[tuple[str, list[Chip]]]
    kept: dict[str, str]
    here: str
    from_day: str
    first_day: str
    last_day: str
    active: bool
    here_alone: str


def filters(
    listing: Listing, here: str, practice: Practice, chosen: Filters, from_day: date | None, locale: str
) -> FilterView:
    """The filters that make sense for this visit, on the page at `here`."""
    zone = ZoneInfo(listing.zone)
    kept = _in_address(chosen, None)
    skilled = who_gives(listing.visit.care, practice, listing.site_id)
    who = [(str(each.id), each.short_name) for each in skilled] if len(skilled) > 1 else []
    parts = [(part.value, t(locale, f"booking.part_{part.name.lower()}")) for part in PartOfDay]
    weekdays = [(str(number), weekday_name(number, locale)) for number in _DAYS_TO_CHOOSE]
    rows = (("praticien", "booking.filter_who", who), ("moment", "booking.filter_part", parts))
    every = (*rows, ("jour", "booking.filter_weekday", weekdays))
    return FilterView(
        rows=[
            (t(locale, key), [_chip(here, kept, name, *option) for option in options])
            for name, key, options in every
            if options
        ],
        kept=kept,
        here=here,
        from_day=from_day.isoformat() if from_day else "",
        first_day=listing.visit.earliest.astimezone(zone).date().isoformat(),
        last_day=listing.visit.latest.astimezone(zone).date().isoformat(),
        active=from_day is not None or chosen.narrow,
        here_alone=_link(here, _in_address(Filters(site_id=chosen.site_id), None)),
    )


def link(here: str, chosen: Filters, from_day: date | None) -> str:
    """The address of the list with these filters, from that day on."""
    return _link(here, _in_address(chosen, from_day))


def where(sites: Sequence[Site], shown: UUID, here: str) -> list[Chip]:
    """The sites to choose from; none where there is no choice. Another one is looked at without filters."""
    if len(sites) < 2:
        return []
    return [Chip(site.name, link(here, Filters(site_id=site.id), None), site.id == shown) for site in sites]


def who_gives(care: CareType, practice: Practice, site_id: UUID) -> list[Practitioner]:
    """The practitioners who give this care at that site."""
    return [
        each
        for each in practice.practitioners
        if practice.gives(each, care) and practice.resource(each.id).site_id == site_id
    ]


def weekday_name(number: int, locale: str) -> str:
    """The name of a weekday; 1 is Monday."""
    return dates.weekday(_A_MONDAY.replace(day=_A_MONDAY.day + number - 1), locale)


def _chip(here: str, kept: dict[str, str], name: str, value: str, label: str) -> Chip:
    is_chosen = kept.get(name) == value
    others = {key: known for key, known in kept.items() if key != name}
    return Chip(label, _link(here, others if is_chosen else {**others, name: value}), is_chosen)


def _in_address(chosen: Filters, from_day: date | None) -> dict[str, str]:
    found = {
        "de": from_day.isoformat() if from_day else "",
        "praticien": str(chosen.practitioner_id or ""),
        "moment": chosen.part.value if chosen.part else "",
        "jour": str(chosen.weekday or ""),
        "site": str(chosen.site_id or ""),
    }
    return {name: value for name, value in found.items() if value}


def _link(here: str, chosen: dict[str, str]) -> str:
    return f"{here}?{urlencode(chosen)}" if chosen else here
