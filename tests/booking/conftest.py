"""What the tests of booking share: a triage result without the questions, and ready-made steps."""

from typing import Any
from uuid import UUID

import pytest

from backend.booking import actions, slot_actions
from backend.booking.model import Appointment, Book, FreeSlot, HeldSlot, Hold
from backend.kit.clock import business_now
from backend.kit.ids import new_id
from backend.practice.model import Modifier
from backend.triage import repository as triage
from backend.triage.model import Result, Run, Urgency


class Steps:
    """The road to a booked visit, step by step, as one of the cast."""

    def __init__(self, cast: Any, viewer_of: Any) -> None:
        self.cast, self.viewer_of = cast, viewer_of

    async def decided(
        self,
        person: str = "mother",
        patient: str = "daughter",
        *,
        urgency: Urgency = Urgency.U4,
        care: str = "CTRL",
        modifiers: tuple[Modifier, ...] = (),
    ) -> UUID:
        """A triage result, as the questions would have left it."""
        now, run_id = await business_now(), new_id()
        await triage.start(
            Run(
                id=run_id,
                patient_id=self.cast[patient].patient_id,
                account_id=self.cast[person].account_id,
                session_id=None,
                questionnaire_version="test",
                answers={},
                created_at=now,
            )
        )
        result = Result(
            urgency=urgency,
            outcome="T22",
            care_key=care if urgency.books else None,
            advice="T22",
            reasons=(),
            also=(),
            modifiers=modifiers,
            alerts=(),
            needs_call_back=not urgency.books,
            call_back_within=None,
            books_within=urgency.books_within,
            questionnaire_version="test",
        )
        assert await triage.decide(run_id, {}, result, now)
        return run_id

    async def slots(self, triage_id: UUID, person: str = "mother") -> list[FreeSlot]:
        """Every place of the first page, in order."""
        listing = await slot_actions.find_slots(await self.viewer_of(person), triage_id)
        return [slot for _, slots in listing.days for slot in slots]

    async def held(self, slot: FreeSlot, triage_id: UUID, person: str = "mother") -> HeldSlot:
        """A place held."""
        wanted = Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=slot.start)
        return await actions.hold(await self.viewer_of(person), wanted)

    async def booked(
        self, person: str = "mother", patient: str = "daughter", *, nth: int = 0, **result: Any
    ) -> Appointment:
        """A visit at the n-th free place."""
        triage_id = await self.decided(person, patient, **result)
        slot = (await self.slots(triage_id, person))[nth]
        held = await self.held(slot, triage_id, person)
        return await actions.book(await self.viewer_of(person), Book(hold_id=held.id))


@pytest.fixture
def steps(cast: Any, viewer_of: Any) -> Steps:
    """`await steps.booked()`."""
    return Steps(cast, viewer_of)
