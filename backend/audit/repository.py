"""The journal's statements: insert and select, which is all that the app's database role may do."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.audit.model import Actor, ActorKind, Reading, Who
from backend.kit import db
from backend.kit.deeds import Part
from backend.kit.ids import new_id

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


async def read_noted(
    actor: Actor, actions: Sequence[str], subject: tuple[str, UUID], reading: str, *values: object
) -> Any | None:
    """The one row of a reading, with one line for each action, all in one statement; None without a row."""
    ids = [new_id() for _ in actions]
    who = (actor.kind, actor.account_id, actor.session_id)
    statement = _noted(reading, len(values), alone=not db.in_transaction())
    return await db.look(statement, *values, ids, actions, *subject, *who)


async def read_noted_by(who: Who, values: Sequence[object], reading: Reading) -> Any | None:
    """The same with who reads found in it too; None without them."""
    ids = [new_id() for _ in reading.actions]
    statement = _noted_by(who, reading.sql, len(reading.values), alone=not db.in_transaction())
    return await db.look(statement, *reading.values, ids, reading.actions, *reading.subject, *values)


@lru_cache(maxsize=64)
def _noted(reading: str, places: int, *, alone: bool) -> str:
    kind, account, session = (f"${places + number}" for number in range(5, 8))
    return f"""
with found as materialized ({reading}),
{_lines(places, kind, account, session, "found")}
select found.*{_no_wait(alone)} from found
"""


@lru_cache(maxsize=64)
def _noted_by(who: Who, reading: str, places: int, *, alone: bool) -> str:
    kind = f"'{ActorKind.ACCOUNT}'"
    return f"""
with who as materialized ({who(places + 4)}),
found as materialized (select one.* from who cross join lateral ({reading}) one),
{_lines(places, kind, "who.account_id", "who.session_id", "found cross join who")}
select who.*, found.*{_no_wait(alone)} from who left join found on true
"""


def _lines(places: int, kind: str, account: str, session: str, source: str) -> str:
    """The lines of what was `found`, from four values after so many places."""
    ids, actions, subject_type, subject = (f"${places + number}" for number in range(1, 5))
    return f"""
noted as (
  insert into audit_entry
    (id, at, actor_kind, actor_account_id, session_id, action, subject_type, subject_id, patient_id, details)
  select line.id, now(), {kind}, {account}, {session}, line.action, {subject_type}, {subject},
    found.patient_id, '{{}}'
  from {source}, unnest({ids}::uuid[], {actions}::text[]) as line(id, action)
)
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
