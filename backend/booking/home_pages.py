"""The first page: for a family its next visit and what there is to do; for anybody else what this is."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from backend.booking.appointment_views import HOME as APPOINTMENTS
from backend.booking.appointment_views import PersonChip, VisitView, next_appointment_card
from backend.booking.repository import appointments_of
from backend.families.repository import patients_of
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.i18n import t, tn
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice


class Task(msgspec.Struct, frozen=True):
    """Something to do before the next visit."""

    title: str
    detail: str
    href: str
    mark: str
    tone: str


class HomeView(msgspec.Struct, frozen=True):
    """A family's home; `has_file` is False for somebody who has just signed up."""

    people: list[PersonChip]
    visit: VisitView | None
    more: str
    tasks: list[Task]
    has_file: bool


@get("/", opt={"open_to_all": True}, include_in_schema=False)
async def home(request: AnyRequest) -> Response[Any]:
    """Home; staff go to their desk."""
    viewer: Viewer | None = request.scope.get("user")
    if viewer is None:
        return await page(request, "booking/welcome.html")
    if viewer.is_staff:
        return Redirect("/bureau")
    return await page(request, "booking/home.html", await _home(viewer))


async def _home(viewer: Viewer) -> HomeView:
    now, practice, locale = await business_now(), await load_practice(), viewer.locale
    people = await patients_of(viewer, now)
    appointments = await appointments_of(viewer, now)
    visit = next_appointment_card(appointments, people, practice, now, locale)
    coming = sum(each.starts_at > now and each.status == "booked" for each in appointments)
    chips = [PersonChip(t(locale, "home.everybody"), "/", True)]
    chips += [PersonChip(one.given_name, f"{APPOINTMENTS}?qui={one.id}", False) for one in people]
    return HomeView(
        people=chips if len(people) > 1 else [],
        visit=visit,
        more=tn(locale, "home.more_coming", coming - 1) if coming > 1 else "",
        tasks=_tasks(viewer, has_file=bool(people)),
        has_file=bool(people),
    )


def _tasks(viewer: Viewer, has_file: bool) -> list[Task]:
    """What would make the next visit easier: own file first, then a passkey."""
    tasks = []
    if not has_file:
        tasks.append(("file", "/famille/bienvenue", "1", "sun"))
    if not viewer.strong:
        tasks.append(("passkey", "/compte/cles/nouvelle", "+", "sky"))
    return [
        Task(
            title=t(viewer.locale, f"home.task_{name}"),
            detail=t(viewer.locale, f"home.task_{name}_why"),
            href=href,
            mark=mark,
            tone=tone,
        )
        for name, href, mark, tone in tasks
    ]


ROUTES = [home]
