"""The deeds of `actions`, `group_actions` and the like, each done once for a request that bears a key.

What is answered again is read anew: whoever may no longer see it does not, and a hold that is over is made
again instead, because ten minutes are soon past and nobody holds twice.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from backend.booking import (
    actions,
    appointment_repository,
    group_actions,
    group_repository,
    hold_repository,
    party_actions,
    request_actions,
)
from backend.booking.group_actions import Versions
from backend.booking.hold_actions import Booked
from backend.booking.model import (
    Appointment,
    Ask,
    Book,
    Cancel,
    CancelReason,
    Confirm,
    Group,
    HeldSlot,
    Hold,
    HoldBundle,
    Member,
    Move,
    MoveTogether,
)
from backend.booking.repository import appointment_and_name
from backend.booking.rules.changes import HoldExpired
from backend.identity.model import Asked, Viewer
from backend.identity.once_actions import forget, once
from backend.kit.clock import business_now
from backend.kit.errors import NotFound

T = TypeVar("T")


async def hold(viewer: Viewer, wanted: Hold, asked: Asked | None) -> HeldSlot:
    """`actions.hold`."""

    async def read(hold_id: UUID) -> HeldSlot:
        return await actions.read_hold(viewer, hold_id)

    return await _while_held(asked, lambda: actions.hold(viewer, wanted), read)


async def book(viewer: Viewer, wanted: Book, asked: Asked | None) -> Booked:
    """`actions.book_and_name`."""

    async def again(appointment_id: UUID) -> Booked:
        return Booked(*await appointment_and_name(viewer, appointment_id))

    return await once(asked, lambda: actions.book_and_name(viewer, wanted), again)


async def move(viewer: Viewer, wanted: Move, asked: Asked | None) -> Appointment:
    """`actions.move`."""
    return await once(asked, lambda: actions.move(viewer, wanted), appointment_repository.load)


async def cancel(viewer: Viewer, wanted: Cancel, asked: Asked | None) -> None:
    """`actions.cancel`."""
    await once(asked, lambda: actions.cancel(viewer.actor, wanted), _nothing)


async def confirm(viewer: Viewer, wanted: Confirm, asked: Asked | None) -> None:
    """`actions.confirm`."""
    await once(asked, lambda: actions.confirm(viewer.actor, wanted), _nothing)


async def ask(viewer: Viewer, wanted: Ask, asked: Asked | None) -> UUID:
    """`request_actions.ask`."""

    async def again(request_id: UUID) -> UUID:
        return request_id

    return await once(asked, lambda: request_actions.ask(viewer, wanted), again)


async def begin(viewer: Viewer, members: list[Member], asked: Asked | None) -> Group:
    """`party_actions.begin`."""
    return await once(asked, lambda: party_actions.begin(viewer, members), _group_of(viewer))


async def begin_with_results(viewer: Viewer, triage_ids: list[UUID], asked: Asked | None) -> Group:
    """`party_actions.begin_with_results`."""
    return await once(asked, lambda: party_actions.begin_with_results(viewer, triage_ids), _group_of(viewer))


async def hold_together(viewer: Viewer, wanted: HoldBundle, asked: Asked | None) -> list[HeldSlot]:
    """`group_actions.hold`."""

    async def read(hold_id: UUID) -> list[HeldSlot]:
        first = await hold_repository.hold_for(viewer, hold_id)
        assert first.group_id is not None, "a bundle's hold has its group"
        return await group_actions.read_holds(viewer, first.group_id)

    return await _while_held(asked, lambda: group_actions.hold(viewer, wanted), read)


async def book_together(viewer: Viewer, group_id: UUID, asked: Asked | None) -> list[Appointment]:
    """`group_actions.book`."""

    async def again(group_id: UUID) -> list[Appointment]:
        return await group_actions.visits_seen(viewer, group_id)

    return await once(asked, lambda: group_actions.book(viewer, group_id), again)


async def move_together(
    viewer: Viewer, group_id: UUID, wanted: MoveTogether, asked: Asked | None
) -> list[Appointment]:
    """`group_actions.move`."""

    async def again(group_id: UUID) -> list[Appointment]:
        return await group_actions.coming_of(viewer, group_id, await business_now())

    return await once(asked, lambda: group_actions.move(viewer, group_id, wanted), again)


async def cancel_together(
    viewer: Viewer, group_id: UUID, versions: Versions, reason: CancelReason | None, asked: Asked | None
) -> None:
    """`group_actions.cancel`."""
    await once(asked, lambda: group_actions.cancel(viewer, group_id, versions, reason), _nothing)


async def confirm_together(viewer: Viewer, group_id: UUID, versions: Versions, asked: Asked | None) -> None:
    """`group_actions.confirm`."""
    await once(asked, lambda: group_actions.confirm(viewer, group_id, versions), _nothing)


class _Over(Exception):  # noqa: N818 - never leaves this file
    """What was held under this key is held no longer."""


async def _while_held(
    asked: Asked | None, act: Callable[[], Awaitable[T]], read: Callable[[UUID], Awaitable[T]]
) -> T:
    async def again(hold_id: UUID) -> T:
        try:
            return await read(hold_id)
        except (HoldExpired, NotFound):
            await forget(asked, hold_id)
            raise _Over from None

    while True:
        try:
            return await once(asked, act, again)
        except _Over:
            continue


async def _nothing(_: UUID) -> None:
    """There is nothing to say again."""


def _group_of(viewer: Viewer) -> Callable[[UUID], Awaitable[Group]]:
    async def again(group_id: UUID) -> Group:
        return await group_repository.group_for(viewer, group_id)

    return again
