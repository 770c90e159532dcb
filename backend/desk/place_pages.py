"""Places that came free: what became of them, who might have those still open, and who decides."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.booking.offer_actions import Board, Candidate
from backend.desk.place_actions import WaitingPlaces, open_places, propose, set_mode
from backend.desk.views import HOME, person_short
from backend.identity.guards import desk, owner
from backend.identity.model import Viewer
from backend.kit import dates
from backend.kit.forms import FormReader
from backend.kit.i18n import t, tn
from backend.kit.render import AnyRequest, page
from backend.practice.model import Practice, Site
from backend.practice.repository import default_site, load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}
OWNER: dict[str, Any] = {"guards": [owner], "include_in_schema": False}
PLACES = f"{HOME}/places-liberees"


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


@get(PLACES, **STAFF)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Figures, open places, and the setting."""
    practice, site = await load_practice(), await default_site()
    found = await open_places(viewer)
    return await page(request, "desk/staff_places.html", freed_view(found, viewer, practice, site))


@post(f"{PLACES}/{{place_id:uuid}}/proposer", **STAFF)
async def offer(request: AnyRequest, viewer: NamedDependency[Viewer], place_id: FromPath[UUID]) -> Redirect:
    """Ask this person: the place is kept for them."""
    form = FormReader(dict(await request.form()))
    wish_id = form.id("attente")
    form.finish()
    await propose(viewer, place_id, wish_id)
    return Redirect(PLACES, status_code=303)


@post(f"{PLACES}/mode", **OWNER)
async def change_mode(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Redirect:
    """Offers leave by themselves, or the staff chooses."""
    form = FormReader(dict(await request.form()))
    mode = form.choice("mode", ("auto", "equipe"))
    form.finish()
    await set_mode(viewer, automatic=mode == "auto")
    return Redirect(PLACES, status_code=303)


def freed_view(found: WaitingPlaces, viewer: Viewer, practice: Practice, site: Site) -> FreedView:
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
        places=[_place(one, practice, site, locale) for one in found.boards],
        automatic=found.automatic,
        may_decide=viewer.role is not None and viewer.role.value == "owner",
    )


def _place(board: Board, practice: Practice, site: Site, locale: str) -> PlaceLine:
    place = board.place
    title = t(
        locale,
        "waiting.fill_what",
        moment=_said(place.starts_at, site, locale),
        minutes=place.minutes,
        practitioner=practice.practitioner(place.practitioner_id).short_name,
    )
    people = [_person(one, site, locale) for one in board.people]
    count = tn(locale, "waiting.fill_title", len(people)) if people else t(locale, "waiting.fill_none")
    return PlaceLine(str(place.id), title, count, people)


def _person(candidate: Candidate, site: Site, locale: str) -> PersonLine:
    row, fit = candidate.row, candidate.fit
    left = (fit.rest.ends_at - fit.rest.starts_at) if fit.rest else fit.wasted
    minutes = int(left / timedelta(minutes=1))
    key = "waiting.fill_split" if fit.rest else "waiting.fill_wasted"
    why = [
        row.appointment.urgency,
        t(locale, "waiting.fill_now_at", moment=_said(row.appointment.starts_at, site, locale)),
        t(locale, key, minutes=minutes) if minutes else t(locale, "waiting.fill_exact"),
        t(locale, "waiting.fill_notice", hours=row.notice_minutes // 60),
    ]
    who = person_short(row.patient.given_name, row.patient.family_name)
    return PersonLine(str(row.wish_id), who, " · ".join(why))


def _said(moment: datetime, site: Site, locale: str) -> str:
    return dates.moment(moment, site.zone, locale)


ROUTES = [show, offer, change_mode]
