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
from backend.identity.guards import desk
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.render import AnyRequest, page
from backend.kit.settings import settings
from backend.practice.model import Practice
from backend.practice.repository import default_site, load_practice

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}
A_YEAR = 365 * 24 * 3600


@get("/bureau/semaine/{day:date}", **STAFF)
async def show_week(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    day: FromPath[date],
    qui: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The week of a day, for one practitioner or chair (`?qui=`)."""
    practice, site, now = await load_practice(), await default_site(), await business_now()
    monday, resource_id = rules.week_of(day), _resource(practice, viewer, qui)
    opened = await actions.open_week(viewer, monday, resource_id, site.timezone)
    view = week_views.week_page(
        monday,
        opened.visits,
        resource_id,
        practice=practice,
        site=site,
        today=now.astimezone(site.timezone).date(),
        locale=viewer.locale,
        stamp=opened.stamp,
        undo=undo_views.undo_view(opened.undoable, practice, site, viewer.locale),
        letters=forms.letters_on(request.cookies),
    )
    return await page(request, "desk/staff_week.html", view)


def _resource(practice: Practice, viewer: Viewer, wanted: UUID | None) -> UUID:
    """The one asked for; else the viewer's own, where they give care; else the first."""
    known = [one for one, _ in week_views.choices(practice)]
    if wanted is not None and wanted not in known:
        raise NotFound
    return wanted or (viewer.practitioner_id if viewer.practitioner_id in known else None) or known[0]


@get("/bureau/direct", **STAFF)
async def stream_changes(
    viewer: NamedDependency[Viewer], jour: FromQuery[date], jours: FromQuery[int] = 1
) -> Stream:
    """Server-sent events: look again, the day (`?jour=`, and as many as `jours`) has changed."""
    shown = live.Days(jour, max(1, min(jours, live.LONGEST_RUN)))
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
