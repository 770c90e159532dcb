"""The journal's statements: insert and select, which is all that the app's database role may do."""

from collections.abc import Sequence
from uuid import UUID

from backend.audit.model import Actor
from backend.kit import db
from backend.kit.ids import new_id

_INSERT = """
insert into audit_entry
  (id, at, actor_kind, actor_account_id, session_id, action, subject_type, subject_id, patient_id, details)
values ($1, now(), $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
"""


async def add(
    actor: Actor,
    action: str,
    subject: tuple[str, UUID],
    patient_id: UUID | None,
    details: dict[str, object],
) -> None:
    """One line."""
    await db.execute(
        _INSERT,
        new_id(),
        actor.kind,
        actor.account_id,
        actor.session_id,
        action,
        *subject,
        patient_id,
        db.json_text(details),
    )


async def add_several(
    actor: Actor, actions: Sequence[str], subject: tuple[str, UUID], patient_id: UUID
) -> None:
    """One line for each action on one subject."""
    who = (actor.kind, actor.account_id, actor.session_id)
    await db.execute_many(
        _INSERT, [(new_id(), *who, action, *subject, patient_id, "{}") for action in actions]
    )


async def add_many(actor: Actor, action: str, patient_ids: list[UUID], details: dict[str, object]) -> None:
    """One line for each patient, the patient being also the subject."""
    text = db.json_text(details)
    await db.execute_many(
        _INSERT,
        [
            (new_id(), actor.kind, actor.account_id, actor.session_id, action, "patient", one, one, text)
            for one in patient_ids
        ],
    )


async def can_be_rewritten() -> bool:
    """Whether this process's database role could change or delete lines: it must not."""
    rewritable: bool = await db.fetch_value(
        "select has_table_privilege('audit_entry', 'update, delete, truncate')"
    )
    return rewritable
