"""Free time on the day's page: who waits for such a place, and asking one of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.booking.model.waiting import Gap
from backend.booking.offer_actions import PlaceGone
from backend.desk import rules
from backend.desk.actions import gaps_of
from backend.desk.place_actions import propose_in_gap, waiting_for
from backend.desk.place_views import PersonLine, people_lines
from backend.desk.site_views import named
from backend.desk.views import GAP_ADDRESS, day_href, gap_href
from backend.identity.guards import desk
from backend.identity.model import Viewer
from backend.kit import dates
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.forms import FormReader
from backend.kit.i18n import t, tn
from backend.kit.render import AnyRequest, page
from backend.practice.model import Practice, Site
from backend.practice.repository import load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}
_PATH = "/bureau/temps-libre/{practitioner_id:uuid}/{chair_id:uuid}/{moment:str}"


class GapView(msgspec.Struct, frozen=True):
    """The page: when, for how long, with whom, and whom it suits."""

    title: str
    day: str
    href: str
    count: str
    people: list[PersonLine]


@get(_PATH, **STAFF)
async def show(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    practitioner_id: FromPath[UUID],
    chair_id: FromPath[UUID],
    moment: FromPath[str],
) -> Response[str]:
    """Free time, and whom it suits, the first to ask first."""
    practice, locale = await load_practice(), viewer.locale
    gap, site = await _gap(practitioner_id, chair_id, moment)
    board = await waiting_for(viewer, gap)
    people = people_lines(board.people, practice, locale) if board else []
    view = GapView(
        title=t(
            locale,
            "waiting.fill_what",
            moment=dates.moment(gap.starts_at, site.zone, locale),
            minutes=gap.minutes,
            practitioner=practice.practitioner(practitioner_id).short_name,
        ),
        day=_day_of(gap, practice),
        href=gap_href(gap, site.timezone),
        count=tn(locale, "waiting.fill_title", len(people)) if people else t(locale, "waiting.fill_none"),
        people=people,
    )
    return await page(request, "desk/staff_gap.html", view)


@post(f"{_PATH}/proposer", **STAFF)
async def offer(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    practitioner_id: FromPath[UUID],
    chair_id: FromPath[UUID],
    moment: FromPath[str],
) -> Redirect:
    """Ask this person: the time is kept for them, and the day shows that."""
    form = FormReader(dict(await request.form()))
    wish_id = form.id("attente")
    form.finish()
    gap, _ = await _gap(practitioner_id, chair_id, moment)
    await propose_in_gap(viewer, gap, wish_id)
    return Redirect(_day_of(gap, await load_practice()), status_code=303)


def _day_of(gap: Gap, practice: Practice) -> str:
    site = practice.site_of(gap.chair_id)
    return day_href(gap.starts_at.astimezone(site.timezone).date(), site_id=named(practice, site))


async def _gap(practitioner_id: UUID, chair_id: UUID, moment: str) -> tuple[Gap, Site]:
    """The free time that an address names, as it stands now, and where. Raises NotFound, PlaceGone."""
    now = await business_now()
    try:
        site = (await load_practice()).site_of(chair_id)
        at = datetime.strptime(moment, GAP_ADDRESS).replace(tzinfo=site.timezone)
    except (KeyError, ValueError):
        raise NotFound from None
    day = at.date()
    rules.check_day(day, now.date())
    gap = rules.gap_at(await gaps_of(day, site, now), practitioner_id, chair_id, at)
    if gap is None:
        raise PlaceGone
    return gap, site


ROUTES = [show, offer]
