"""What can be done with a triage run: begin, answer, decide, read. Each is journalled with its deed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from backend.audit.record import record, record_reading_of_many
from backend.families.model import Relative
from backend.families.repository import patient_for, patients_of, today
from backend.identity.model import Viewer
from backend.kit.days import age_on
from backend.kit.db import transaction
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.outbox.publish import publish
from backend.triage import repository
from backend.triage.events import TriageDecided
from backend.triage.model import Answers, DecidedRun, Run, Story
from backend.triage.questionnaire import questionnaire
from backend.triage.rules import asking as rules
from backend.triage.rules import telling
from backend.triage.rules.asking import Asking
from backend.triage.rules.decide import decide as decide_by_rules


async def relatives(viewer: Viewer, now: datetime) -> list[Relative]:
    """Everybody for whom the viewer may answer, oneself first."""
    async with transaction():
        found = await patients_of(viewer, now)
        await record_reading_of_many(viewer.actor, "triage.choose_patient", [each.id for each in found])
    return found


async def begin(viewer: Viewer, patient_id: UUID, now: datetime) -> Asking:
    """Start asking for a patient.

    Raises NotFound for a patient for whom this account may not act, MayNotBook for a helper who may act
    but not book.
    """
    async with transaction():
        patient = await patient_for(viewer, patient_id, now)
        rules.check_may_book(patient)
        run = Run(
            id=new_id(),
            patient_id=patient.id,
            account_id=viewer.account_id,
            session_id=viewer.session_id,
            questionnaire_version=questionnaire().version,
            answers={},
            created_at=now,
        )
        await repository.start(run)
        await record(viewer.actor, "triage.begin", ("triage_run", run.id), patient.id)
    return await _asking(run, patient, now)


async def read(viewer: Viewer, run_id: UUID, now: datetime) -> Asking:
    """The run with its answers, for the account that gives them. Raises NotFound."""
    async with transaction():
        found = await _open(viewer, run_id, now)
        await record(viewer.actor, "triage.read", ("triage_run", run_id), found.run.patient_id)
    return found


async def answer(
    viewer: Viewer, run_id: UUID, question_id: str, given: Sequence[str], now: datetime
) -> Asking:
    """Keep the answers to one question, in place of earlier ones; the later questions keep theirs.

    Raises NotFound, AlreadyDecided, Outdated, UnknownAnswer, OneAnswerOnly, NothingChosen, NoteTooLong.
    """
    async with transaction():
        before = await _open(viewer, run_id, now)
        if before.run.decided_at is not None:
            return _said_again(before, question_id, given)
        rules.check_version(questionnaire(), before.run)
        answers = rules.accept(questionnaire(), before.answers, before.age, question_id, given)
        if not await repository.save_answers(run_id, {question_id: answers[question_id]}):
            raise rules.AlreadyDecided
        await record(viewer.actor, "triage.answer", ("triage_run", run_id), before.patient.id)
    return replace(before, run=replace(before.run, answers=answers))


async def decide(viewer: Viewer, run_id: UUID, now: datetime) -> DecidedRun:
    """Read the answers by the rules and keep the result; a second time gives the first result.

    Raises NotFound, Unfinished, Outdated.
    """
    async with transaction():
        asking = await _open(viewer, run_id, now)
        if asking.run.decided_at is None:
            await _decide(viewer, asking, now)
        return await repository.result_for(viewer, run_id, now)


async def answer_all(viewer: Viewer, patient_id: UUID, answers: Answers, now: datetime) -> DecidedRun:
    """Begin, answer and decide at once, or not at all. Raises as `begin`, `answer` and `decide`."""
    async with transaction():
        begun = await begin(viewer, patient_id, now)
        await repository.save_answers(begun.run.id, answers)
        return await decide(viewer, begun.run.id, now)


async def read_result(viewer: Viewer, triage_id: UUID, now: datetime) -> tuple[DecidedRun, Relative]:
    """A result and whose it is, for a page that says why. Raises NotFound."""
    async with transaction():
        run = await repository.result_for(viewer, triage_id, now)
        return run, await patient_for(viewer, run.patient_id, now)


async def undecided(viewer: Viewer, run_id: UUID, now: datetime) -> Asking | None:
    """The run if it is this account's and waits for answers; None for any other, known or unknown."""
    try:
        asking = await read(viewer, run_id, now)
    except NotFound:
        return None
    return asking if asking.run.decided_at is None else None


async def read_story(viewer: Viewer, triage_id: UUID, now: datetime) -> Story:
    """The answers in words with the alerts, for assistant and practitioner.

    Raises NotAllowed for other roles, NotFound outside the assistant's day and the practitioner's own
    patients.
    """
    run, answers = await repository.answers_for_staff(viewer, triage_id, now)
    return telling.story(questionnaire(), run, answers, viewer.locale)


def _said_again(asking: Asking, question_id: str, given: Sequence[str]) -> Asking:
    """A second tap on the button that decided is no change."""
    if tuple(asking.answers.get(question_id, ())) != tuple(given):
        raise rules.AlreadyDecided
    return asking


async def _decide(viewer: Viewer, asking: Asking, now: datetime) -> None:
    rules.check_version(questionnaire(), asking.run)
    result = decide_by_rules(questionnaire(), asking.answers, asking.age)
    counting = rules.counting(questionnaire(), asking.answers, asking.age)
    run = asking.run
    if await repository.decide(run.id, counting, result, now):
        version = result.questionnaire_version
        await record(viewer.actor, "triage.decide", ("triage_run", run.id), run.patient_id, version=version)
        await publish(TriageDecided(triage_id=run.id))


async def _open(viewer: Viewer, run_id: UUID, now: datetime) -> Asking:
    run, patient = await repository.open_run_for(viewer, run_id, now)
    return await _asking(run, patient, now)


async def _asking(run: Run, patient: Relative, now: datetime) -> Asking:
    return Asking(run=run, patient=patient, age=age_on(patient.birth_date, await today(now)))
