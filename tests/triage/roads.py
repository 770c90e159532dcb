"""Whole sets of answers that tests walk along, and the shortest way to a decided run."""

from typing import Any
from uuid import UUID

from backend.kit.clock import business_now
from backend.triage import actions
from backend.triage.model import DecidedRun

CHECKUP = {"red_flags": ["none"], "what": ["checkup"], "health": ["none"], "help": []}
TOOTHACHE = {
    "red_flags": ["none"],
    "what": ["pain"],
    "pain_rest": ["yes"],
    "health": ["none"],
    "help": ["very_anxious"],
}
AIRWAY = {"red_flags": ["airway"]}
IN_DOUBT = {"red_flags": ["unsure"]}


async def decided(viewer: Any, patient_id: UUID, answers: dict[str, list[str]]) -> DecidedRun:
    """A run that this viewer answered just now."""
    return await actions.answer_all(viewer, patient_id, answers, await business_now())


async def journal(database: Any, subject: UUID) -> list[str]:
    """What the journal says was done to a run, in order."""
    rows = await database.fetch(
        "select action from audit_entry where subject_id = $1 and subject_type = 'triage_run' order by id",
        subject,
    )
    return [row["action"] for row in rows]
