"""The owner's pages of hours: everybody's week, one plan, and each change checked before it is stored."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.desk import hours_actions, hours_forms, hours_views, hours_week_views
from backend.desk.hours_rules import ONE_DAY, WEEKLY, Item, items_of, with_items
from backend.desk.hours_views import Scene
from backend.desk.rules import check_day, week_of
from backend.identity.guards import owner
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.forms import FormErrors, FormReader
from backend.kit.i18n import t
from backend.kit.render import AnyRequest, page
from backend.practice.model import Closure, Opening
from backend.practice.plan_actions import (
    Plan,
    PracticeChanged,
    plan_before,
    plan_history,
    plan_of,
    stamp,
    with_plan,
)
from backend.practice.repository import read_practice_anew

OWNER: dict[str, Any] = {"guards": [owner], "include_in_schema": False}
HOURS = hours_week_views.HOURS
ONE = HOURS + "/{owner_id:uuid}"
STEP, SEEN, SHOWN, SAVE, CORRECT = "etape", "vu", "hors", "enregistrer", "corriger"


async def _scene(viewer: Viewer, owner_id: UUID) -> Scene:
    practice = await read_practice_anew()
    plan = plan_of(practice, owner_id)
    if plan is None:
        raise NotFound
    site = hours_actions.site_of(practice, owner_id)
    today = (await business_now()).astimezone(site.timezone).date()
    return Scene(
        locale=viewer.locale, practice=practice, owner_id=owner_id, plan=plan, site=site, today=today
    )


@get(HOURS, **OWNER)
async def show_all(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Everybody's hours of this week, by site."""
    practice, now = await read_practice_anew(), await business_now()
    monday = week_of(now.astimezone(practice.sites[0].timezone).date())
    return await page(
        request, "desk/staff_hours.html", hours_week_views.hours_view(practice, monday, viewer.locale)
    )


@get(ONE, **OWNER)
async def show(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    owner_id: FromPath[UUID],
    semaine: FromQuery[date | None] = None,
    fait: FromQuery[bool] = False,
) -> Response[str]:
    """One plan: two weeks of it, what it is made of, its history."""
    scene = await _scene(viewer, owner_id)
    return await _plan_page(request, scene, semaine or scene.today, done=fait)


@get(f"{ONE}/{{kind:str}}/nouveau", **OWNER)
async def show_new(
    request: AnyRequest, viewer: NamedDependency[Viewer], owner_id: FromPath[UUID], kind: FromPath[str]
) -> Response[str]:
    """The form of a new thing."""
    scene = await _scene(viewer, owner_id)
    return await _form_page(request, scene, _kind(scene, kind), None)


@post(f"{ONE}/{{kind:str}}/nouveau", **OWNER)
async def add(
    request: AnyRequest, viewer: NamedDependency[Viewer], owner_id: FromPath[UUID], kind: FromPath[str]
) -> Response[Any]:
    """Check a new thing, then store it."""
    scene = await _scene(viewer, owner_id)
    return await _put(request, viewer, scene, _kind(scene, kind), None)


@get(f"{ONE}/{{kind:str}}/{{place:int}}", **OWNER)
async def show_one(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    owner_id: FromPath[UUID],
    kind: FromPath[str],
    place: FromPath[int],
) -> Response[str]:
    """The form of a thing of the plan."""
    scene = await _scene(viewer, owner_id)
    return await _form_page(request, scene, _kind(scene, kind), _place(scene, kind, place))


@post(f"{ONE}/{{kind:str}}/{{place:int}}", **OWNER)
async def change(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    owner_id: FromPath[UUID],
    kind: FromPath[str],
    place: FromPath[int],
) -> Response[Any]:
    """Check a changed thing, then store it."""
    scene = await _scene(viewer, owner_id)
    return await _put(request, viewer, scene, _kind(scene, kind), place)


@post(f"{ONE}/{{kind:str}}/{{place:int}}/retirer", **OWNER)
async def remove(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    owner_id: FromPath[UUID],
    kind: FromPath[str],
    place: FromPath[int],
) -> Response[Any]:
    """Check what is without a thing, then take it out."""
    scene = await _scene(viewer, owner_id)
    posted = dict(await request.form())
    if not _is_fresh(scene, posted):
        return await _plan_page(request, scene, scene.today, faster=True)
    kind = _kind(scene, kind)
    plan = with_items(scene.plan, kind, _place(scene, kind, place), [])
    return await _settle(request, viewer, scene, posted, plan, _day_of(scene, kind, place, []))


@post(f"{ONE}/regles", **OWNER)
async def change_rules(
    request: AnyRequest, viewer: NamedDependency[Viewer], owner_id: FromPath[UUID]
) -> Response[Any]:
    """Public and school holidays of a site."""
    scene = await _scene(viewer, owner_id)
    if scene.plan.keeps_public_holidays is None:
        raise NotFound
    posted = dict(await request.form())
    keeps, zone = hours_forms.read_rules(posted)
    plan = msgspec.structs.replace(scene.plan, keeps_public_holidays=keeps, school_zone=zone)
    return await _settle(request, viewer, scene, posted, plan, scene.today)


@post(f"{ONE}/revenir", **OWNER)
async def go_back(
    request: AnyRequest, viewer: NamedDependency[Viewer], owner_id: FromPath[UUID]
) -> Response[Any]:
    """Check an earlier state, then make it the present one."""
    scene = await _scene(viewer, owner_id)
    posted = dict(await request.form())
    form = FormReader(posted)
    change_id = form.id("changement")
    form.finish()
    plan = await plan_before(owner_id, change_id)
    return await _settle(request, viewer, scene, posted, plan, scene.today)


async def _put(
    request: AnyRequest, viewer: Viewer, scene: Scene, kind: str, place: int | None
) -> Response[Any]:
    posted = dict(await request.form())
    if not _is_fresh(scene, posted):
        return await _typed_again(request, scene, kind, posted)
    place = None if place is None else _place(scene, kind, place)
    if posted.get(STEP) == CORRECT:
        return await _form_page(request, scene, kind, place, FormErrors({}, FormReader(posted).typed), 200)
    try:
        items = hours_forms.read_items(
            posted, kind, place, scene.plan, scene.owner_id, scene.site, scene.today
        )
    except FormErrors as mistakes:
        return await _form_page(request, scene, kind, place, mistakes, mistakes.status)
    plan, day = with_items(scene.plan, kind, place, items), _day_of(scene, kind, place, items)
    try:
        return await _check_or_save(request, viewer, scene, posted, plan, day, can_correct=True)
    except PracticeChanged:
        return await _typed_again(request, await _scene(viewer, scene.owner_id), kind, posted)


async def _settle(
    request: AnyRequest, viewer: Viewer, scene: Scene, posted: Mapping[str, object], plan: Plan, day: date
) -> Response[Any]:
    """The same for what has no form of its own: whoever comes second sees the plan again."""
    try:
        if not _is_fresh(scene, posted):
            raise PracticeChanged(None, None)
        return await _check_or_save(request, viewer, scene, posted, plan, day)
    except PracticeChanged:
        scene = await _scene(viewer, scene.owner_id)
        return await _plan_page(request, scene, scene.today, faster=True)


async def _check_or_save(
    request: AnyRequest,
    viewer: Viewer,
    scene: Scene,
    posted: Mapping[str, object],
    plan: Plan,
    day: date,
    *,
    can_correct: bool = False,
) -> Response[Any]:
    """First the page that says what the change would do; from there it is stored. Raises PracticeChanged."""
    typed, mistake = FormReader(posted).typed, ""
    if typed.get(STEP) == SAVE:
        seen, shown = typed.get(SEEN, ""), typed.get(SHOWN, "")
        try:
            await hours_actions.save(viewer, scene.owner_id, plan, seen, shown)
        except hours_actions.VisitsChanged as refusal:
            mistake = t(scene.locale, refusal.key)
        else:
            return Redirect(f"{scene.address}?fait=1", status_code=303)
    after = with_plan(scene.practice, scene.owner_id, plan)
    visits = await hours_actions.visits_outside(scene.practice, after, scene.owner_id)
    hidden = {name: value for name, value in typed.items() if name != STEP}
    view = hours_views.check_view(
        scene,
        plan,
        after,
        week_of(day),
        visits,
        {**hidden, SHOWN: hours_actions.mark_of(visits)},
        action=request.url.path,
        can_correct=can_correct,
        mistake=mistake,
    )
    return await page(request, "desk/staff_hours_check.html", view, status=409 if mistake else 200)


async def _typed_again(
    request: AnyRequest, scene: Scene, kind: str, posted: Mapping[str, object]
) -> Response[str]:
    """The plan changed meanwhile: what was typed becomes a new thing, to be looked at beside what stands."""
    typed = FormErrors({}, FormReader(posted).typed)
    return await _form_page(request, scene, kind, None, typed, 409, faster=True)


async def _plan_page(
    request: AnyRequest, scene: Scene, day: date, *, faster: bool = False, done: bool = False
) -> Response[str]:
    check_day(day, scene.today)
    edits = await plan_history(scene.owner_id)
    told = hours_views.faster_view(scene, edits) if faster else None
    view = hours_views.plan_view(scene, week_of(day), edits, faster=told, done=done)
    return await page(request, "desk/staff_plan.html", view, status=409 if faster else 200)


async def _form_page(
    request: AnyRequest,
    scene: Scene,
    kind: str,
    place: int | None,
    form: FormErrors | None = None,
    status: int = 200,
    *,
    faster: bool = False,
) -> Response[str]:
    told = hours_views.faster_view(scene, await plan_history(scene.owner_id)) if faster else None
    view = hours_views.form_view(scene, kind, place, form, told)
    return await page(request, "desk/staff_hours_form.html", view, status=status)


def _is_fresh(scene: Scene, posted: Mapping[str, object]) -> bool:
    return posted.get(SEEN) == stamp(scene.plan)


def _kind(scene: Scene, text: str) -> str:
    if text not in hours_views.kinds_of(scene.practice, scene.owner_id):
        raise NotFound
    return text


def _place(scene: Scene, kind: str, place: int) -> int:
    if not 0 <= place < len(items_of(scene.plan, kind)):
        raise NotFound
    return place


def _day_of(scene: Scene, kind: str, place: int | None, items: list[Item]) -> date:
    """A day on which the change shows: that of the exception or absence, the first of later hours."""
    item = items[0] if items else items_of(scene.plan, kind)[place or 0]
    if isinstance(item, Closure):
        return max(item.starts_at.astimezone(scene.site.timezone).date(), scene.today)
    if isinstance(item, Opening) and kind in (ONE_DAY, WEEKLY):
        return item.only_on or max(item.valid_from or scene.today, scene.today)
    return scene.today


ROUTES = [show_all, show, show_new, add, show_one, change, remove, change_rules, go_back]
