"""What the pages of bundles print: at which site, everybody's care, the best few, the list by day."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from backend.booking.filter_views import Chip, link, where
from backend.booking.group_views import names
from backend.booking.model import Bundle, BundleListing, Filters
from backend.booking.rules import suggestions as why
from backend.booking.rules.sites import sites_for
from backend.booking.views import DayView, Road, SlotView, at_site, card_at, said_duration, said_site
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.model import Practice

_TONES = {why.SOONEST: "mint", why.USUAL: "sky"}


class BundlesView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of bundles. `lines` say each person's care and why it takes that long.

    `where` are the sites to choose from, `site` is the one shown; both empty where there is only one.
    """

    title: str
    lines: list[str]
    to_know: list[str]
    action: str
    back: str
    where: list[Chip]
    site: str
    cards: list[SlotView]
    days: list[DayView]
    next_href: str | None
    taken: bool
    form: FormErrors | None


def bundles_page(
    listing: BundleListing,
    road: Road,
    practice: Practice,
    locale: str,
    *,
    others: Sequence[Bundle] | None = None,
    form: FormErrors | None = None,
    first_page: bool = True,
    site_id: UUID | None = None,
) -> BundlesView:
    """The page of bundles. With `others` it says that the chosen one is gone and shows those instead.

    `site_id` is the site that the address names, if it does.
    """
    said = {visit.patient_id: visit.given_name for visit in listing.visits}
    site = said_site(practice, listing.site_id)
    cards = [
        _bundle(each.bundle, listing, road.fields, locale, each.key)
        for each in (listing.suggestions if first_page else ())
    ]
    if others is not None:
        cards = [_bundle(bundle, listing, road.fields, locale) for bundle in others]
    return BundlesView(
        title=t(locale, "booking.slots_title", name=names([*said.values()], locale)),
        lines=_lines(listing, locale) if listing.tells_care else [],
        to_know=_to_know(listing, locale) if listing.tells_care else [],
        action=at_site(road.action, practice, listing.site_id),
        back=road.back,
        where=where(sites_for(practice, listing.visits), listing.site_id, road.here),
        site=site,
        cards=[card_at(card, site) for card in cards],
        days=[
            DayView(
                dates.day(day, locale),
                [_bundle(bundle, listing, road.fields, locale) for bundle in found],
            )
            for day, found in listing.days
        ],
        next_href=link(road.here, Filters(site_id=site_id), listing.next_from) if listing.next_from else None,
        taken=others is not None,
        form=form,
    )


def _to_know(listing: BundleListing, locale: str) -> list[str]:
    said = (visit.care.to_know(locale) for visit in listing.visits)
    return list(dict.fromkeys(one for one in said if one))


def _lines(listing: BundleListing, locale: str) -> list[str]:
    """Each person's care, how long it takes on the first day listed, and why."""
    return [
        t(
            locale,
            "booking.person_line",
            name=visit.given_name,
            line=said_duration(duration, visit, locale),
        )
        for visit, duration in zip(listing.visits, listing.durations, strict=True)
    ]


def _bundle(
    bundle: Bundle,
    listing: BundleListing,
    fields: Mapping[str, str],
    locale: str,
    key: str = "",
) -> SlotView:
    said = {visit.patient_id: visit.given_name for visit in listing.visits}
    there = dates.local(bundle.start, listing.zone)
    each = " · ".join(
        f"{said[place.patient_id]} {dates.hour(place.slot.start, listing.zone, locale)}"
        for place in bundle.places
    )
    presence = t(locale, "booking.presence", minutes=bundle.presence)
    arrangement = t(locale, f"booking.arrangement_{bundle.arrangement}")
    return SlotView(
        fields={"start": bundle.start.isoformat(), "arrangement": bundle.arrangement.value, **fields},
        weekday=dates.weekday(there, locale),
        number=str(there.day),
        month=dates.month(there, locale),
        hour=dates.hour(bundle.start, listing.zone, locale),
        who=f"{each} · {arrangement} · {presence}",
        day=dates.day(there, locale),
        tag=t(locale, key) if key else "",
        tone=_TONES.get(key, "sun"),
    )
