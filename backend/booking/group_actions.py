"""What a family can do with several visits at once: all of it, or nothing.

Each deed is one transaction over the union of the resources, and within it the same steps as for one visit.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.audit.record import record
from backend.booking import (
    actions,
    bundle_actions,
    group_repository,
    hold_actions,
    hold_repository,
    use_repository,
    visit_repository,
)
from backend.booking.calendar_repository import Own
from backend.booking.group_takers import MovedTogether, NewHolds
from backend.booking.model import (
    Appointment,
    BundleListing,
    Cancel,
    CancelReason,
    Confirm,
    HeldSlot,
    HoldBundle,
    MoveTogether,
    PlannedVisit,
    Status,
)
from backend.booking.rules import changes
from backend.families.repository import patients_of
from backend.identity.model import Viewer
from backend.identity.once_actions import claim as claim_key
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.kit.retry import patiently

Versions = Mapping[UUID, int]


async def find_bundles(
    viewer: Viewer, group_id: UUID, from_day: date | None = None, site_id: UUID | None = None
) -> BundleListing:
    """What is free for everybody of a group who is to be booked, at a site. Raises NotFound, NotTogether."""
    now = await business_now()
    async with db.transaction():
        visits = await _visits(viewer, group_id, now)
        for visit in visits.values():
            await record(viewer.actor, "slots.list", ("booking_group", group_id), visit.patient_id)
        own = Own(account_id=viewer.account_id)
        return await bundle_actions.list_bundles(list(visits.values()), from_day, own, site_id)


async def hold(viewer: Viewer, wanted: HoldBundle) -> list[HeldSlot]:
    """Keep a place for everybody for ten minutes, instead of what the account held before; by start.

    Raises BundleTaken, HeldByOther, NotTogether, NotFound and what `visit_for_triage` raises.
    """
    now = await business_now()
    visits = await _visits(viewer, wanted.group_id, now)
    taker = NewHolds(viewer, wanted, visits, now)
    return await bundle_actions.take_bundle(
        list(visits.values()), wanted.starts_at, wanted.arrangement, wanted.site_id, taker
    )


async def visits_of(viewer: Viewer, group_id: UUID) -> dict[UUID, PlannedVisit]:
    """What everybody of a group is to be booked for, by patient. Raises NotFound, NotTogether."""
    visits = await _visits(viewer, group_id, await business_now())
    return {visit.patient_id: visit for visit in visits.values()}


async def read_holds(viewer: Viewer, group_id: UUID) -> list[HeldSlot]:
    """What the viewer holds for a group, by start; HoldExpired when nothing (any more), NotFound."""
    now = await business_now()
    async with db.transaction():
        await group_repository.group_for(viewer, group_id)
        held = await hold_repository.holds_of_group(viewer.account_id, group_id)
        mine = {person.id for person in await patients_of(viewer, now)}
        if not mine.issuperset(one.patient_id for one in held):
            raise NotFound
        if not held:
            raise changes.HoldExpired
        for one in held:
            await record(viewer.actor, "hold.read", ("hold", one.id), one.patient_id)
    return held


async def book(viewer: Viewer, group_id: UUID) -> list[Appointment]:
    """Turn every hold of a group into its appointment; sent twice, it gives the same ones twice.

    Raises HoldExpired, CannotBook, NotFound.
    """
    await group_repository.group_for(viewer, group_id)
    now, deed_id = await business_now(), new_id()

    async def attempt() -> None:
        async with db.transaction():
            await use_repository.limit_waiting()
            await claim_key(group_id)
            await hold_repository.lock_account(viewer.account_id)
            held = await hold_repository.holds_of_group(viewer.account_id, group_id)
            uses = {one.id: await use_repository.uses_of_hold(one.id) for one in held}
            await use_repository.lock_resources([use.resource_id for of in uses.values() for use in of])
            new = [await hold_actions.appointment_from(viewer, one, now) for one in held]
            for one, visit in zip(held, new, strict=True):
                await hold_actions.keep_for_good(viewer, one, visit, uses[one.id], deed_id)
            await group_repository.tell_together(deed_id, [visit.id for visit in new])

    await patiently(attempt)
    # The first of two taps may have booked them; without any, nothing was held.
    if not await group_repository.is_booked(viewer, group_id):
        raise changes.HoldExpired
    return await visits_seen(viewer, group_id)


async def find_bundles_to_move(
    viewer: Viewer, group_id: UUID, from_day: date | None = None, site_id: UUID | None = None
) -> BundleListing:
    """Other places for the coming visits of a group; their own count as free. NotTogether below two."""
    now = await business_now()
    async with db.transaction():
        coming = await coming_of(viewer, group_id, now)
        visits = await _visits_to_move(viewer, coming, now)
        for one in coming:
            await record(viewer.actor, "slots.list", ("appointment", one.id), one.patient_id)
        own = Own(together=tuple(one.id for one in coming))
        listing = await bundle_actions.list_bundles(visits, from_day, own, site_id)
        return msgspec.structs.replace(listing, tells_care=viewer.strong)


async def move(viewer: Viewer, group_id: UUID, wanted: MoveTogether) -> list[Appointment]:
    """Put every coming visit of a group at another time; without places for all, each stays where it is.

    Raises BundleTaken, ChangedMeanwhile, NotTogether, CannotBook, NotFound.
    """
    now = await business_now()
    coming = await coming_of(viewer, group_id, now)
    _check_same({one.id for one in coming}, wanted.versions)
    visits = await _visits_to_move(viewer, coming, now)
    moved = all(one.version > wanted.versions[one.id] for one in coming)
    if moved and coming[0].starts_at == wanted.starts_at:
        return coming  # a double tap moves once, and its second answer is the same
    taker = MovedTogether(viewer, group_id, coming, wanted, now)
    await bundle_actions.take_bundle(visits, wanted.starts_at, wanted.arrangement, wanted.site_id, taker)
    return await coming_of(viewer, group_id, now)


async def cancel(viewer: Viewer, group_id: UUID, versions: Versions, reason: CancelReason | None) -> None:
    """Give back every coming place of a group; nothing coming, nothing to do.

    Raises ChangedMeanwhile, CannotBook, NotFound.
    """
    now = await business_now()
    coming = await coming_of(viewer, group_id, now)
    if not coming:
        return
    _check_same({one.id for one in coming}, versions)
    deed_id = new_id()
    for one in coming:
        await visit_repository.may_book(viewer, one.patient_id, now)

    async def attempt() -> None:
        async with db.transaction():
            await use_repository.limit_waiting()
            await claim_key(group_id)
            await _lock_all(coming)
            for one in coming:
                wanted = Cancel(appointment_id=one.id, version=versions[one.id], reason=reason)
                await actions.give_back(viewer.actor, wanted, now, deed_id=deed_id)
            await group_repository.tell_together(deed_id, [one.id for one in coming])

    await patiently(attempt)


async def confirm(viewer: Viewer, group_id: UUID, versions: Versions) -> None:
    """Say "we shall come" to every coming visit of a group. Raises ChangedMeanwhile, NotFound."""
    now = await business_now()
    coming = await coming_of(viewer, group_id, now)
    _check_same({one.id for one in coming}, versions)
    async with db.transaction():
        await claim_key(group_id)
        await group_repository.lock_appointments([one.id for one in coming])
        for one in coming:
            wanted = Confirm(appointment_id=one.id, version=versions[one.id])
            await actions.say_yes(viewer.actor, wanted, now)


async def visits_seen(viewer: Viewer, group_id: UUID) -> list[Appointment]:
    """The visits of a group as they stand, as far as this session may see them. Raises NotFound."""
    return await group_repository.appointments_of(viewer, group_id, await business_now())


async def coming_of(viewer: Viewer, group_id: UUID, now: datetime) -> list[Appointment]:
    """The visits of a group that can still be changed by the viewer; NotFound when they may see none."""
    found = await group_repository.appointments_of(viewer, group_id, now)
    return [one for one in found if one.status is Status.BOOKED and one.starts_at > now]


async def _visits(viewer: Viewer, group_id: UUID, now: datetime) -> dict[UUID, PlannedVisit]:
    """The visits that the answers of a group ask for, by run. Those who are not to be booked are left out."""
    group = await group_repository.group_for(viewer, group_id)
    found = {}
    for member in group.members:
        if member.triage_id is None:
            continue
        try:
            found[member.triage_id] = await visit_repository.visit_for_triage(viewer, member.triage_id, now)
        except (NotFound, changes.CallInstead, changes.NotOnline, changes.AlreadyBooked):
            continue
    if not found:
        raise NotFound
    if len(found) < 2:
        raise changes.NotTogether
    return found


async def _visits_to_move(viewer: Viewer, coming: Sequence[Appointment], now: datetime) -> list[PlannedVisit]:
    if len(coming) < 2:
        raise changes.NotTogether
    return [await visit_repository.visit_to_move(viewer, one.id, now) for one in coming]


async def _lock_all(coming: Sequence[Appointment]) -> None:
    await group_repository.lock_appointments([one.id for one in coming])
    uses = [use for one in coming for use in await use_repository.uses_of_appointment(one.id)]
    await use_repository.lock_resources([use.resource_id for use in uses])


def _check_same(coming: set[UUID], versions: Versions) -> None:
    """The page listed other visits than there are now."""
    if coming != set(versions):
        raise changes.ChangedMeanwhile
