"""A group before it has its places: who is in it, how far each is, and going on without one of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.audit.record import record
from backend.booking import group_repository, visit_repository
from backend.booking.model import Group, Member, PersonOfGroup, PersonState
from backend.booking.rules import changes
from backend.families.model import Relative
from backend.families.repository import patient_for, patients_of
from backend.identity.model import Viewer
from backend.identity.once_actions import claim as claim_key
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.triage import actions as triage
from backend.triage.repository import result_for


async def begin(viewer: Viewer, members: Sequence[Member]) -> Group:
    """Open a group for two to four people for whom the viewer may book, perhaps with their answers.

    Raises NotTogether, NotFound, CannotBook.
    """
    patients = {member.patient_id for member in members}
    if not 2 <= len(patients) <= changes.MOST_PEOPLE or len(patients) < len(members):
        raise changes.NotTogether
    now = await business_now()
    group = Group(id=new_id(), account_id=viewer.account_id, created_at=now, members=tuple(members))
    async with db.transaction():
        await claim_key(group.id)
        for member in members:
            await visit_repository.may_book(viewer, member.patient_id, now)
            await record(viewer.actor, "group.begin", ("booking_group", group.id), member.patient_id)
        await group_repository.add(group)
    return group


async def begin_with_results(viewer: Viewer, triage_ids: Sequence[UUID]) -> Group:
    """The same for people whose questions are answered. Raises as `begin`."""
    now = await business_now()
    runs = [await result_for(viewer, triage_id, now) for triage_id in triage_ids[: changes.MOST_PEOPLE + 1]]
    return await begin(viewer, [Member(patient_id=run.patient_id, triage_id=run.id) for run in runs])


async def begin_questions(viewer: Viewer, group_id: UUID, patient_id: UUID) -> UUID:
    """Start the questions for one person of the viewer's group; the run's id. Raises NotFound."""
    now = await business_now()
    async with db.transaction():
        group = await group_repository.group_for(viewer, group_id)
        if patient_id not in {member.patient_id for member in group.members}:
            raise NotFound
        asking = await triage.begin(viewer, patient_id, now)
        await group_repository.save_run(group_id, patient_id, asking.run.id)
    return asking.run.id


async def people_of(viewer: Viewer, group_id: UUID) -> list[PersonOfGroup]:
    """Everybody of the viewer's group for whom they may still act, noted as read. Raises NotFound."""
    now = await business_now()
    async with db.transaction():
        group = await group_repository.group_for(viewer, group_id)
        mine = {person.id: person for person in await patients_of(viewer, now)}
        found = []
        for member in group.members:
            # Whoever came of age since is no longer of this family.
            if patient := mine.get(member.patient_id):
                await record(viewer.actor, "group.read", ("booking_group", group_id), patient.id)
                found.append(await _person(viewer, member, patient, now))
    if not found:
        raise NotFound
    return found


async def leave(viewer: Viewer, group_id: UUID, patient_id: UUID) -> UUID:
    """Take one person's answers out of the group, to book for them alone; the run's id. Raises NotFound."""
    now = await business_now()
    async with db.transaction():
        group = await group_repository.group_for(viewer, group_id)
        await patient_for(viewer, patient_id, now)
        runs = {member.patient_id: member.triage_id for member in group.members}
        triage_id = runs.get(patient_id)
        if triage_id is None:
            raise NotFound
        await group_repository.save_run(group_id, patient_id, None)
        await record(viewer.actor, "group.leave", ("booking_group", group_id), patient_id)
    return triage_id


async def _person(viewer: Viewer, member: Member, patient: Relative, now: datetime) -> PersonOfGroup:
    state, appointment_id = PersonState.TO_ANSWER, None
    if member.triage_id is not None:
        state, appointment_id = await _state(viewer, member.triage_id, now)
    return PersonOfGroup(
        patient_id=patient.id,
        given_name=patient.given_name,
        state=state,
        triage_id=member.triage_id,
        appointment_id=appointment_id,
    )


async def _state(viewer: Viewer, triage_id: UUID, now: datetime) -> tuple[PersonState, UUID | None]:
    try:
        await visit_repository.visit_for_triage(viewer, triage_id, now)
    except changes.AlreadyBooked as booked:
        return PersonState.BOOKED, booked.appointment_id
    except (changes.CallInstead, changes.CannotBook, changes.NotOnline):
        return PersonState.CALL, None
    except NotFound:
        return PersonState.BEGUN, None
    return PersonState.READY, None
