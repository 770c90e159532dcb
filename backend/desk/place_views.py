"""What the page of freed places shows: figures, and whom each place suits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from backend.booking.offer_actions import Board, Candidate
from backend.desk.place_actions import WaitingPlaces
from backend.desk.views import person_short
from backend.identity.model import Viewer
from backend.kit import dates
from backend.kit.i18n import t, tn
from backend.practice.model import Practice, Site


class PersonLine(msgspec.Struct, frozen=True):
    """Somebody whom a place suits, with what speaks for them."""

    wish_id: str
    who: str
    why: str


class PlaceLine(msgspec.Struct, frozen=True):
    """A place that nobody has been asked about, and whom it suits, the first to ask first."""

    id: str
    title: str
    count: str
    people: list[PersonLine]


class FreedView(msgspec.Struct, frozen=True):
    """The page. `may_decide` is the owner's; `facts` are what became of the last 30 days' places."""

    facts: list[dict[str, str]]
    places: list[PlaceLine]
    automatic: bool
    may_decide: bool


def freed_view(found: WaitingPlaces, viewer: Viewer, practice: Practice) -> FreedView:
    """The page for what was found."""
    locale, refill = viewer.locale, found.refill
    rate = t(locale, "waiting.freed_no_rate")
    if refill.percent is not None:
        rate = t(locale, "waiting.freed_percent", percent=refill.percent)
    facts = [
        (t(locale, "waiting.freed"), str(refill.freed)),
        (t(locale, "waiting.freed_offered"), str(refill.offered)),
        (t(locale, "waiting.freed_filled"), str(refill.filled)),
        (t(locale, "waiting.freed_taken"), str(refill.taken)),
        (t(locale, "waiting.freed_rate"), rate),
    ]
    return FreedView(
        facts=[{"label": label, "value": value} for label, value in facts],
        places=[_place(one, practice, locale) for one in found.boards],
        automatic=found.automatic,
        may_decide=viewer.role is not None and viewer.role.value == "owner",
    )


def _place(board: Board, practice: Practice, locale: str) -> PlaceLine:
    place = board.place
    title = t(
        locale,
        "waiting.fill_what",
        moment=_said(place.starts_at, practice.site_of(place.chair_id), locale),
        minutes=place.minutes,
        practitioner=practice.practitioner(place.practitioner_id).short_name,
    )
    people = people_lines(board.people, practice, locale)
    count = tn(locale, "waiting.fill_title", len(people)) if people else t(locale, "waiting.fill_none")
    return PlaceLine(str(place.id), title, count, people)


def people_lines(people: Iterable[Candidate], practice: Practice, locale: str) -> list[PersonLine]:
    """Whom a place suits, with what speaks for each."""
    return [_person(one, practice, locale) for one in people]


def _person(candidate: Candidate, practice: Practice, locale: str) -> PersonLine:
    row, fit = candidate.row, candidate.fit
    now_at = _said(row.appointment.starts_at, practice.site(row.appointment.site_id), locale)
    left = (fit.rest.ends_at - fit.rest.starts_at) if fit.rest else fit.wasted
    minutes = int(left / timedelta(minutes=1))
    key = "waiting.fill_split" if fit.rest else "waiting.fill_wasted"
    why = [
        row.appointment.urgency,
        t(locale, "waiting.fill_now_at", moment=now_at),
        t(locale, key, minutes=minutes) if minutes else t(locale, "waiting.fill_exact"),
        t(locale, "waiting.fill_notice", hours=row.notice_minutes // 60),
    ]
    who = person_short(row.patient.given_name, row.patient.family_name)
    return PersonLine(str(row.wish_id), who, " · ".join(why))


def _said(moment: datetime, site: Site, locale: str) -> str:
    return dates.moment(moment, site.zone, locale)
