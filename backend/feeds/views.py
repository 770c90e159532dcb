"""What an agenda tells outside the house, and what the pages print that make its address and take it back."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from backend.families.model import Relative
from backend.feeds import rules
from backend.feeds.model import Feed, OpenFeed, Visit
from backend.kit import dates
from backend.kit.calendar_file import Agenda, Entry, agenda_file
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.views import Option

FAMILY_PAGE, OWN_PAGE = "/agenda", "/bureau/mon-agenda"


class FeedLine(msgspec.Struct, frozen=True):
    """An address that was made: whose, what it tells, when it was made and last asked for."""

    title: str
    tells: str
    made: str
    fetched: str
    revoke: str


class FeedsView(msgspec.Struct, frozen=True):
    """The page. `address` is the new secret address, shown this once; `subscribe` opens a calendar with it.
    `people` is empty on a practitioner's page, which is of themselves."""

    action: str
    feeds: list[FeedLine]
    people: list[Option]
    chosen: str
    amounts: list[Option]
    address: str
    subscribe: str
    form: FormErrors | None


def agenda(
    feed: OpenFeed, visits: Sequence[Visit], zone: str, first: datetime, after: datetime, host: str
) -> bytes:
    """The iCalendar text. It says when; where only if its maker wished so; never who or what for."""
    return agenda_file(
        Agenda(
            name=t(feed.locale, "feeds.calendar_name"),
            zone=zone,
            first=first.date(),
            last=after.date(),
            refresh=rules.REFRESH,
            entries=[_entry(feed, visit, host) for visit in visits],
        )
    )


def _entry(feed: OpenFeed, visit: Visit, host: str) -> Entry:
    locale = feed.locale
    if not feed.tells_place:
        return visit.entry(host=host, summary=t(locale, "feeds.busy"), place="", description="")
    address = ", ".join((visit.site_name, *visit.site_address))
    if feed.practitioner_id is not None:
        return visit.entry(host=host, summary=visit.chair_name, place=address, description="")
    arrive = t(locale, "feeds.arrive", hour=dates.hour(visit.starts_at, visit.zone, locale))
    return visit.entry(host=host, summary=t(locale, "feeds.visit"), place=address, description=arrive)


def patient_page(
    family: Collection[Relative],
    feeds: Collection[Feed],
    zone: str,
    locale: str,
    *,
    address: str = "",
    chosen: str = "",
    form: FormErrors | None = None,
) -> FeedsView:
    """The family's page."""
    return _page(FAMILY_PAGE, family, feeds, "patient", zone, locale, address, chosen, form)


def own_page(
    feeds: Collection[Feed], zone: str, locale: str, *, address: str = "", form: FormErrors | None = None
) -> FeedsView:
    """A practitioner's page."""
    return _page(OWN_PAGE, [], feeds, "own", zone, locale, address, "", form)


def _page(
    action: str,
    family: Collection[Relative],
    feeds: Collection[Feed],
    kind: str,
    zone: str,
    locale: str,
    address: str,
    chosen: str,
    form: FormErrors | None,
) -> FeedsView:
    people = [Option(str(one.id), one.given_name) for one in family]
    return FeedsView(
        action=action,
        feeds=[_line(one, action, zone, locale) for one in feeds],
        people=people,
        chosen=chosen or (people[0].value if people else ""),
        amounts=[
            Option(amount, t(locale, f"feeds.{amount}"), t(locale, f"feeds.{amount}_{kind}"))
            for amount in ("occupe", "lieu")
        ],
        address=address,
        subscribe="webcal:" + address.partition(":")[2] if address.startswith("https:") else address,
        form=form,
    )


def _line(feed: Feed, action: str, zone: str, locale: str) -> FeedLine:
    asked = feed.fetched_at
    return FeedLine(
        title=feed.given_name or t(locale, "feeds.own" if feed.practitioner_id else "feeds.ended"),
        tells=t(locale, "feeds.lieu" if feed.tells_place else "feeds.occupe"),
        made=t(locale, "feeds.made", when=dates.moment(feed.created_at, zone, locale)),
        fetched=t(locale, "feeds.fetched", when=dates.moment(asked, zone, locale))
        if asked
        else t(locale, "feeds.never_fetched"),
        revoke=f"{action}/{feed.id}/retirer",
    )
