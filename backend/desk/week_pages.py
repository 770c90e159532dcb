"""The staff's week, and the stream by which day and week stay true."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from backend.desk import actions, forms, live, rules, undo_views, week_views
from backend.desk.site_views import known_site, of_site
from backend.identity.guards import desk
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.render import AnyRequest, page
from backend.kit.settings import settings
from backend.practice.model import Practice
from backend.practice.repository import load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}
A_YEAR = 365 * 24 * 3600


@get("/bureau/semaine/{day:date}", **STAFF)
async def show_week(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    day: FromPath[date],
    qui: FromQuery[UUID | None] = None,
    site: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The week of a day, for one practitioner or chair (`?qui=`), or for the first of a site (`?site=`)."""
    practice, now = await load_practice(), await business_now()
    resource_id = _resource(practice, viewer, qui, site)
    monday, here = rules.week_of(day), practice.site_of(resource_id)
    opened = await actions.open_week(viewer, monday, resource_id, here)
    view = week_views.week_page(
        monday,
        opened.visits,
        resource_id,
        practice=practice,
        site=here,
        today=now.astimezone(here.timezone).date(),
        locale=viewer.locale,
        stamp=opened.stamp,
        undo=undo_views.undo_view(opened.undoable, practice, viewer.locale),
        letters=forms.letters_on(request.cookies),
    )
    return await page(request, "desk/staff_week.html", view)


def _resource(practice: Practice, viewer: Viewer, wanted: UUID | None, site_id: UUID | None) -> UUID:
    """The one asked for; else the viewer's own, where they give care; else the first, of a site."""
    if site_id is not None and wanted is None:
        practice = of_site(practice, known_site(practice, site_id))
    known = [one for one, _ in week_views.choices(practice)]
    if wanted is not None and wanted not in known:
        raise NotFound
    return wanted or (viewer.practitioner_id if viewer.practitioner_id in known else None) or known[0]


@get("/bureau/direct", **STAFF)
async def stream_changes(
    viewer: NamedDependency[Viewer],
    jour: FromQuery[date],
    jours: FromQuery[int] = 1,
    site: FromQuery[UUID | None] = None,
) -> Stream:
    """Server-sent events: look again, the day (`?jour=`, and as many as `jours`) of a site has changed."""
    known_site(await load_practice(), site)
    shown = live.Days(jour, max(1, min(jours, live.LONGEST_RUN)), site)
    # Nobody may keep what passes, nor hold it back to send it in larger pieces.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(live.changes(viewer, shown), media_type="text/event-stream", headers=headers)


@post("/bureau/touches", status_code=204, **STAFF)
async def set_letters(request: AnyRequest) -> Response[None]:
    """Whether a letter alone does something on this screen (a cookie, since it is the screen's matter)."""
    on = forms.read_letters(await request.form())
    kept = Cookie(
        key=forms.LETTERS,
        value="oui" if on else "non",
        path="/bureau",
        httponly=True,
        secure=settings().https,
        samesite="lax",
        max_age=A_YEAR,
    )
    return Response(None, cookies=[kept])


ROUTES = [show_week, stream_changes, set_letters]
