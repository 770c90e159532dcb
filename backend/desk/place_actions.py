"""What the desk does about places that came free."""

from datetime import timedelta
from uuid import UUID

import msgspec

from backend.audit.record import record, record_reading_of_many
from backend.booking import freed_repository, gap_actions, offer_actions, waiting_repository
from backend.booking.model.waiting import FreedPlace, Gap, Refill
from backend.booking.offer_actions import Board
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.retry import patiently

COUNTED = timedelta(days=30)
SHOWN = 3
"""Places in the queue; the others stand on their own page."""


class WaitingPlaces(msgspec.Struct, frozen=True):
    """The figures of the last 30 days, the open places, and whether offers leave by themselves."""

    refill: Refill
    boards: list[Board]
    automatic: bool


async def open_places(viewer: Viewer) -> WaitingPlaces:
    """Every place that nobody is asked about, with those whom it suits; reading them is noted."""
    now = await business_now()
    async with db.transaction():
        found = [await offer_actions.board_of(place.id) for place in await freed_repository.open_places()]
        boards = [board for board in found if board is not None]
        people = {one.row.patient.id for board in boards for one in board.people}
        await record_reading_of_many(viewer.actor, "desk.places_read", sorted(people))
        return WaitingPlaces(
            refill=await freed_repository.refill(now - COUNTED),
            boards=boards,
            automatic=await waiting_repository.is_automatic(),
        )


async def to_fill() -> list[FreedPlace]:
    """The next places that wait for the staff's choice; none where offers leave by themselves."""
    if await waiting_repository.is_automatic():
        return []
    return (await freed_repository.open_places())[:SHOWN]


async def waiting_for(viewer: Viewer, gap: Gap) -> Board | None:
    """Whom free time would suit; reading them is noted."""
    async with db.transaction():
        board = await gap_actions.board_of(gap)
        people = {one.row.patient.id for one in board.people} if board else set()
        await record_reading_of_many(viewer.actor, "desk.places_read", sorted(people))
        return board


async def propose_in_gap(viewer: Viewer, gap: Gap, wish_id: UUID) -> None:
    """Ask one of them. Raises PlaceGone."""
    await patiently(lambda: gap_actions.propose(viewer.actor, gap, wish_id))


async def propose(viewer: Viewer, place_id: UUID, wish_id: UUID) -> None:
    """Ask one of them. Raises PlaceGone, NotFound."""
    await patiently(lambda: offer_actions.propose(viewer.actor, place_id, wish_id))


async def set_mode(viewer: Viewer, *, automatic: bool) -> None:
    """Let offers leave by themselves, or wait for the staff; the journal says who chose."""
    now = await business_now()
    async with db.transaction():
        await waiting_repository.set_automatic(automatic, viewer.account_id, now)
        await record(viewer.actor, "waiting.mode", ("account", viewer.account_id), automatic=automatic)
