"""The message that offers a place: to whom, whether it still holds, and what its link does.

The link is the bearer's, as in every message: no session. Looking changes nothing.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.audit.model import Actor, ActorKind
from backend.audit.record import record
from backend.booking import offer_actions, waiting_actions, waiting_repository
from backend.booking.events import OfferMade
from backend.booking.model import MessageFacts
from backend.booking.model.waiting import Offer, OfferState
from backend.booking.repository import message_facts
from backend.families.repository import guardians_of
from backend.kit import dates, db
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.phones import said_phone
from backend.kit.settings import settings
from backend.messaging import lost_repository
from backend.messaging import repository as messaging
from backend.messaging.actions import leaves_at, owe
from backend.messaging.model import Delivery, Drop, Send, Verdict
from backend.practice.repository import load_practice
from backend.reminders.links import read_token, token_for

KIND = "waiting_offer"
HOME = "/place"
BATCH = 100


class OpenedOffer(msgspec.Struct, frozen=True):
    """What a link opened: the offer, its visit as it stands, and with whom the place would be."""

    delivery: Delivery
    offer: Offer
    facts: MessageFacts
    practitioner: str
    in_time: bool


async def on_offer_made(event: OfferMade) -> None:
    """Owed to everybody who may book for the patient and gets their messages; who answers first decides."""
    offer, now = await waiting_repository.offer(event.offer_id), await business_now()
    for guardian in await guardians_of(offer.patient_id, now):
        if guardian.gets_messages and guardian.may_book:
            await owe(
                kind=KIND,
                occasion="now",
                account_id=guardian.account_id,
                subject_id=offer.id,
                subject_version=1,
                due_at=now,
                useless_after=offer.expires_at,
            )


async def check_offer(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before it leaves: still open, still theirs. The time to answer begins when it leaves, not at night."""
    offer = await waiting_repository.offer(delivery.subject_id)
    facts = await message_facts(offer.appointment_id)
    if offer.state is not OfferState.OPEN or offer.expires_at <= now or facts is None:
        return Drop("offer_over")
    if not await _may_answer(delivery.account_id, offer, now):
        return Drop("no_right")
    if leaves_at(now, facts.zone) <= now:
        started = await offer_actions.start_clock(offer, now, ZoneInfo(facts.zone))
        if started is None:
            return Drop("offer_over")
        offer = started
    link = f"{HOME}/{token_for(delivery.id, settings().secret)}"
    return Send(values=await _values(offer, facts, locale), link=link, zone=facts.zone)


async def take_back_unheard() -> int:
    """End offers of which nobody was told, so that the next is asked at once; how many those were."""
    unheard = await lost_repository.unheard(KIND, BATCH)
    return sum([await offer_actions.withdraw(offer_id) for offer_id in unheard])


async def open_offer(token: str) -> OpenedOffer:
    """What the link shows. NotFound when it is not ours, the place has begun, or the right has ended."""
    now = await business_now()
    delivery_id = read_token(token, settings().secret)
    delivery = await messaging.find(delivery_id) if delivery_id else None
    if delivery is None or delivery.kind != KIND:
        raise NotFound
    offer = await waiting_repository.offer(delivery.subject_id)
    facts = await message_facts(offer.appointment_id)
    if facts is None or offer.starts_at <= now or not await _may_answer(delivery.account_id, offer, now):
        raise NotFound
    async with db.transaction():
        await record(_bearer(delivery), "offer.read", ("place_offer", offer.id), offer.patient_id)
    in_time = offer.state is OfferState.OPEN and now < offer.expires_at
    return OpenedOffer(delivery, offer, facts, await _practitioner(offer), in_time)


async def accept_by_link(token: str) -> None:
    """Take the place. Raises OfferOver, NotFound."""
    opened = await open_offer(token)
    await waiting_actions.accept(_bearer(opened.delivery), opened.offer.id)


async def refuse_by_link(token: str) -> None:
    """Let it go to the next. Raises OfferOver, NotFound."""
    opened = await open_offer(token)
    await waiting_actions.refuse(_bearer(opened.delivery), opened.offer.id)


async def _may_answer(account_id: UUID, offer: Offer, now: datetime) -> bool:
    guardians = await guardians_of(offer.patient_id, now)
    return any(one.account_id == account_id and one.may_book for one in guardians)


async def _values(offer: Offer, facts: MessageFacts, locale: str) -> dict[str, str]:
    """Time, place, practitioner, until when: nothing of the patient, nothing of the care."""
    same_day = offer.sent_at and _day(offer.expires_at, facts) == _day(offer.sent_at, facts)
    say = dates.hour if same_day else dates.moment
    return {
        "when": dates.moment(offer.starts_at, facts.zone, locale),
        "until": say(offer.expires_at, facts.zone, locale),
        "now_at": dates.moment(facts.starts_at, facts.zone, locale),
        "place": facts.site_name,
        "practitioner": await _practitioner(offer),
        "phone": said_phone(facts.site_phone),
    }


async def _practitioner(offer: Offer) -> str:
    return (await load_practice()).practitioner(offer.practitioner_id).short_name


def _day(moment: datetime, facts: MessageFacts) -> object:
    return dates.local(moment, facts.zone).date()


def _bearer(delivery: Delivery) -> Actor:
    return Actor(ActorKind.LINK, delivery.account_id)
