"""The page behind the link of an offer. It is open to whoever bears the link; looking changes nothing."""

from contextlib import suppress
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.booking.model.waiting import OfferState
from backend.booking.waiting_actions import OfferOver
from backend.identity.model import Viewer
from backend.kit import dates, i18n
from backend.kit.render import AnyRequest, page
from backend.reminders import offers
from backend.reminders.offers import OpenedOffer

OPEN: dict[str, Any] = {"opt": {"open_to_all": True}, "include_in_schema": False}
ONE = offers.HOME + "/{token:str}"


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """Time, place, practitioner, and what it would replace. `state` is "open" only while it is in time."""

    state: str
    weekday: str
    number: str
    month: str
    hour: str
    practitioner: str
    place: str
    until: str
    instead: str
    action: str


@get(ONE, **OPEN)
async def show(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """The place, until when it is kept, and the two answers."""
    opened = await offers.open_offer(token)
    return await page(request, "reminders/offer.html", offer_view(opened, token, _locale(request)))


@post(ONE + "/accepter", **OPEN)
async def accept(token: FromPath[str]) -> Redirect:
    """Take it, and show what became of it: also when it was too late."""
    with suppress(OfferOver):
        await offers.accept_by_link(token)
    return _back(token)


@post(ONE + "/refuser", **OPEN)
async def refuse(token: FromPath[str]) -> Redirect:
    """Let it go, and show that."""
    with suppress(OfferOver):
        await offers.refuse_by_link(token)
    return _back(token)


def offer_view(opened: OpenedOffer, token: str, locale: str) -> OfferView:
    """The page for what a link opened."""
    offer, facts = opened.offer, opened.facts
    day = dates.local(offer.starts_at, facts.zone).date()
    return OfferView(
        state="open" if opened.in_time else "over" if offer.state is OfferState.OPEN else offer.state.value,
        weekday=dates.weekday(day, locale),
        number=str(day.day),
        month=dates.month(day, locale),
        hour=dates.hour(offer.starts_at, facts.zone, locale),
        practitioner=opened.practitioner,
        place=", ".join((facts.site_name, *facts.site_address)),
        until=dates.moment(offer.expires_at, facts.zone, locale),
        instead=dates.moment(facts.starts_at, facts.zone, locale),
        action=f"{offers.HOME}/{token}",
    )


def _back(token: str) -> Redirect:
    return Redirect(f"{offers.HOME}/{token}", status_code=303)


def _locale(request: AnyRequest) -> str:
    viewer: Viewer | None = request.scope.get("user")
    return viewer.locale if viewer else i18n.best_locale(request.headers.get("accept-language"))


ROUTES = [show, accept, refuse]
