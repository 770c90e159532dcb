"""Changing one thing of the practice: checked against what was looked at, stored, noted, with its history."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from backend.audit.record import record
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotFound, Refusal
from backend.practice import change_repository, plan_repository
from backend.practice.change_repository import Edit
from backend.practice.model import Practice
from backend.practice.plans import PLAN, Plan, Thing, in_order, plan_of, stamp, with_plan
from backend.practice.repository import forget_when_committed, lock_practice, read_practice_anew
from backend.practice.rules import holidays_of, opening_masks

__all__ = ["Plan", "holidays_of", "in_order", "opening_masks", "plan_of", "stamp", "with_plan"]


class PracticeChanged(Refusal):
    """Somebody changed the same thing after the page was opened. `who` is None for a file."""

    key: ClassVar[str] = "practice.changed_meanwhile"
    status: ClassVar[int] = 409

    def __init__(self, who: str | None, changed_at: datetime | None) -> None:
        super().__init__(who=who, changed_at=changed_at)
        self.who, self.changed_at = who, changed_at


@asynccontextmanager
async def changing() -> AsyncIterator[Practice]:
    """The practice as it stands, which nobody else changes until this ends; then it is read anew."""
    async with db.transaction():
        await lock_practice()
        forget_when_committed()
        yield await read_practice_anew()


async def check_seen(thing: Thing, now: object, seen: str) -> None:
    """PracticeChanged unless what stands is what was looked at."""
    if stamp(now) != seen:
        last = (await change_repository.history(*thing))[:1]
        raise PracticeChanged(last[0].who, last[0].changed_at) if last else PracticeChanged(None, None)


async def note(viewer: Viewer, thing: Thing, before: object, after: object) -> None:
    """Into the history and into the journal."""
    change_id = await change_repository.add(viewer.account_id, thing, before, after)
    await record(viewer.actor, f"practice.{thing[0]}", ("practice_change", change_id), key=thing[1])


async def plan_history(owner_id: UUID) -> list[Edit]:
    """The last changes of a plan, the newest first."""
    return await change_repository.history(PLAN, str(owner_id))


async def plan_before(owner_id: UUID, change_id: UUID) -> Plan:
    """The plan as it stood before that change; NotFound."""
    found = await change_repository.find(change_id, PLAN, str(owner_id))
    plan = found.state_before(Plan) if found else None
    if plan is None:
        raise NotFound
    return plan


async def save_plan(
    viewer: Viewer,
    owner_id: UUID,
    plan: Plan,
    seen: str,
    agreed: Callable[[Practice, Practice], Awaitable[None]],
) -> None:
    """Give a resource or site this plan. `agreed` is asked about the practice before and after, and refuses.

    Raises NotFound, PracticeChanged, and what `agreed` raises; then nothing has changed.
    """
    async with changing() as practice:
        before = plan_of(practice, owner_id)
        if before is None:
            raise NotFound
        thing, plan = (PLAN, str(owner_id)), in_order(plan)
        await check_seen(thing, before, seen)
        await agreed(practice, with_plan(practice, owner_id, plan))
        if plan == before:
            return
        await _store(practice, owner_id, plan)
        await note(viewer, thing, before, plan)


async def _store(practice: Practice, owner_id: UUID, plan: Plan) -> None:
    if plan.keeps_public_holidays is not None:
        await plan_repository.save_site_rules(
            owner_id, keeps_public_holidays=plan.keeps_public_holidays, school_zone=plan.school_zone
        )
        await plan_repository.replace_closures(owner_id, None, plan.closures)
        return
    site_id = practice.resource(owner_id).site_id
    await plan_repository.replace_openings(owner_id, plan.openings)
    await plan_repository.replace_closures(site_id, owner_id, plan.closures)
    await plan_repository.replace_emergency_places(owner_id, plan.emergency_places)
