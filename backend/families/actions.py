"""Reading and growing one's family. Each reading of a patient's data leaves a line in the journal."""

from datetime import date, datetime
from uuid import UUID

from backend.audit.record import record, record_reading_of_many
from backend.families import repository, rules
from backend.families.model import AddChild, Guardian, Patient, Relation, Relative
from backend.identity.model import Viewer
from backend.identity.repository import account
from backend.kit import db
from backend.kit.ids import new_id


async def my_family(viewer: Viewer, now: datetime) -> list[Relative]:
    """Everybody the viewer may act for at `now` (business time), noted as read."""
    async with db.transaction():
        family = await repository.patients_of(viewer, now)
        await record_reading_of_many(viewer.actor, "patient.list", [one.id for one in family])
    return family


async def open_patient(viewer: Viewer, patient_id: UUID, now: datetime) -> Relative:
    """One patient whom the viewer may act for, noted as read; `NotFound` for anybody else."""
    async with db.transaction():
        patient = await repository.patient_for(viewer, patient_id, now)
        await record(viewer.actor, "patient.read", ("patient", patient.id), patient.id)
    return patient


async def open_patient_at_desk(viewer: Viewer, patient_id: UUID) -> Patient:
    """Any patient as this member of staff may see them, noted as read."""
    async with db.transaction():
        patient = await repository.patient_for_desk(viewer, patient_id)
        await record(viewer.actor, "patient.read", ("patient", patient.id), patient.id)
    return patient


async def add_self(viewer: Viewer, birth_date: date, now: datetime) -> UUID:
    """Open the viewer's own file under their account's name; its id. `OwnFileExists` if there is one."""
    async with db.transaction():
        await repository.lock_family(viewer.account_id)
        if any(one.relation is Relation.SELF for one in await repository.files_of(viewer.account_id)):
            raise rules.OwnFileExists
        holder = await account(viewer.account_id)
        return await _add(viewer, holder.given_name, holder.family_name, birth_date, Relation.SELF, now)


async def add_child(viewer: Viewer, wanted: AddChild, now: datetime) -> UUID:
    """Open the file of a child whose parental authority the viewer declared to hold; the patient's id.

    The same child sent twice is added once. It is always a new file: nobody reaches an existing one by
    knowing a name and a birth date; the desk joins what belongs together.
    """
    async with db.transaction():
        await repository.lock_family(viewer.account_id)
        family = await repository.files_of(viewer.account_id)
        for one in family:
            if _same_child(one, wanted):
                return one.id
        children = sum(one.relation is Relation.PARENT for one in family)
        rules.check_child(wanted.birth_date, await repository.today(now), children)
        return await _add(
            viewer, wanted.given_name, wanted.family_name, wanted.birth_date, Relation.PARENT, now
        )


def _same_child(one: Relative, wanted: AddChild) -> bool:
    return (
        one.relation is Relation.PARENT
        and one.birth_date == wanted.birth_date
        and one.given_name.casefold() == wanted.given_name.casefold()
        and one.family_name.casefold() == wanted.family_name.casefold()
    )


async def _add(
    viewer: Viewer,
    given_name: str,
    family_name: str,
    birth_date: date,
    relation: Relation,
    now: datetime,
) -> UUID:
    patient = Patient(id=new_id(), given_name=given_name, family_name=family_name, birth_date=birth_date)
    right = Guardian(
        account_id=viewer.account_id,
        patient_id=patient.id,
        relation=relation,
        may_book=True,
        gets_messages=True,
        since=now,
    )
    await repository.add_patient(patient, now)
    await repository.add_guardian(new_id(), right)
    await record(viewer.actor, "patient.create", ("patient", patient.id), patient.id, relation=relation)
    return patient.id
