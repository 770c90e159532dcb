"""The staff's pages: the day, one visit and what may be done about it, requests, search, what is stuck."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.booking import chair_actions, desk_actions, undo_actions
from backend.booking.model import Cancel, ChangeDuration, Move
from backend.desk import (
    actions,
    day_views,
    forms,
    panel_views,
    queue_views,
    rules,
    site_views,
    undo_views,
    views,
    week_views,
)
from backend.identity.guards import desk
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed, NotFound, Refusal
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.kit.render import AnyRequest, page
from backend.practice.model import Practice, Site
from backend.practice.repository import load_practice
from backend.triage.actions import read_story

_CHANGED = "booking.changed_meanwhile"
_SOMEBODY_WAS_FASTER = (_CHANGED, "booking.no_longer_booked")

STAFF: dict[str, Any] = {"guards": [desk], "include_in_schema": False}


class DayView(msgspec.Struct, frozen=True):
    """The whole screen."""

    day: day_views.DayPage
    panel: panel_views.PanelView | None
    practitioners: list[tuple[UUID, str]]
    chairs: list[tuple[UUID, str]]
    mistake: str
    discreet: bool
    letters: bool


@get("/bureau", **STAFF)
async def home(site: FromQuery[UUID | None] = None) -> Redirect:
    """Today, at a site (`?site=`) or the first."""
    here = site_views.known_site(await load_practice(), site)
    return Redirect(views.day_href((await business_now()).astimezone(here.timezone).date(), site_id=site))


@get("/bureau/jour/{day:date}", **STAFF)
async def show_day(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    day: FromPath[date],
    rdv: FromQuery[UUID | None] = None,
    discret: FromQuery[bool] = False,
    site: FromQuery[UUID | None] = None,
) -> Response[str]:
    """A site's day by chair, with one visit chosen (`?rdv=`) or none; `?discret=1` shows initials alone."""
    practice = await load_practice()
    here = site_views.known_site(practice, site)
    if rdv and len(practice.sites) > 1:
        _, here = await actions.day_of(rdv)
    return await _day_page(request, viewer, (day, here), rdv, discreet=discret)


async def _day_page(
    request: AnyRequest,
    viewer: Viewer,
    where: tuple[date, Site],
    chosen: UUID | None,
    *,
    mistake: str = "",
    status: int = 200,
    typed: Mapping[str, object] | None = None,
    discreet: bool = False,
) -> Response[str]:
    (day, site), now = where, await business_now()
    practice = await load_practice()
    rules.check_day(day, now.date())
    opened = await actions.open_day(viewer, day, site, now)
    panel = await _panel(viewer, chosen, practice, site, now) if chosen else None
    if panel and typed:
        panel = panel_views.with_typed(panel, typed)
    queue = queue_views.queue(opened, now, practice, site, viewer.locale)
    here = site_views.of_site(practice, site)
    view = DayView(
        day=day_views.day_page(
            day,
            opened.visits,
            opened.gaps,
            queue,
            kept=opened.kept,
            practice=practice,
            site=site,
            now=now,
            chosen=chosen,
            locale=viewer.locale,
            stamp=opened.stamp,
            undo=undo_views.undo_view(opened.undoable, practice, viewer.locale),
            discreet=discreet,
        ),
        panel=panel,
        practitioners=[(one.id, one.short_name) for one in here.practitioners],
        chairs=week_views.chairs(here),
        mistake=mistake,
        discreet=discreet,
        letters=forms.letters_on(request.cookies),
    )
    return await page(request, "desk/staff_day.html", view, status=status)


async def _panel(
    viewer: Viewer, visit_id: UUID, practice: Practice, site: Site, now: datetime
) -> panel_views.PanelView:
    opened = await actions.open_panel(viewer, visit_id, now)
    visit = opened.visit
    care = practice.care_type(visit.care_key)
    return panel_views.panel(
        visit,
        opened.contacts,
        opened.messages,
        visit.duration.sentence(care, visit.given_name, viewer.locale),
        practice=practice,
        site=site,
        clinical=await _clinical(viewer, visit.triage_id, now) if visit.triage_id else None,
        locale=viewer.locale,
    )


async def _clinical(viewer: Viewer, triage_id: UUID, now: datetime) -> panel_views.Clinical | None:
    """The answers and alerts, for those who give the care; nothing for the others, without a word."""
    try:
        story = await read_story(viewer, triage_id, now)
    except (NotAllowed, NotFound):
        return None
    return panel_views.clinical(story)


@post("/bureau/rendez-vous/{visit_id:uuid}/duree", **STAFF)
async def change_duration(
    request: AnyRequest, viewer: NamedDependency[Viewer], visit_id: FromPath[UUID]
) -> Response[Any]:
    """Five minutes more or less, or any length the desk decides."""

    async def deed() -> None:
        version, minutes = forms.read_duration(await request.form())
        wanted = ChangeDuration(appointment_id=visit_id, version=version, minutes=minutes)
        await desk_actions.change_duration(viewer, wanted)

    return await _do(request, viewer, visit_id, deed)


@post("/bureau/rendez-vous/{visit_id:uuid}/deplacer", **STAFF)
async def move(
    request: AnyRequest, viewer: NamedDependency[Viewer], visit_id: FromPath[UUID]
) -> Response[Any]:
    """Another day, hour, practitioner or chair."""

    async def deed() -> None:
        read = forms.read_move(await request.form())
        practice = await load_practice()
        rules.check_chair(practice, read.practitioner_id, read.chair_id)
        zone = rules.site_of(practice, read.practitioner_id).timezone
        wanted = Move(
            appointment_id=visit_id,
            version=read.version,
            practitioner_id=read.practitioner_id,
            starts_at=datetime.combine(read.day, read.hour, zone),
            chair_id=read.chair_id,
            despite_external=read.despite_external,
        )
        await desk_actions.move(viewer, wanted)

    return await _do(request, viewer, visit_id, deed)


@post("/bureau/rendez-vous/{visit_id:uuid}/reprendre", **STAFF)
async def undo(
    request: AnyRequest, viewer: NamedDependency[Viewer], visit_id: FromPath[UUID]
) -> Response[Any]:
    """Take the last change back, before anybody is told."""

    async def deed() -> None:
        change_id = forms.read_undo(await request.form())
        await undo_actions.undo(viewer, visit_id, change_id)

    return await _do(request, viewer, visit_id, deed)


@post("/bureau/rendez-vous/{visit_id:uuid}/annuler", **STAFF)
async def cancel(
    request: AnyRequest, viewer: NamedDependency[Viewer], visit_id: FromPath[UUID]
) -> Response[Any]:
    """Cancel for the practice; the family is told."""

    async def deed() -> None:
        wanted = Cancel(appointment_id=visit_id, version=forms.read_version(await request.form()))
        await desk_actions.cancel(viewer, wanted)

    return await _do(request, viewer, visit_id, deed)


@post("/bureau/rendez-vous/{visit_id:uuid}/etat", **STAFF)
async def mark(
    request: AnyRequest, viewer: NamedDependency[Viewer], visit_id: FromPath[UUID]
) -> Response[Any]:
    """Arrived, in the chair, done, missed; the stage before takes a tap back."""

    async def deed() -> None:
        await chair_actions.mark(viewer, forms.read_mark(await request.form(), visit_id))

    return await _do(request, viewer, visit_id, deed)


@post("/bureau/rendez-vous/{visit_id:uuid}/corriger", **STAFF)
async def correct_times(
    request: AnyRequest, viewer: NamedDependency[Viewer], visit_id: FromPath[UUID]
) -> Response[Any]:
    """When they sat down and when the care was over, by hand."""

    async def deed() -> None:
        day, site = await actions.day_of(visit_id)
        read = forms.read_times(await request.form(), visit_id, day, site.timezone)
        await chair_actions.correct_times(viewer, read)

    return await _do(request, viewer, visit_id, deed)


async def _do(
    request: AnyRequest, viewer: Viewer, visit_id: UUID, deed: Callable[[], Awaitable[None]]
) -> Response[Any]:
    """Do it, and show the visit's day again: where it now is, or where it stayed with the reason why."""
    mistake, status = "", 200
    try:
        await deed()
    except NotFound:
        raise
    except FormErrors as mistakes:
        said = dict.fromkeys(t(viewer.locale, key, **values) for key, values in mistakes.mistakes.values())
        mistake, status = " ".join(said), mistakes.status
    except Refusal as refusal:
        mistake, status = await _said(refusal, visit_id, viewer.locale), refusal.status
    where = await actions.day_of(visit_id)
    if mistake:
        typed = dict(await request.form())
        return await _day_page(request, viewer, where, visit_id, mistake=mistake, status=status, typed=typed)
    return Redirect(views.day_href(where[0], visit_id), status_code=303)


async def _said(refusal: Refusal, visit_id: UUID, locale: str) -> str:
    """The refusal's sentence; who was faster, where somebody was."""
    sentence = t(locale, refusal.key, **refusal.values)
    change = await actions.last_change(visit_id) if refusal.key in _SOMEBODY_WAS_FASTER else None
    if change is None:
        return sentence
    who = undo_views.changed_words(change, locale)
    return who if refusal.key == _CHANGED else f"{sentence} {who}"


ROUTES = [home, show_day, change_duration, move, undo, cancel, mark, correct_times]
