"""The same questions as JSON, for scripts and voice: one at a time, or all answers at once."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.identity.guards import signed_in
from backend.identity.model import Viewer
from backend.kit.clock import business_now
from backend.kit.problems import refusals
from backend.practice.repository import load_practice
from backend.triage import actions, views
from backend.triage.model import DecidedRun, Question
from backend.triage.questionnaire import questionnaire
from backend.triage.rules import telling
from backend.triage.rules.asking import Asking, check_version
from backend.triage.rules.walk import next_question, progress

PATH = "/api/v1/triage"
PATIENTS: dict[str, Any] = {
    "guards": [signed_in],
    "tags": ["triage"],
    "responses": refusals(400, 401, 403, 404, 409, 422),
}

Ticked = Annotated[list[str], msgspec.Meta(max_length=40)]


class Begin(msgspec.Struct, forbid_unknown_fields=True):
    """For whom; with `answers` (question id -> answer ids) the result comes at once."""

    patient_id: UUID
    answers: dict[str, Ticked] | None = None


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """The answers to one question; under the note's id, one text."""

    question: str
    answers: Ticked


class AnswerOut(msgspec.Struct):
    """A possible answer."""

    id: str
    text: str


class QuestionOut(msgspec.Struct):
    """A question. `kind` is one or many; screen `step` of about `of`."""

    id: str
    text: str
    kind: str
    optional: bool
    answers: list[AnswerOut]
    step: int
    of: int


class ResultOut(msgspec.Struct):
    """What the answers come to. `books_within` in hours, `call_back_within` in minutes; `next` is a page."""

    triage_id: UUID
    urgency: str
    care_key: str | None
    care: str | None
    reason: str
    advice: list[str]
    books: bool
    books_within: int | None
    needs_call_back: bool
    call_back_within: int | None
    version: str
    next: str


class RunOut(msgspec.Struct, omit_defaults=True):
    """Where a run stands: the next question, ready to be decided, or decided."""

    id: UUID
    question: QuestionOut | None = None
    ready: bool = False
    result: ResultOut | None = None


@post(PATH, operation_id="beginTriage", summary="Begin asking, or give all the answers", **PATIENTS)
async def begin(data: JSONBody[Begin], viewer: NamedDependency[Viewer]) -> RunOut | ResultOut:
    """Begin for a patient: the first question, or the result where all the answers are given at once."""
    now = await business_now()
    if data.answers is not None:
        return await _result(viewer, await actions.answer_all(viewer, data.patient_id, data.answers, now))
    return _where(await actions.begin(viewer, data.patient_id, now), viewer)


@get(PATH + "/{run_id:uuid}", operation_id="readTriage", summary="Where a run stands", **PATIENTS)
async def show(run_id: FromPath[UUID], viewer: NamedDependency[Viewer]) -> RunOut:
    """The next question, or the result once decided."""
    now = await business_now()
    asking = await actions.read(viewer, run_id, now)
    if asking.run.decided_at is None:
        return _where(asking, viewer)
    run, _ = await actions.read_result(viewer, run_id, now)
    return RunOut(id=run_id, result=await _result(viewer, run))


@post(
    PATH + "/{run_id:uuid}/answers",
    operation_id="answerTriage",
    summary="Answer one question",
    status_code=200,
    **PATIENTS,
)
async def answer(run_id: FromPath[UUID], data: JSONBody[Given], viewer: NamedDependency[Viewer]) -> RunOut:
    """Answer one question, also again; the next one, or `ready`."""
    after = await actions.answer(viewer, run_id, data.question, data.answers, await business_now())
    return _where(after, viewer)


@post(
    PATH + "/{run_id:uuid}/decide",
    operation_id="decideTriage",
    summary="How soon, what care and why",
    status_code=200,
    **PATIENTS,
)
async def decide(run_id: FromPath[UUID], viewer: NamedDependency[Viewer]) -> ResultOut:
    """Read the answers by the rules. A second time gives the first result."""
    return await _result(viewer, await actions.decide(viewer, run_id, await business_now()))


def _where(asking: Asking, viewer: Viewer) -> RunOut:
    check_version(questionnaire(), asking.run)
    pending = next_question(questionnaire(), asking.answers, asking.age)
    if pending is None:
        return RunOut(id=asking.run.id, ready=True)
    return RunOut(id=asking.run.id, question=_question(pending, asking, viewer.locale))


def _question(question: Question, asking: Asking, locale: str) -> QuestionOut:
    far = progress(questionnaire(), asking.answers, asking.age)
    return QuestionOut(
        id=question.id,
        text=question.said(locale, asking.child),
        kind=question.kind,
        optional=question.optional,
        answers=[
            AnswerOut(each.id, each.said(locale, asking.child)) for each in question.offered(asking.age)
        ],
        step=far.step,
        of=far.about,
    )


async def _result(viewer: Viewer, run: DecidedRun) -> ResultOut:
    practice = await load_practice()
    return ResultOut(
        triage_id=run.id,
        urgency=run.urgency,
        care_key=run.care_key,
        care=practice.care_type(run.care_key).name(viewer.locale) if run.care_key else None,
        reason=telling.why(questionnaire(), run, viewer.locale),
        advice=list(telling.meanwhile(questionnaire(), run).said(viewer.locale)),
        books=run.books,
        books_within=run.books_within,
        needs_call_back=run.needs_call_back,
        call_back_within=run.call_back_within,
        version=run.questionnaire_version,
        next=views.address(run.id, "creneaux" if run.books else "resultat"),
    )


ROUTES = [begin, show, answer, decide]
