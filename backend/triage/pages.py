"""The patient's road from "Pour qui ?" to the result, one question a screen, and the emergency page.

Everything is a plain form: each answer is kept on the server as it is posted, so a lost network loses
one screen at most, and no answer ever stands in an address.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from backend.families.repository import today
from backend.identity.guards import signed_in
from backend.identity.model import Viewer
from backend.identity.repository import account
from backend.kit import i18n
from backend.kit.clock import business_now
from backend.kit.forms import FormErrors, FormReader
from backend.kit.phones import said_phone
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice
from backend.triage import actions, forms, views
from backend.triage.questionnaire import questionnaire
from backend.triage.rules.asking import Asking, next_screen, screens, stops

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
ONE_RUN = views.START + "/{run_id:uuid}"
QUESTION = ONE_RUN + "/questions/{place:int}"
CHECK = ONE_RUN + "/verifier"


@get(views.START, **PATIENTS)
async def who(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """For whom? Somebody without a file of anybody first makes one."""
    return await _who_page(request, viewer, await business_now())


@post(views.START, status_code=303, **PATIENTS)
async def begin(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Begin a run for the person chosen. Several people are sent on, with the form, to come together."""
    now = await business_now()
    posted = await request.form()
    if len(posted.getall(forms.WHO, [])) > 1:
        return Redirect(views.TOGETHER, status_code=307)
    form = FormReader(dict(posted))
    try:
        patient_id = forms.read_patient(form)
    except FormErrors as mistakes:
        return await _who_page(request, viewer, now, mistakes)
    return _go_on(await actions.begin(viewer, patient_id, now))


@get(QUESTION, **PATIENTS)
async def show_question(
    request: AnyRequest, viewer: NamedDependency[Viewer], run_id: FromPath[UUID], place: FromPath[int]
) -> Response[Any]:
    """The question at a place, with the answer given before; a place not reached yet leads to the next."""
    asking = await actions.read(viewer, run_id, await business_now())
    if asking.run.decided_at is not None:
        return Redirect(views.address(run_id, "resultat"))
    if not 1 <= place <= len(screens(questionnaire(), asking)):
        return Redirect(_next_address(asking))
    return await _question_page(request, viewer, asking, place)


@post(QUESTION, status_code=303, **PATIENTS)
async def answer(
    request: AnyRequest, viewer: NamedDependency[Viewer], run_id: FromPath[UUID], place: FromPath[int]
) -> Response[Any]:
    """Keep the answer and go on; signs of danger go straight to the result."""
    now = await business_now()
    asking = await actions.read(viewer, run_id, now)
    posted = await request.form()
    form, ticked = FormReader(dict(posted)), posted.getall(forms.FIELD, [])
    if not forms.is_about(form, place, screens(questionnaire(), asking)):
        return _go_on(asking)
    try:
        question_id, given = forms.read_answer(questionnaire(), asking.age, form, ticked)
    except FormErrors as mistakes:
        return await _question_page(request, viewer, asking, place, mistakes)
    after = await actions.answer(viewer, run_id, question_id, given, now)
    if stops(questionnaire(), after):
        await actions.decide(viewer, run_id, now)
        return Redirect(views.address(run_id, "resultat"), status_code=303)
    return _go_on(after)


@get(CHECK, **PATIENTS)
async def check(
    request: AnyRequest, viewer: NamedDependency[Viewer], run_id: FromPath[UUID]
) -> Response[Any]:
    """All the answers, each with a way back, once every question is answered."""
    asking = await actions.read(viewer, run_id, await business_now())
    if asking.run.decided_at is not None:
        return Redirect(views.address(run_id, "resultat"))
    if next_screen(questionnaire(), asking) is not None:
        return Redirect(_next_address(asking))
    return await page(request, "triage/check.html", views.check(questionnaire(), asking, viewer.locale))


@post(CHECK, status_code=303, **PATIENTS)
async def decide(viewer: NamedDependency[Viewer], run_id: FromPath[UUID]) -> Redirect:
    """Read the answers by the rules."""
    await actions.decide(viewer, run_id, await business_now())
    return Redirect(views.address(run_id, "resultat"), status_code=303)


@get(ONE_RUN + "/resultat", **PATIENTS)
async def show_result(
    request: AnyRequest, viewer: NamedDependency[Viewer], run_id: FromPath[UUID]
) -> Response[Any]:
    """How soon, what care, why, and what to do meanwhile; for an emergency, whom to call.

    Before there is a result, back to the questions.
    """
    now = await business_now()
    if asking := await actions.undecided(viewer, run_id, now):
        return Redirect(_next_address(asking))
    run, patient = await actions.read_result(viewer, run_id, now)
    care = (await load_practice()).care_type(run.care_key).name(viewer.locale) if run.care_key else ""
    phone = said_phone((await account(viewer.account_id)).phone or "")
    view = views.result(questionnaire(), run, patient, care, phone, viewer.locale)
    return await page(request, "triage/result.html" if run.books else "triage/stop.html", view)


@get("/urgence", opt={"open_to_all": True}, include_in_schema=False)
async def emergency(request: AnyRequest) -> Response[str]:
    """Whom to call and what to do at once. The same for everybody: phones keep it for bad networks."""
    viewer: Viewer | None = request.scope.get("user")
    locale = viewer.locale if viewer else i18n.best_locale(request.headers.get("accept-language"))
    answered = await page(request, "triage/emergency.html", views.emergency(questionnaire(), locale))
    answered.headers["Cache-Control"] = "no-cache"
    return answered


async def _who_page(
    request: AnyRequest, viewer: Viewer, now: datetime, form: FormErrors | None = None
) -> Response[Any]:
    relatives = await actions.relatives(viewer, now)
    if not relatives:
        return Redirect("/famille/bienvenue")
    view = views.who(relatives, await today(now), viewer.locale, form)
    return await page(request, "triage/who.html", view, status=422 if form else 200)


async def _question_page(
    request: AnyRequest, viewer: Viewer, asking: Asking, place: int, form: FormErrors | None = None
) -> Response[str]:
    view = views.question(questionnaire(), asking, place, viewer.locale, trusted=viewer.strong, form=form)
    return await page(request, "triage/question.html", view, status=422 if form else 200)


def _next_address(asking: Asking) -> str:
    return views.screen_address(asking.run.id, next_screen(questionnaire(), asking))


def _go_on(asking: Asking) -> Redirect:
    return Redirect(_next_address(asking), status_code=303)


ROUTES = [who, begin, show_question, answer, check, decide, show_result, emergency]
