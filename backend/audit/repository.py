"""The journal's statements: insert and select, which is all that the app's database role may do."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.audit.model import Actor, ActorKind, Reading
from backend.kit import db
from backend.kit.ids import new_id
from backend.kit.parts import Part, texts_of, values_of

_INSERT = """
insert into audit_entry
  (id, at, actor_kind, actor_account_id, session_id, action, subject_type, subject_id, patient_id, details)
values ($1, now(), $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
"""


# The same beside a deed (kit.deeds), whose row names the subject in the column {subject}.
_BESIDE = """
insert into audit_entry
  (id, at, actor_kind, actor_account_id, session_id, action, subject_type, subject_id, patient_id, details)
select $1::uuid, now(), $2::text, $3::uuid, $4::uuid, $5::text, $6::text, done.{subject}, done.patient_id,
  $7::jsonb
from done where done.patient_id is not null
"""


def beside(actor: Actor, action: str, subject: tuple[str, str], details: dict[str, object]) -> Part:
    """One line, for a deed's statement."""
    kind, column = subject
    who = (actor.kind, actor.account_id, actor.session_id)
    return Part(_BESIDE.format(subject=column), (new_id(), *who, action, kind, db.json_text(details)))


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


async def read_noted(actor: Actor, reading: Reading) -> Any | None:
    """The one row of a reading, and its line, in one statement; None without a row."""
    who = (actor.kind, actor.account_id, actor.session_id)
    parts = (reading.part, Part(_LINE, (*_of_line(reading), *who)))
    return await db.look(_noted(texts_of(parts), alone=not db.in_transaction()), *values_of(parts))


async def read_noted_by(who: Part, reading: Reading) -> Any | None:
    """The same with who reads found in it too; None without them."""
    parts = (who, reading.part, Part(_LINE_OF_WHO, _of_line(reading)))
    return await db.look(_noted_by(texts_of(parts), alone=not db.in_transaction()), *values_of(parts))


def _of_line(reading: Reading) -> tuple[object, ...]:
    return new_id(), reading.action, *reading.subject


def _line(source: str, kind: str, account: str, session: str) -> str:
    return f"""
insert into audit_entry
  (id, at, actor_kind, actor_account_id, session_id, action, subject_type, subject_id, patient_id, details)
select $1, now(), {kind}, {account}, {session}, $2, $3, $4, found.patient_id, '{{}}' from {source}
"""


_LINE = _line("found", "$5", "$6", "$7")
_LINE_OF_WHO = _line("found cross join who", f"'{ActorKind.ACCOUNT}'", "who.account_id", "who.session_id")


@lru_cache(maxsize=64)
def _noted(texts: Sequence[str], *, alone: bool) -> str:
    reading, line = texts
    return f"""
with found as materialized ({reading}),
noted as ({line})
select found.*{_no_wait(alone)} from found
"""


@lru_cache(maxsize=64)
def _noted_by(texts: Sequence[str], *, alone: bool) -> str:
    who, reading, line = texts
    return f"""
with who as materialized ({who}),
found as materialized (select one.* from who cross join lateral ({reading}) one),
noted as ({line})
select who.*, found.*{_no_wait(alone)} from who left join found on true
"""


def _no_wait(alone: bool) -> str:
    # Only where nothing else is committed with it: decision 2026-11-22-readings-do-not-wait-for-the-disk.
    return ", set_config('synchronous_commit', 'off', true)" if alone else ""


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
