"""One's family: oneself, one's children, the people one helps."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from backend.families import actions, forms, repository, rules, views
from backend.families.model import Relation
from backend.identity.guards import signed_in
from backend.identity.model import Viewer
from backend.identity.repository import account
from backend.kit.clock import business_now
from backend.kit.errors import Refusal
from backend.kit.forms import FormErrors
from backend.kit.paths import safe_path
from backend.kit.render import AnyRequest, page

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
FAMILY = "/famille"


@get(FAMILY, **PATIENTS)
async def show_family(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Everybody I may act for."""
    now = await business_now()
    family = await actions.my_family(viewer, now)
    view = views.FamilyView(
        members=views.members(family, await repository.today(now), viewer.locale),
        has_own_file=any(one.relation is Relation.SELF for one in family),
    )
    return await page(request, "families/list.html", view)


@get(f"{FAMILY}/bienvenue", **PATIENTS)
async def show_welcome(
    request: AnyRequest, viewer: NamedDependency[Viewer], suite: FromQuery[str] = FAMILY
) -> Response[str]:
    """The first page after signing up: one's own birth date opens one's own file."""
    return await _welcome_page(request, viewer, suite)


@post(f"{FAMILY}/bienvenue", **PATIENTS)
async def add_self(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Open one's own file. Where there is one already, nothing is left to do."""
    posted = dict(await request.form())
    suite = safe_path(str(posted.get("suite", "")), FAMILY)
    now = await business_now()
    try:
        birth_date = forms.read_birth_date(posted, await repository.today(now))
        await actions.add_self(viewer, birth_date, now)
    except FormErrors as mistakes:
        return await _welcome_page(request, viewer, suite, mistakes)
    except rules.OwnFileExists:
        return Redirect(suite, status_code=303)
    return Redirect(suite, status_code=303)


@get(f"{FAMILY}/enfant", **PATIENTS)
async def show_child(
    request: AnyRequest, viewer: NamedDependency[Viewer], suite: FromQuery[str] = FAMILY
) -> Response[str]:
    """Where a child is added."""
    return await _child_page(request, viewer, suite)


@post(f"{FAMILY}/enfant", **PATIENTS)
async def add_child(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Open the file of one's child."""
    posted = dict(await request.form())
    suite = safe_path(str(posted.get("suite", "")), FAMILY)
    now = await business_now()
    try:
        child = forms.read_child(posted, await repository.today(now))
        await actions.add_child(viewer, child, now)
    except FormErrors as mistakes:
        return await _child_page(request, viewer, suite, mistakes)
    except (rules.AlreadyAdult, rules.TooManyChildren) as refusal:
        return await _child_page(request, viewer, suite, _at_birth_date(refusal, posted))
    return Redirect(suite, status_code=303)


async def _welcome_page(
    request: AnyRequest, viewer: Viewer, suite: str, form: FormErrors | None = None
) -> Response[str]:
    view = views.WelcomeView(given_name=viewer.given_name, suite=safe_path(suite, FAMILY), form=form)
    return await page(request, "families/welcome.html", view, status=form.status if form else 200)


async def _child_page(
    request: AnyRequest, viewer: Viewer, suite: str, form: FormErrors | None = None
) -> Response[str]:
    holder = await account(viewer.account_id)
    view = views.ChildView(family_name=holder.family_name, suite=safe_path(suite, FAMILY), form=form)
    return await page(request, "families/child.html", view, status=form.status if form else 200)


def _at_birth_date(refusal: Refusal, posted: dict[str, Any]) -> FormErrors:
    typed = {name: value for name, value in posted.items() if isinstance(value, str)}
    return FormErrors({"birth_date": (refusal.key, refusal.values)}, typed)


ROUTES = [show_family, show_welcome, add_self, show_child, add_child]
