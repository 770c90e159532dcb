"""Time that nobody has booked, offered to those who wait as a freed place is."""

from uuid import UUID

from backend.audit.model import Actor
from backend.booking import freed_repository, offer_actions
from backend.booking.model.waiting import FreedPlace, Gap, PlaceState
from backend.booking.offer_actions import Board, PlaceGone
from backend.kit import db
from backend.kit.ids import new_id


async def board_of(gap: Gap) -> Board | None:
    """Who waits for such a place, the first to ask first; None when it begins too soon for anybody.

    Read in a transaction.
    """
    known = await freed_repository.open_place_of(gap)
    return await (offer_actions.board_of(known.id) if known else offer_actions.who_fits(_place_in(gap)))


async def propose(actor: Actor, gap: Gap, wish_id: UUID) -> None:
    """Ask one of them. The time becomes a place: without a yes, others are asked in their turn.

    Raises PlaceGone.
    """
    async with db.transaction():
        known = await freed_repository.open_place_of(gap)
        place = known or _place_in(gap)
        if known is None and not await freed_repository.add_place(place):
            raise PlaceGone
        await offer_actions.propose(actor, place.id, wish_id)


def _place_in(gap: Gap) -> FreedPlace:
    return FreedPlace(
        id=new_id(),
        appointment_id=None,
        version=0,
        practitioner_id=gap.practitioner_id,
        chair_id=gap.chair_id,
        starts_at=gap.starts_at,
        ends_at=gap.ends_at,
        state=PlaceState.OPEN,
    )
