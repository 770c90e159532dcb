"""What the pages of choosing and checking a place print: finished strings, addresses, form fields."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model import (
    Duration,
    Filters,
    FreeSlot,
    HeldSlot,
    Listing,
    PartOfDay,
    PlannedVisit,
    Suggestion,
)
from backend.booking.rules import suggestions as why
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.model import Practice, Site

START = "/prendre-rendez-vous"
_TONES = {why.SOONEST: "mint", why.SOON: "mint", why.USUAL: "sky"}
_DAYS_TO_CHOOSE = (1, 2, 3, 4, 5, 6)
_A_MONDAY = date(2026, 3, 2)


class SlotView(msgspec.Struct, frozen=True, kw_only=True):
    """One place: `fields` go into the form; `day` and `hour` and `who` make its words."""

    fields: dict[str, str]
    weekday: str
    number: str
    month: str
    hour: str
    who: str
    day: str
    tag: str = ""
    tone: str = "mint"

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return f"{self.day}, {self.hour}, {self.who}"


class DayView(msgspec.Struct, frozen=True):
    """The places of one day."""

    label: str
    slots: list[SlotView]


class Chip(msgspec.Struct, frozen=True):
    """A filter as a link: chosen ones are taken away by the same link."""

    label: str
    href: str
    chosen: bool


class FilterView(msgspec.Struct, frozen=True, kw_only=True):
    """The filters as they stand. `kept` are those that the form of the day carries along."""

    rows: list[tuple[str, list[Chip]]]
    kept: dict[str, str]
    here: str
    from_day: str
    first_day: str
    last_day: str
    active: bool


class SlotsView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of places. `action` is where a chosen one is posted; `triage_id` is None for a move."""

    title: str
    care: str
    duration: str
    soon: str
    to_know: str | None
    action: str
    back: str
    cards: list[SlotView]
    days: list[DayView]
    filters: FilterView
    next_href: str | None
    next_from: str | None
    triage_id: str | None
    urgent: bool
    taken: bool = False
    now_at: str = ""
    form: FormErrors | None = None


class HeldView(msgspec.Struct, frozen=True, kw_only=True):
    """The check page. `again` are the fields that hold the same place anew."""

    action: str
    other: str
    hold: str
    again: dict[str, str]
    triage_id: str
    until: str
    who: str
    care: str
    when: str
    practitioner: str
    place: list[str]
    duration: str
    instructions: str | None


class ExpiredView(msgspec.Struct, frozen=True):
    """The page that says that the place is no longer held."""

    slots: str
    triage_id: str


class Road(msgspec.Struct, frozen=True, kw_only=True):
    """Which picker this is: where it lives, where a place is posted, what every form carries along."""

    here: str
    action: str
    back: str
    triage_id: UUID | None = None
    fields: dict[str, str] = {}
    now_at: str = ""


def triage_road(triage_id: UUID) -> Road:
    """The picker after the questions."""
    here = f"{START}/{triage_id}"
    return Road(
        here=f"{here}/creneaux", action=f"{here}/retenir", back=f"{here}/resultat", triage_id=triage_id
    )


def slots_page(
    listing: Listing,
    road: Road,
    practice: Practice,
    filters: Filters,
    from_day: date | None,
    locale: str,
    *,
    others: Sequence[FreeSlot] | None = None,
    form: FormErrors | None = None,
) -> SlotsView:
    """The page of places. With `others` it says that the chosen one is gone and shows those instead."""
    visit = listing.visit
    cards = [_suggestion(each, road, practice, listing, locale) for each in listing.suggestions]
    if others is not None:
        cards = [slot_view(slot, road, practice, listing, locale) for slot in others]
    elif from_day is not None or filters != Filters():
        cards = []
    return SlotsView(
        title=t(locale, "booking.slots_title", name=visit.given_name),
        care=visit.care.name(locale) if listing.tells_care else "",
        duration=said_duration(listing.duration, visit, locale)
        if listing.tells_care
        else t(locale, "booking.minutes", minutes=listing.duration.minutes),
        soon=soon(visit, listing.zone, locale) if listing.tells_care else "",
        to_know=visit.care.to_know(locale) if listing.tells_care else None,
        action=road.action,
        back=road.back,
        cards=cards,
        days=[
            DayView(
                dates.day(day, locale),
                [slot_view(slot, road, practice, listing, locale) for slot in slots],
            )
            for day, slots in listing.days
        ],
        filters=_filters(listing, road, practice, filters, from_day, locale),
        next_href=_link(road.here, _in_address(filters, listing.next_from)) if listing.next_from else None,
        next_from=listing.next_from.isoformat() if listing.next_from else None,
        triage_id=str(road.triage_id) if road.triage_id else None,
        urgent=listing.tells_care and visit.urgency in ("U2", "U3"),
        taken=others is not None,
        now_at=road.now_at,
        form=form,
    )


def held_page(held: HeldSlot, visit: PlannedVisit, practice: Practice, locale: str) -> HeldView:
    """The page on which a held place is checked."""
    site = practice.site(practice.resource(held.chair_id).site_id)
    road = triage_road(held.triage_id)
    return HeldView(
        action=f"{START}/retenu/{held.id}",
        other=road.here,
        hold=road.action,
        again={"start": held.starts_at.isoformat(), "practitioner_id": str(held.practitioner_id)},
        triage_id=str(held.triage_id),
        until=dates.hour(held.expires_at, site.zone, locale),
        who=visit.given_name,
        care=visit.care.name(locale),
        when=dates.moment(held.starts_at, site.zone, locale),
        practitioner=practice.practitioner(held.practitioner_id).display_name,
        place=place_lines(site),
        duration=said_duration(held.duration, visit, locale),
        instructions=visit.care.instructions(locale),
    )


def slot_view(slot: FreeSlot, road: Road, practice: Practice, listing: Listing, locale: str) -> SlotView:
    """One place of the list by day; its length where it is not the one that stands above the list."""
    there = dates.local(slot.start, listing.zone)
    who = practice.practitioner(slot.practitioner_id).short_name
    if slot.minutes != listing.duration.minutes:
        who = f"{who} · {t(locale, 'booking.minutes', minutes=slot.minutes)}"
    return SlotView(
        fields={
            "start": slot.start.isoformat(),
            "practitioner_id": str(slot.practitioner_id),
            **road.fields,
        },
        weekday=dates.weekday(there, locale),
        number=str(there.day),
        month=dates.month(there, locale),
        hour=dates.hour(slot.start, listing.zone, locale),
        who=who,
        day=dates.day(there, locale),
    )


def said_duration(duration: Duration, visit: PlannedVisit, locale: str) -> str:
    """How long and why."""
    return duration.sentence(visit.care, visit.given_name, locale)


def soon(visit: PlannedVisit, zone: str, locale: str) -> str:
    """How soon the visit must be, for U2 and U3; else that there is no hurry."""
    if visit.urgency in ("U2", "U3"):
        return t(locale, "booking.before", moment=dates.moment(visit.latest, zone, locale))
    return t(locale, "booking.no_hurry")


def place_lines(site: Site) -> list[str]:
    """The site's name and address."""
    return [site.name, *site.address]


def _suggestion(
    suggestion: Suggestion, road: Road, practice: Practice, listing: Listing, locale: str
) -> SlotView:
    view = slot_view(suggestion.slot, road, practice, listing, locale)
    tone = _TONES.get(suggestion.key, "sun")
    return msgspec.structs.replace(view, tag=t(locale, suggestion.key), tone=tone)


def _filters(
    listing: Listing, road: Road, practice: Practice, filters: Filters, from_day: date | None, locale: str
) -> FilterView:
    zone = ZoneInfo(listing.zone)
    chosen = _in_address(filters, None)
    skilled = [each for each in practice.practitioners if set(each.skills) & set(listing.visit.care.skills)]
    who = [(str(each.id), each.short_name) for each in skilled] if len(skilled) > 1 else []
    parts = [(part.value, t(locale, f"booking.part_{part.name.lower()}")) for part in PartOfDay]
    weekdays = [(str(number), _weekday_name(number, locale)) for number in _DAYS_TO_CHOOSE]
    rows = (("praticien", "booking.filter_who", who), ("moment", "booking.filter_part", parts))
    every = (*rows, ("jour", "booking.filter_weekday", weekdays))
    return FilterView(
        rows=[
            (t(locale, key), [_chip(road, chosen, name, *option) for option in options])
            for name, key, options in every
            if options
        ],
        kept=chosen,
        here=road.here,
        from_day=from_day.isoformat() if from_day else "",
        first_day=listing.visit.earliest.astimezone(zone).date().isoformat(),
        last_day=listing.visit.latest.astimezone(zone).date().isoformat(),
        active=from_day is not None or bool(chosen),
    )


def _chip(road: Road, chosen: dict[str, str], name: str, value: str, label: str) -> Chip:
    is_chosen = chosen.get(name) == value
    others = {key: kept for key, kept in chosen.items() if key != name}
    return Chip(label, _link(road.here, others if is_chosen else {**others, name: value}), is_chosen)


def _weekday_name(number: int, locale: str) -> str:
    return dates.weekday(_A_MONDAY.replace(day=_A_MONDAY.day + number - 1), locale)


def _in_address(filters: Filters, from_day: date | None) -> dict[str, str]:
    chosen = {
        "de": from_day.isoformat() if from_day else "",
        "praticien": str(filters.practitioner_id or ""),
        "moment": filters.part.value if filters.part else "",
        "jour": str(filters.weekday or ""),
    }
    return {name: value for name, value in chosen.items() if value}


def _link(here: str, chosen: dict[str, str]) -> str:
    return f"{here}?{urlencode(chosen)}" if chosen else here
