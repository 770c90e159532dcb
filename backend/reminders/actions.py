"""What the bearer of a message's link can do, without signing in: look, confirm, cancel that visit.

Looking changes nothing: mail filters open links before people do.
"""

from backend.audit.model import Actor, ActorKind
from backend.booking import actions as booking
from backend.booking.model import Cancel, Confirm, Status
from backend.booking.repository import appointment_by_link
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.settings import settings
from backend.messaging import repository as messaging
from backend.messaging.model import Delivery
from backend.reminders.links import read_token
from backend.reminders.model import LinkState, Opened
from backend.reminders.subjects import may_know, spoken_of, together


async def open_link(token: str) -> Opened:
    """What the link shows. NotFound when it is not ours, its visit is over, or the right has ended."""
    now = await business_now()
    delivery_id = read_token(token, settings().secret)
    delivery = await messaging.find(delivery_id) if delivery_id else None
    if delivery is None:
        raise NotFound
    coming = [one for one in await spoken_of(delivery) if one[0].starts_at > now]
    known = [one for one in coming if await may_know(delivery, one[0], now)]
    if not known:
        raise NotFound
    as_said = [facts for facts, version in known if facts.version == version]
    own = [facts for facts in as_said if facts.status is Status.BOOKED]
    if not own:
        return Opened(delivery, LinkState.CANCELLED if as_said else LinkState.MOVED)
    visits = await together(delivery, own, now)
    async with db.transaction():
        for visit in visits:
            await appointment_by_link(_bearer(delivery), visit.appointment_id)
    return Opened(delivery, LinkState.OPEN, tuple(visits))


async def confirm_by_link(token: str) -> None:
    """Say "I shall come" to every visit that the message spoke of."""
    opened = await open_link(token)
    async with db.transaction():
        for visit in opened.visits:
            if visit.confirmed_at is None:
                wanted = Confirm(appointment_id=visit.appointment_id, version=visit.version)
                await booking.confirm(_bearer(opened.delivery), wanted)


async def cancel_by_link(token: str) -> None:
    """Give back the visit that the message spoke of; one of several is cancelled after signing in."""
    opened = await open_link(token)
    if len(opened.visits) == 1:
        (visit,) = opened.visits
        wanted = Cancel(appointment_id=visit.appointment_id, version=visit.version)
        await booking.cancel(_bearer(opened.delivery), wanted)


def _bearer(delivery: Delivery) -> Actor:
    return Actor(ActorKind.LINK, delivery.account_id)
