"""Writing the journal. Only inside a transaction: a deed without its line, or a line without its deed,
must not exist."""

from typing import Any
from uuid import UUID

from backend.audit import repository
from backend.audit.model import Actor, Reading
from backend.kit import db
from backend.kit.parts import Part


async def record(
    actor: Actor,
    action: str,
    subject: tuple[str, UUID],
    patient_id: UUID | None = None,
    **details: object,
) -> None:
    """Note that `actor` did `action` ("appointment.move", "appointment.read") to a subject (type, id).

    `patient_id` is the person whose data it was. `details` are ids, times, codes: never names or answers.
    """
    assert db.in_transaction(), f"{action} is recorded outside a transaction"
    await repository.add(actor, action, subject, patient_id, details)


def beside(actor: Actor, action: str, subject: tuple[str, str], **details: object) -> Part:
    """The line of a deed that is one statement (`kit.deeds`), as a part of that statement.

    `subject` is its type and the column of the deed's row that has its id; the row names the patient.
    """
    return repository.beside(actor, action, subject, details)


async def read_noted(actor: Actor, reading: Reading) -> Any | None:
    """The row that a reading finds, its line written by the very same statement; None without a row.

    One trip to the database instead of four, for what is read more often than anything else. Without a row
    nothing is noted. Needs no transaction: a statement is one.
    """
    return await repository.read_noted(actor, reading)


async def read_noted_by(who: Part, reading: Reading) -> Any | None:
    """The same for somebody who is found in that statement too: `who` finds one row with their `account_id`
    and `session_id`, which the reading may name.

    The row has the columns of both; None without `who`. Where the reading finds nothing its columns are null
    and nothing is noted.
    """
    return await repository.read_noted_by(who, reading)


async def record_reading_of_many(
    actor: Actor, action: str, patient_ids: list[UUID], **details: object
) -> None:
    """Note that a list (a day, a family) was read: one line for each patient on it."""
    assert db.in_transaction(), f"{action} is recorded outside a transaction"
    await repository.add_many(actor, action, patient_ids, details)
