"""Every statement of triage. A run is read through the families' rule: who may act for the patient.

What other features may read, results and answers, leaves its line in the journal here.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.audit.model import Reading
from backend.audit.record import read_noted, record
from backend.families.model import Relative
from backend.families.repository import patient_for, right_holds
from backend.identity.model import Role, Viewer
from backend.kit import db
from backend.kit.clock import NOW_OR_GIVEN
from backend.kit.errors import NotAllowed, NotFound
from backend.kit.parts import Part
from backend.triage.model import Answers, DecidedRun, Result, Run, Urgency

_RUN = "id, patient_id, account_id, session_id, questionnaire_version, answers, created_at, decided_at"
_RESULT = """
r.id, r.patient_id, r.account_id, r.decided_at, r.questionnaire_version, r.urgency, r.outcome, r.care_key,
r.advice, r.reasons, r.also, r.modifiers, r.alerts, r.needs_call_back,
r.call_back_within_minutes as call_back_within, r.books_within_hours as books_within
"""


def readable_result(run: str = "$2", session: str = "$3", strong: str = "$4", account: str = "$5") -> str:
    """From which results somebody may read, the one of a run; SQL texts, by default places as `reader_of`.

    Every account that may act for the patient; without passkey only what this session answered, which is
    enough to book with it.
    """
    return f"""
from {NOW_OR_GIVEN}
cross join triage_run r join patient p on p.id = r.patient_id join guardian g on g.patient_id = p.id
where r.id = {run} and r.decided_at is not null and (r.session_id = {session} or {strong})
  and g.account_id = {account} and {right_holds("c.now")}
"""


READABLE_RESULT = readable_result()
# The same in a statement that finds who reads, too (`audit.record.read_noted_by`).
READABLE_BY_WHO = readable_result("$2", "who.session_id", "who.strong", "who.account_id")
# The visits are booking's, one floor up. They are read here all the same, so that whose answers a
# clinician may read is one statement, which no caller can loosen.
_ON_THE_DAY = """
exists (select from appointment a join site s on s.id = a.site_id
        where a.triage_id = r.id and a.status <> 'cancelled'
          and (a.starts_at at time zone s.zone)::date = ($2::timestamptz at time zone s.zone)::date)
or (r.needs_call_back and r.decided_at > $2::timestamptz - interval '1 day')
"""
_OWN_PATIENT = """
exists (select from appointment a
        where a.patient_id = r.patient_id and a.practitioner_id = $2 and a.status <> 'cancelled')
or exists (select from patient p where p.id = r.patient_id and p.usual_practitioner_id = $2)
"""


async def start(run: Run) -> None:
    """Store a run that begins."""
    await db.execute(
        f"insert into triage_run ({_RUN}) values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)",
        run.id,
        run.patient_id,
        run.account_id,
        run.session_id,
        run.questionnaire_version,
        db.json_text(run.answers),
        run.created_at,
        run.decided_at,
    )


async def save_answers(run_id: UUID, answers: Answers) -> bool:
    """Add these answers to a draft, in place of earlier ones to the same questions; False once decided."""
    touched = await db.execute(
        "update triage_run set answers = answers || $2::jsonb where id = $1 and decided_at is null",
        run_id,
        db.json_text(answers),
    )
    return touched == 1


async def decide(run_id: UUID, answers: Answers, result: Result, now: datetime) -> bool:
    """Store the result with the answers that led to it, and no others; False if it was there already."""
    touched = await db.execute(
        """
        update triage_run set
          answers = $2::jsonb, decided_at = $3, urgency = $4, outcome = $5, care_key = $6, advice = $7,
          reasons = $8, also = $9, modifiers = $10, alerts = $11, needs_call_back = $12,
          call_back_within_minutes = $13, books_within_hours = $14
        where id = $1 and decided_at is null
        """,
        run_id,
        db.json_text(answers),
        now,
        result.urgency,
        result.outcome,
        result.care_key,
        result.advice,
        result.reasons,
        result.also,
        result.modifiers,
        result.alerts,
        result.needs_call_back,
        result.call_back_within,
        result.books_within,
    )
    return touched == 1


async def open_run_for(viewer: Viewer, run_id: UUID, now: datetime) -> tuple[Run, Relative]:
    """The run that this account began, decided or not, and its patient, while it may act for them.

    A session without passkey reads only what was answered in it: older answers wait for the passkey.
    Raises NotFound.
    """
    row = await db.fetch_row(
        f"select {_RUN} from triage_run where id = $1 and account_id = $2 and (session_id = $3 or $4)",
        run_id,
        viewer.account_id,
        viewer.session_id,
        viewer.strong,
    )
    if row is None:
        raise NotFound
    run = _run(row)
    return run, await patient_for(viewer, run.patient_id, now)


async def result_for(viewer: Viewer, triage_id: UUID, now: datetime) -> DecidedRun:
    """The result of a decided run, for every account that may act for its patient.

    Without passkey only what this session answered, which is enough to book with it: older answers wait
    for the passkey. Raises NotFound for an unknown run, somebody else's and one that is not decided.
    """
    one = Part(f"select {_RESULT} {READABLE_RESULT}", reader_of(viewer, triage_id, now))
    reading = Reading(one, "triage.read_result", ("triage_run", triage_id))
    row = await read_noted(viewer.actor, reading)
    if row is None:
        raise NotFound
    return db.to_struct(DecidedRun, row)


def reader_of(viewer: Viewer, triage_id: UUID, now: datetime | None) -> tuple[object, ...]:
    """The values of `READABLE_RESULT`'s places; without `now` the statement reads the clock itself."""
    return now, triage_id, viewer.session_id, viewer.strong, viewer.account_id


async def person_of(viewer: Viewer, run_id: UUID, now: datetime) -> tuple[UUID, Urgency | None]:
    """Whom a run is about, and how urgent it is once decided: for a request to the desk half-way through.

    Raises NotFound for an unknown run and somebody else's.
    """
    async with db.transaction():
        row = await db.fetch_row("select patient_id, urgency from triage_run where id = $1", run_id)
        if row is None:
            raise NotFound
        patient = await patient_for(viewer, row["patient_id"], now)
        await record(viewer.actor, "triage.read_person", ("triage_run", run_id), patient.id)
    return patient.id, Urgency(row["urgency"]) if row["urgency"] else None


async def answers_for_staff(viewer: Viewer, triage_id: UUID, now: datetime) -> tuple[DecidedRun, Answers]:
    """A result and the answers behind it, for those who give the care.

    The assistant: visits of the site's current day, and call-backs owed since yesterday. The
    practitioner: patients whom they see or follow. Raises NotAllowed for any other role, NotFound for
    any other run.
    """
    condition, value = _leave_of(viewer, now)
    async with db.transaction():
        row = await db.fetch_row(
            f"select {_RESULT}, r.answers from triage_run r "
            f"where r.id = $1 and r.decided_at is not null and ({condition})",
            triage_id,
            value,
        )
        if row is None:
            raise NotFound
        run = db.to_struct(DecidedRun, row)
        await record(viewer.actor, "triage.read_answers", ("triage_run", run.id), run.patient_id)
    return run, _answers(row)


def _leave_of(viewer: Viewer, now: datetime) -> tuple[str, object]:
    """The condition under which this role reads answers, and the value of its $2."""
    if viewer.role is Role.ASSISTANT:
        return _ON_THE_DAY, now
    if viewer.role is Role.PRACTITIONER:
        return _OWN_PATIENT, viewer.practitioner_id
    raise NotAllowed


def _run(row: Any) -> Run:
    return msgspec.convert({**row, "answers": _answers(row)}, Run)


def _answers(row: Any) -> dict[str, tuple[str, ...]]:
    return msgspec.json.decode(row["answers"], type=dict[str, tuple[str, ...]])
