"""The owner's page of lengths: what real visits say, what is proposed, what was decided."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from backend.booking import length_actions
from backend.booking.model.lengths import Answer, FiguresChanged, SetLength
from backend.desk.duration_views import durations_view
from backend.desk.forms import LONGEST_VISIT
from backend.desk.views import HOME
from backend.identity.guards import owner
from backend.identity.model import Viewer
from backend.kit.forms import FormErrors, FormReader
from backend.kit.i18n import t
from backend.kit.render import AnyRequest, page
from backend.practice.repository import default_site, load_practice

OWNER: dict[str, Any] = {"guards": [owner], "include_in_schema": False}
LENGTHS = f"{HOME}/durees"


@get(LENGTHS, **OWNER)
async def show(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Every care and practitioner with real times, and the history."""
    return await _page(request, viewer)


@post(f"{LENGTHS}/accepter", **OWNER)
async def accept(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Plan what is proposed."""
    return await _answer(request, viewer, length_actions.accept)


@post(f"{LENGTHS}/plus-tard", **OWNER)
async def decline(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Leave it for now."""
    return await _answer(request, viewer, length_actions.decline)


@post(f"{LENGTHS}/fixer", **OWNER)
async def set_length(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Minutes by hand."""
    form = FormReader(dict(await request.form()))
    who, care = form.id("praticien"), form.text("soin")
    minutes = form.number("minutes", 5, LONGEST_VISIT)
    if minutes % 5:
        form.mistake("minutes", "booking.bad_length", least=5, most=LONGEST_VISIT)
    try:
        form.finish()
    except FormErrors as mistakes:
        return await _page(request, viewer, form=mistakes, status=mistakes.status)
    wanted = SetLength(practitioner_id=who, care_key=care, minutes=minutes)
    await length_actions.set_length(viewer, wanted)
    return Redirect(LENGTHS, status_code=303)


async def _answer(
    request: AnyRequest, viewer: Viewer, act: Callable[[Viewer, Answer], Awaitable[None]]
) -> Response[Any]:
    form = FormReader(dict(await request.form()))
    answer = Answer(
        practitioner_id=form.id("praticien"),
        care_key=form.text("soin"),
        planned=form.number("prevu", 5, LONGEST_VISIT),
        minutes=form.number("minutes", 5, LONGEST_VISIT),
    )
    form.finish()
    try:
        await act(viewer, answer)
    except FiguresChanged as refusal:
        return await _page(request, viewer, faster=t(viewer.locale, refusal.key), status=refusal.status)
    return Redirect(LENGTHS, status_code=303)


async def _page(
    request: AnyRequest,
    viewer: Viewer,
    *,
    faster: str = "",
    form: FormErrors | None = None,
    status: int = 200,
) -> Response[str]:
    known = await length_actions.lengths(viewer)
    practice, site = await load_practice(), await default_site()
    view = durations_view(known, practice, site, viewer.locale, faster=faster, form=form)
    return await page(request, "desk/staff_durations.html", view, status=status)


ROUTES = [show, accept, decline, set_length]
