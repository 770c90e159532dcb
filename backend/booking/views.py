"""What the pages of choosing and checking a place print: finished strings, addresses, form fields."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend.booking import filter_views, next_views
from backend.booking.filter_views import Chip, FilterView
from backend.booking.model import (
    Duration,
    Filters,
    FreeSlot,
    HeldSlot,
    Listing,
    PlannedVisit,
    Suggestion,
)
from backend.booking.next_views import NextView
from backend.booking.rules import suggestions as why
from backend.booking.rules.sites import sites_for
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.model import Practice, Site

START = "/prendre-rendez-vous"
_TONES = {why.SOONEST: "mint", why.SOON: "mint", why.USUAL: "sky"}


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


class SlotsView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of places. `action` is where a chosen one is posted; `triage_id` is None for a move.

    `where` are the sites to choose from, `site` and `site_id` the one shown; empty where there is only one.
    """

    title: str
    care: str
    duration: str
    soon: str
    to_know: str | None
    action: str
    back: str
    where: list[Chip]
    site: str
    site_id: str
    cards: list[SlotView]
    days: list[DayView]
    filters: FilterView
    next: NextView | None
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
    site = said_site(practice, listing.site_id)
    where = filter_views.where(sites_for(practice, [visit]), listing.site_id, road.here)
    cards = [_suggestion(each, road, practice, listing, locale) for each in listing.suggestions]
    if others is not None:
        cards = [slot_view(slot, road, practice, listing, locale) for slot in others]
    elif from_day is not None or filters.narrow:
        cards = []
    return SlotsView(
        title=t(locale, "booking.slots_title", name=visit.given_name),
        care=visit.care.name(locale) if listing.tells_care else "",
        duration=said_duration(listing.duration, visit, locale)
        if listing.tells_care
        else t(locale, "booking.minutes", minutes=listing.duration.minutes),
        soon=soon(visit, listing.zone, locale) if listing.tells_care else "",
        to_know=visit.care.to_know(locale) if listing.tells_care else None,
        action=at_site(road.action, practice, listing.site_id),
        back=road.back,
        where=where,
        site=site,
        site_id=str(listing.site_id) if len(practice.sites) > 1 else "",
        cards=[card_at(card, site) for card in cards],
        days=[
            DayView(
                dates.day(day, locale),
                [slot_view(slot, road, practice, listing, locale) for slot in slots],
            )
            for day, slots in listing.days
        ],
        filters=filter_views.filters(listing, road.here, practice, filters, from_day, locale),
        next=next_views.next_places(listing, road.here, practice, filters, from_day, locale),
        next_href=filter_views.link(road.here, filters, listing.next_from) if listing.next_from else None,
        next_from=listing.next_from.isoformat() if listing.next_from else None,
        triage_id=str(road.triage_id) if road.triage_id else None,
        urgent=listing.tells_care and visit.urgency in ("U2", "U3"),
        taken=others is not None,
        now_at=road.now_at,
        form=form,
    )


def held_page(held: HeldSlot, visit: PlannedVisit, practice: Practice, locale: str) -> HeldView:
    """The page on which a held place is checked."""
    site = practice.site_of(held.chair_id)
    road = triage_road(held.triage_id)
    return HeldView(
        action=f"{START}/retenu/{held.id}",
        other=at_site(road.here, practice, site.id),
        hold=at_site(road.action, practice, site.id),
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


def said_site(practice: Practice, site_id: UUID) -> str:
    """The name of a site, where there are several."""
    return practice.site(site_id).name if len(practice.sites) > 1 else ""


def card_at(card: SlotView, site: str) -> SlotView:
    """A card that stands alone says the site too; in the list by day its heading does."""
    return msgspec.structs.replace(card, who=f"{card.who} · {site}") if site else card


def at_site(address: str, practice: Practice, site_id: UUID) -> str:
    """An address of places, naming the site where there are several."""
    return f"{address}?site={site_id}" if len(practice.sites) > 1 else address


def place_lines(site: Site) -> list[str]:
    """The site's name and address."""
    return [site.name, *site.address]


def _suggestion(
    suggestion: Suggestion, road: Road, practice: Practice, listing: Listing, locale: str
) -> SlotView:
    view = slot_view(suggestion.slot, road, practice, listing, locale)
    tone = _TONES.get(suggestion.key, "sun")
    return msgspec.structs.replace(view, tag=t(locale, suggestion.key), tone=tone)
