"""Asking something of the desk: being called back, a document, a certificate, a question.

Linked from every step of booking; a triage result may be named by its id, never by what it says.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from backend.booking import asked_actions, forms, request_views
from backend.booking.model import RequestKind
from backend.booking.request_repository import requests_of
from backend.booking.rules.requests import LONGEST_REASON
from backend.families.actions import my_family
from backend.identity.guards import signed_in
from backend.identity.model import Asked, Viewer
from backend.identity.repository import account
from backend.kit.clock import business_now
from backend.kit.forms import FormErrors, FormReader
from backend.kit.phones import said_phone
from backend.kit.render import AnyRequest, page
from backend.practice.repository import default_site

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
HOME = "/demandes"
# What may stand in ?fait= after a redirect.
DONE = {"rappel": "call_back_made", "envoyee": "made"}


@get(HOME, **PATIENTS)
async def show_all(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """What this account asked, and how far it is."""
    view = request_views.requests_page(
        await requests_of(viewer),
        (await default_site()).zone,
        viewer.locale,
        DONE.get(request.query_params.get("fait", ""), ""),
    )
    return await page(request, "booking/requests.html", view)


@get(HOME + "/nouvelle", **PATIENTS)
async def new(
    request: AnyRequest, viewer: NamedDependency[Viewer], triage_id: FromQuery[UUID | None] = None
) -> Response[str]:
    """The form for any request."""
    return await _ask_page(request, viewer, triage_id)


@post(HOME, status_code=303, **PATIENTS)
async def ask(
    request: AnyRequest, viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None]
) -> Response[Any]:
    """Put it before the desk."""
    form = FormReader(dict(await request.form()))
    try:
        wanted = forms.read_ask(form)
    except FormErrors as mistakes:
        return await _ask_page(request, viewer, _triage_id(form), mistakes)
    await asked_actions.ask(viewer, wanted, asked)
    return Redirect(f"{HOME}?fait=envoyee", status_code=303)


@get(HOME + "/rappel", **PATIENTS)
async def new_call_back(
    request: AnyRequest, viewer: NamedDependency[Viewer], triage_id: FromQuery[UUID | None] = None
) -> Response[str]:
    """The form for being called back."""
    return await _call_back_page(request, viewer, triage_id)


@post(HOME + "/rappel", status_code=303, **PATIENTS)
async def ask_call_back(
    request: AnyRequest, viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None]
) -> Response[Any]:
    """Ask to be called back; the answers' urgency gives the deadline."""
    form = FormReader(dict(await request.form()))
    try:
        wanted = forms.read_ask(form, RequestKind.CALLBACK)
    except FormErrors as mistakes:
        return await _call_back_page(request, viewer, _triage_id(form), mistakes)
    await asked_actions.ask(viewer, wanted, asked)
    return Redirect(f"{HOME}?fait=rappel", status_code=303)


async def _ask_page(
    request: AnyRequest, viewer: Viewer, triage_id: UUID | None, form: FormErrors | None = None
) -> Response[str]:
    people = await my_family(viewer, await business_now())
    view = request_views.ask_page(
        people, triage_id, await _phone(viewer), LONGEST_REASON, viewer.locale, form
    )
    return await page(request, "booking/ask.html", view, status=422 if form else 200)


async def _call_back_page(
    request: AnyRequest, viewer: Viewer, triage_id: UUID | None, form: FormErrors | None = None
) -> Response[str]:
    view = request_views.call_back_page(triage_id, await _phone(viewer), LONGEST_REASON, viewer.locale, form)
    return await page(request, "booking/ask.html", view, status=422 if form else 200)


async def _phone(viewer: Viewer) -> str:
    known = (await account(viewer.account_id)).phone
    return said_phone(known) if known else ""


def _triage_id(form: FormReader) -> UUID | None:
    try:
        return UUID(form.typed.get("triage_id", ""))
    except ValueError:
        return None


ROUTES = [show_all, new, ask, new_call_back, ask_call_back]
