"""The owner's pages about care: what the practice offers, one care type, what makes visits longer."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.identity.guards import owner
from backend.identity.model import Viewer
from backend.kit.errors import NotFound
from backend.kit.forms import FormErrors, FormReader
from backend.kit.i18n import t
from backend.kit.render import AnyRequest, page
from backend.practice import actions, change_repository, forms, views
from backend.practice.model import DEFAULT_LENGTHENINGS, CareType, FirstVisit, Practice
from backend.practice.plan_actions import PracticeChanged
from backend.practice.plans import CARE, OF_ALL, Lengthenings, stamp
from backend.practice.repository import read_practice_anew

OWNER: dict[str, Any] = {"guards": [owner], "include_in_schema": False}
CARES = "/bureau/soins"
ONE = CARES + "/{key:str}"
VALUES = CARES + "/supplements"


@get(CARES, **OWNER)
async def show_all(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Every care type, in groups."""
    view = views.care_list(await read_practice_anew(), viewer.locale)
    return await page(request, "practice/care_list.html", view)


@get(f"{CARES}/nouveau", **OWNER)
async def show_new(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """An empty form."""
    return await _care_page(request, viewer, None)


@post(f"{CARES}/nouveau", **OWNER)
async def add(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """A new care type."""
    practice = await read_practice_anew()
    key, form = forms.read_key(await request.form())
    try:
        care = _read(form, key, practice, None)
        await actions.add_care(viewer, care)
    except FormErrors as mistakes:
        return await _care_page(request, viewer, None, mistakes=mistakes)
    except actions.KeyTaken as taken:
        return await _care_page(
            request, viewer, None, mistakes=FormErrors({"key": (taken.key, {})}, form.typed)
        )
    return _done(f"{CARES}/{key}")


@get(ONE, **OWNER)
async def show(
    request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str], fait: FromQuery[bool] = False
) -> Response[str]:
    """One care type, with its history."""
    return await _care_page(request, viewer, key, done=fait)


@post(ONE, **OWNER)
async def change(request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str]) -> Response[Any]:
    """Store what was typed."""
    posted = await request.form()
    practice = await read_practice_anew()
    before = _known(practice, key)
    form = FormReader(posted)
    try:
        care = _read(form, key, practice, before)
        await actions.change_care(viewer, care, forms.read_seen(posted))
    except FormErrors as mistakes:
        return await _care_page(request, viewer, key, mistakes=mistakes)
    except PracticeChanged as faster:
        kept = FormErrors({}, form.typed)
        return await _care_page(request, viewer, key, mistakes=kept, faster=faster, typed=care)
    return _done(f"{CARES}/{key}")


@post(f"{ONE}/retirer", **OWNER)
async def retire(request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str]) -> Response[Any]:
    """Book it no more; it stays for the visits that name it."""
    seen = forms.read_seen(await request.form())
    return await _deed(request, viewer, key, actions.retire_care(viewer, key, seen, retired=True))


@post(f"{ONE}/reprendre", **OWNER)
async def take_up(request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str]) -> Response[Any]:
    """Book it again."""
    seen = forms.read_seen(await request.form())
    return await _deed(request, viewer, key, actions.retire_care(viewer, key, seen, retired=False))


@post(f"{ONE}/proposition", **OWNER)
async def propose(request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str]) -> Response[Any]:
    """Back to the proposed values."""
    seen = forms.read_seen(await request.form())
    return await _deed(request, viewer, key, actions.propose_care(viewer, key, seen))


@post(f"{ONE}/revenir", **OWNER)
async def go_back(request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str]) -> Response[Any]:
    """Back to what stood before a change."""
    posted = await request.form()
    change_id = forms.read_change(posted)
    return await _deed(request, viewer, key, actions.go_back(viewer, key, change_id, forms.read_seen(posted)))


@get(VALUES, **OWNER)
async def show_values(
    request: AnyRequest, viewer: NamedDependency[Viewer], fait: FromQuery[bool] = False
) -> Response[str]:
    """By how much each modifier makes visits longer."""
    return await _values_page(request, viewer, done=fait)


@post(VALUES, **OWNER)
async def change_values(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Store the values."""
    posted = await request.form()
    try:
        wanted = forms.read_lengthenings(posted)
        await actions.change_lengthenings(viewer, wanted, forms.read_seen(posted))
    except FormErrors as mistakes:
        return await _values_page(request, viewer, mistakes=mistakes)
    except PracticeChanged as faster:
        kept = FormErrors({}, FormReader(posted).typed)
        return await _values_page(request, viewer, mistakes=kept, faster=faster, typed=wanted)
    return _done(VALUES)


@post(f"{VALUES}/proposition", **OWNER)
async def propose_values(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Back to the proposed values."""
    try:
        await actions.propose_lengthenings(viewer, forms.read_seen(await request.form()))
    except PracticeChanged as faster:
        return await _values_page(request, viewer, faster=faster)
    return _done(VALUES)


@post(f"{VALUES}/revenir", **OWNER)
async def go_back_in_values(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Back to what stood before a change."""
    posted = await request.form()
    change_id = forms.read_change(posted)
    try:
        await actions.go_back_in_lengthenings(viewer, change_id, forms.read_seen(posted))
    except PracticeChanged as faster:
        return await _values_page(request, viewer, faster=faster)
    return _done(VALUES)


async def _deed(request: AnyRequest, viewer: Viewer, key: str, deed: Any) -> Response[Any]:
    """Do it and show the care type, or who was faster."""
    try:
        await deed
    except PracticeChanged as faster:
        return await _care_page(request, viewer, key, faster=faster)
    return _done(f"{CARES}/{key}")


def _done(address: str) -> Redirect:
    return Redirect(f"{address}?fait=1", status_code=303)


def _known(practice: Practice, key: str) -> CareType:
    for care in practice.care_types:
        if care.key == key:
            return care
    raise NotFound


def _read(form: FormReader, key: str, practice: Practice, before: CareType | None) -> CareType:
    machines, signers = views.machine_codes(practice, before), views.signers(practice, before)
    return forms.read_care(form, key, before, machines, views.giver_skills(practice, before), signers)


async def _care_page(
    request: AnyRequest,
    viewer: Viewer,
    key: str | None,
    *,
    mistakes: FormErrors | None = None,
    faster: PracticeChanged | None = None,
    typed: CareType | None = None,
    done: bool = False,
) -> Response[str]:
    practice, locale = await read_practice_anew(), viewer.locale
    care = _known(practice, key) if key else None
    standard = actions.proposed(key) if key else None
    edits = await change_repository.history(CARE, key) if key else []
    view = views.CareView(
        key=key or "",
        title=care.name(locale) if care else t(locale, "practice.new_care"),
        known=forms.typed_of(care) if care else forms.typed_of_new(),
        skills=views.skill_options(practice, locale),
        machines=[views.Option(code, code) for code in views.machine_codes(practice, care)],
        practitioners=views.giver_options(practice, care),
        sources=_options("source", "PSV", locale),
        first_visits=_options("first_visit", FirstVisit, locale),
        signers=[
            views.Option("", t(locale, "practice.nobody_signed")),
            *(views.Option(name, name) for name in views.signers(practice, care)),
        ],
        own_minutes=views.own_minutes(practice, key or "", locale),
        stamp=stamp(care) if care else "",
        retired=care is not None and care.retired,
        waiting=care is not None and views.waits(care),
        differs=list(views.differences(standard, care, locale)) if standard else [],
        is_proposed=standard is not None,
        history=views.history_views(edits, CareType, practice.sites[0].zone, locale),
        form=mistakes,
        faster=views.faster(faster.who, typed, care, locale) if faster else None,
        done=done,
    )
    return await page(request, "practice/care.html", view, status=_status(mistakes, faster))


async def _values_page(
    request: AnyRequest,
    viewer: Viewer,
    *,
    mistakes: FormErrors | None = None,
    faster: PracticeChanged | None = None,
    typed: Lengthenings | None = None,
    done: bool = False,
) -> Response[str]:
    practice, locale = await read_practice_anew(), viewer.locale
    values = practice.lengthenings
    edits = await change_repository.history(*OF_ALL)
    view = views.LengtheningsView(
        values=views.value_views(values, locale),
        stamp=stamp(values),
        differs=list(views.differences(DEFAULT_LENGTHENINGS, values, locale)),
        history=views.history_views(edits, Lengthenings, practice.sites[0].zone, locale),
        form=mistakes,
        faster=views.faster(faster.who, typed, values, locale) if faster else None,
        done=done,
    )
    return await page(request, "practice/lengthenings.html", view, status=_status(mistakes, faster))


def _options(name: str, values: Any, locale: str) -> list[views.Option]:
    return [views.Option(value, t(locale, f"practice.{name}_{value}")) for value in values]


def _status(mistakes: FormErrors | None, faster: PracticeChanged | None) -> int:
    if faster:
        return faster.status
    return mistakes.status if mistakes else 200


ROUTES = [
    *(show_all, show_new, add, show, change, retire, take_up, propose, go_back),
    *(show_values, change_values, propose_values, go_back_in_values),
]
