"""Who takes the places of a bundle: holds for a group, or visits of a group that move together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from backend.booking import actions, group_repository, hold_actions, use_repository
from backend.booking.bundle_actions import Places
from backend.booking.calendar_repository import Own
from backend.booking.model import Appointment, HeldSlot, HoldBundle, Move, MoveTogether, PlannedVisit
from backend.identity.model import Viewer
from backend.identity.once_actions import claim as claim_key
from backend.kit.ids import new_id


class NewHolds:
    """Takes a place for everybody of a group, and gives back what the account held before."""

    def __init__(
        self, viewer: Viewer, wanted: HoldBundle, visits: Mapping[UUID, PlannedVisit], now: datetime
    ) -> None:
        self.viewer, self.wanted, self.now = viewer, wanted, now
        self.runs = {visit.patient_id: triage_id for triage_id, visit in visits.items()}
        self.own = Own(account_id=viewer.account_id)
        self.before: list[HeldSlot] = []
        self.hold_ids = [new_id() for _ in visits]

    async def take_turn(self) -> Sequence[UUID]:
        await claim_key(self.hold_ids[0])
        self.before, occupied = await hold_actions.holding_turn(self.viewer, list(self.runs))
        return occupied

    async def write(self, places: Places) -> list[HeldSlot]:
        await hold_actions.let_go(self.before)
        group_id = self.wanted.group_id
        await group_repository.save_arrangement(group_id, self.wanted.arrangement)
        held = [
            await hold_actions.keep_place(
                self.viewer, self.runs[patient_id], patient_id, place, self.now, group_id, hold_id
            )
            for hold_id, (patient_id, place) in zip(self.hold_ids, places.items(), strict=True)
        ]
        return sorted(held, key=lambda one: one.starts_at)


class MovedTogether:
    """Takes places for visits of a group, and gives their old ones back."""

    def __init__(
        self,
        viewer: Viewer,
        group_id: UUID,
        coming: Sequence[Appointment],
        wanted: MoveTogether,
        now: datetime,
    ) -> None:
        self.viewer, self.coming, self.wanted, self.now = viewer, coming, wanted, now
        self.group_id = group_id
        self.deed_id = new_id()
        self.own = Own(together=tuple(one.id for one in coming))

    async def take_turn(self) -> Sequence[UUID]:
        await claim_key(self.group_id)
        await group_repository.lock_appointments([one.id for one in self.coming])
        uses = [use for one in self.coming for use in await use_repository.uses_of_appointment(one.id)]
        return [use.resource_id for use in uses]

    async def write(self, places: Places) -> list[Appointment]:
        movers = {one.patient_id: self._mover(one, places) for one in self.coming}
        for mover in movers.values():
            await mover.look()
        # All old places first: one of them may be another's new one.
        for one in self.coming:
            await use_repository.release_appointment(one.id)
        moved = [await movers[patient_id].write(place) for patient_id, place in places.items()]
        await group_repository.tell_together(self.deed_id, [one.id for one in moved])
        return sorted(moved, key=lambda one: one.starts_at)

    def _mover(self, one: Appointment, places: Places) -> actions.MovedAppointment:
        slot = places[one.patient_id].slot
        wanted = Move(
            appointment_id=one.id,
            version=self.wanted.versions[one.id],
            practitioner_id=slot.practitioner_id,
            starts_at=slot.start,
        )
        return actions.MovedAppointment(
            self.viewer.actor, wanted, self.now, by_desk=False, deed_id=self.deed_id
        )
