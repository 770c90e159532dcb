"""The staff's other pages: requests, search, tasks that are stuck."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.booking import request_actions
from backend.desk import actions
from backend.desk.request_views import RequestsPage, request_view
from backend.desk.views import HOME, age_words, day_href
from backend.identity.guards import desk
from backend.identity.model import Viewer
from backend.kit import dates
from backend.kit.clock import business_now
from backend.kit.forms import FormReader
from backend.kit.i18n import t
from backend.kit.render import AnyRequest, page
from backend.outbox import repository as outbox
from backend.practice.repository import default_site, load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}


class Line(msgspec.Struct, frozen=True):
    """A line of a list; `href` None when it leads nowhere."""

    title: str
    detail: str
    href: str | None = None


class SearchView(msgspec.Struct, frozen=True):
    """Who was found, or a sentence."""

    found: list[Line]
    sentence: str


class StuckView(msgspec.Struct, frozen=True):
    """What keeps failing."""

    stuck: list[Line]


@get(f"{HOME}/demandes", **STAFF)
async def requests(
    request: AnyRequest, viewer: NamedDependency[Viewer], choix: FromQuery[UUID | None] = None
) -> Response[str]:
    """Every request that waits, the nearest deadline first."""
    site, now = await default_site(), await business_now()
    found, askers = await actions.open_requests(viewer)
    view = RequestsPage(
        [request_view(one, askers.get(one.id), now, site, choix, viewer.locale) for one in found]
    )
    return await page(request, "desk/staff_requests.html", view)


@post(f"{HOME}/demandes/{{request_id:uuid}}/prendre", **STAFF)
async def take(viewer: NamedDependency[Viewer], request_id: FromPath[UUID]) -> Redirect:
    """ "I do this": colleagues see who."""
    await request_actions.take(viewer, request_id)
    return Redirect(f"{HOME}/demandes?choix={request_id}#d{request_id}", status_code=303)


@post(f"{HOME}/demandes/{{request_id:uuid}}/terminer", **STAFF)
async def finish(viewer: NamedDependency[Viewer], request_id: FromPath[UUID]) -> Redirect:
    """It is answered."""
    await request_actions.finish(viewer, request_id)
    return Redirect(f"{HOME}/demandes", status_code=303)


@post(f"{HOME}/chercher", status_code=200, **STAFF)
async def search(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Patients by the beginning of their names. Posted, so that no name stands in an address or a log."""
    words = FormReader(dict(await request.form())).text("nom", required=False, longest=100)
    practice, now = await load_practice(), await business_now()
    today = now.astimezone(practice.sites[0].timezone).date()
    lines = []
    for one in await actions.search(viewer, words):
        when = t(viewer.locale, "desk.no_next_visit")
        href = None
        if one.next_starts_at and one.next_visit_id and one.next_site_id:
            there = practice.site(one.next_site_id)
            moment = dates.moment(one.next_starts_at, there.zone, viewer.locale)
            when = t(viewer.locale, "desk.next_visit", when=moment)
            href = day_href(one.next_starts_at.astimezone(there.timezone).date(), one.next_visit_id)
        age = age_words(one.birth_date, today, viewer.locale)
        lines.append(Line(f"{one.given_name} {one.family_name}, {age}", when, href))
    key = "desk.search_none" if words else "desk.search_empty"
    return await page(request, "desk/staff_search.html", SearchView(lines, t(viewer.locale, key)))


@get(f"{HOME}/taches-bloquees", **STAFF)
async def stuck(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Events whose handlers keep failing: what they are called, how often, when next."""
    site = await default_site()
    lines = [
        Line(
            title=one.name,
            detail=t(viewer.locale, "desk.stuck_detail", n=one.attempts, error=one.last_error)
            + " · "
            + t(
                viewer.locale,
                "desk.stuck_next",
                when=dates.moment(one.available_at, site.zone, viewer.locale),
            ),
        )
        for one in await outbox.stuck()
    ]
    return await page(request, "desk/staff_stuck.html", StuckView(lines))


ROUTES = [requests, take, finish, search, stuck]
