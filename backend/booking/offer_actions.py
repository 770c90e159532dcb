"""A place that came free, and to whom it is offered: one person at a time, until somebody has it.

Called by the worker, and by the desk where the practice decides itself. Locks are taken in one order
everywhere: appointment, offer or freed place, resources.
"""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.audit.model import JOB, Actor
from backend.audit.record import record
from backend.booking import calendar_repository, freed_repository, use_repository, waiting_repository
from backend.booking.calendar_repository import Own
from backend.booking.events import OfferEnded, OfferMade, PlaceFreed
from backend.booking.model import FreeSlot
from backend.booking.model.waiting import FreedPlace, Offer, OfferState, PlaceState
from backend.booking.place_actions import Place
from backend.booking.rules import changes, planning, waiting
from backend.booking.rules.slots import Need
from backend.booking.rules.waiting import Fit, Span, Waiting
from backend.booking.use_repository import Owner
from backend.booking.waiting_repository import Row
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.messaging.actions import leaves_at
from backend.outbox.publish import publish
from backend.practice.repository import load_practice


class PlaceGone(Refusal):
    """The desk proposes a place that is taken, or offered to somebody already."""

    key = "waiting.place_gone"
    status = 409


class Candidate(msgspec.Struct, frozen=True):
    """Somebody to whom a place may be offered, in the order of the list."""

    row: Row
    fit: Fit
    need: Need


class Board(msgspec.Struct, frozen=True):
    """A freed place, when an offer of it would leave, and who waits for it."""

    place: FreedPlace
    sends_at: datetime
    zone: ZoneInfo
    people: tuple[Candidate, ...]


async def free_place(place: FreedPlace) -> None:
    """Remember time that a visit gave back, and look for somebody. The same place is freed once."""
    if place.ends_at - place.starts_at < waiting.SHORTEST or place.starts_at <= await business_now():
        return
    async with db.transaction():
        if await freed_repository.add_place(place):
            await publish(PlaceFreed(place_id=place.id))


async def offer_by_itself(place_id: UUID) -> bool:
    """Offer a place to the first whom it suits, if the practice lets offers leave by themselves."""
    async with db.transaction():
        board = await _open_board(place_id)
        if board is None:
            return False
        if await waiting_repository.is_automatic():
            for candidate in board.people:
                if await _offer(JOB, board, candidate):
                    return True
        if await freed_repository.is_taken(board.place):
            await freed_repository.close_place(place_id, PlaceState.TAKEN)
        return False


async def propose(actor: Actor, place_id: UUID, wish_id: UUID) -> None:
    """The desk chooses whom to ask. Raises PlaceGone, NotFound."""
    async with db.transaction():
        board = await _open_board(place_id)
        chosen = [one for one in board.people if one.row.wish_id == wish_id] if board else []
        if board is None or not chosen or not await _offer(actor, board, chosen[0]):
            raise PlaceGone


async def board_of(place_id: UUID) -> Board | None:
    """Who waits for a place, for the desk's page; None when it is offered or gone. Read in a transaction."""
    return await _open_board(place_id)


async def end(offer: Offer, *, accepted: bool, actor: Actor, state: OfferState) -> None:
    """After an offer's row has ended: free its place unless it was accepted, note it, tell it."""
    if not accepted:
        uses = await use_repository.uses_of_offer(offer.id)
        await use_repository.lock_resources([use.resource_id for use in uses])
        await use_repository.release_offer(offer.id)
    await record(actor, f"offer.{state.value}", ("place_offer", offer.id), offer.patient_id)
    await publish(OfferEnded(offer_id=offer.id, accepted=accepted))


async def expire(offer_id: UUID) -> bool:
    """End an offer whose time has passed; False when somebody answered first."""
    async with db.transaction():
        if not await waiting_repository.end_expired(offer_id):
            return False
        offer = await waiting_repository.offer(offer_id)
        await end(offer, accepted=False, actor=JOB, state=OfferState.EXPIRED)
        return True


async def withdraw(offer_id: UUID) -> bool:
    """Take an offer back: its visit has changed, or nobody was reached."""
    async with db.transaction():
        if not await waiting_repository.withdraw(offer_id):
            return False
        offer = await waiting_repository.offer(offer_id)
        await end(offer, accepted=False, actor=JOB, state=OfferState.WITHDRAWN)
        return True


async def start_clock(offer: Offer, now: datetime, zone: ZoneInfo) -> Offer | None:
    """The message leaves at this moment: the time to answer begins. None when the offer is over."""
    until = waiting.answer_before(now, offer.starts_at, zone)
    if not await waiting_repository.start_clock(offer.id, now, until):
        return None
    started = await waiting_repository.offer(offer.id)
    await use_repository.prolong_offer(offer.id, started.expires_at)
    return started


async def _open_board(place_id: UUID) -> Board | None:
    place = await freed_repository.lock_place(place_id)
    if place.state is not PlaceState.OPEN or await freed_repository.has_open_offer(place_id):
        return None
    board = await who_fits(place)
    if board is None:
        await freed_repository.close_place(place_id, PlaceState.LATE)
    return board


async def who_fits(place: FreedPlace) -> Board | None:
    """Whom a place suits, stored or not; None when nobody could answer and come any more."""
    now, practice = await business_now(), await load_practice()
    zone = practice.site(practice.resource(place.chair_id).site_id).timezone
    sends_at, span = leaves_at(now, zone.key), Span(place.starts_at, place.ends_at)
    if waiting.is_too_late(span, sends_at, zone):
        return None
    rows = await waiting_repository.who_waits(
        place, now, now - waiting.WEEK, place.starts_at + waiting.LEAST_GAIN
    )
    known = {row.wish_id: (row, *await _need(row, place, now, zone)) for row in rows}
    people = [_waiting(row, needs) for row, _, needs in known.values()]
    fits = waiting.ranked(people, span, sends_at, zone)
    found = tuple(
        Candidate(known[fit.waiting.wish_id][0], fit, known[fit.waiting.wish_id][1]) for fit in fits
    )
    return Board(place, sends_at, zone, found)


async def _need(row: Row, place: FreedPlace, now: datetime, zone: ZoneInfo) -> tuple[Need, timedelta | None]:
    """What the visit would need in that place, and for how long; None when it cannot be given there."""
    practice = await load_practice()
    care = practice.care_type(row.appointment.care_key)
    visit = planning.visit_to_move(row.appointment, row.patient, care, changes.desk_window(now))
    need, duration = planning.need_at(practice, visit, place.starts_at, place.practitioner_id, zone)
    return need, timedelta(minutes=duration.minutes + care.buffer) if need.candidates else None


def _waiting(row: Row, needs: timedelta | None) -> Waiting:
    return Waiting(
        wish_id=row.wish_id,
        urgency=row.appointment.urgency,
        own_start=row.appointment.starts_at,
        weekdays=row.weekdays,
        from_time=row.from_time,
        until_time=row.until_time,
        notice=timedelta(minutes=row.notice_minutes),
        needs=needs,
        since=row.since,
        offers=row.offers,
        offers_in_week=row.offers_in_week,
    )


async def _offer(actor: Actor, board: Board, candidate: Candidate) -> bool:
    """Keep the place for somebody and tell them; False when it is no longer free for that long."""
    practice, zone = await load_practice(), board.zone
    slot = await calendar_repository.first_free(practice, candidate.need, zone, Own())
    if slot is None:
        return False
    exact = planning.only_at(candidate.need, slot)
    locked = planning.resources_of([exact])
    await use_repository.limit_waiting()
    await use_repository.lock_resources(locked)
    await use_repository.drop_expired(locked)
    if not await calendar_repository.is_free(practice, exact, zone, Own()):
        return False
    offer = _new_offer(board, candidate, slot, await business_now())
    if not await waiting_repository.add_offer(offer):
        return False
    place = Place(slot=slot, duration=candidate.row.appointment.duration, buffer=candidate.need.buffer)
    owner = Owner(offer_id=offer.id, expires_at=offer.expires_at)
    if not await use_repository.claim(place.uses(), owner):
        raise PlaceGone  # somebody wrote without the locks: the whole handler is taken back and tried again
    await _split(board.place, candidate.fit)
    await record(actor, "offer.make", ("place_offer", offer.id), offer.patient_id)
    await publish(OfferMade(offer_id=offer.id))
    return True


def _new_offer(board: Board, candidate: Candidate, slot: FreeSlot, now: datetime) -> Offer:
    appointment = candidate.row.appointment
    return Offer(
        id=new_id(),
        place_id=board.place.id,
        wish_id=candidate.row.wish_id,
        appointment_id=appointment.id,
        appointment_version=appointment.version,
        patient_id=appointment.patient_id,
        practitioner_id=slot.practitioner_id,
        starts_at=slot.start,
        ends_at=slot.end,
        state=OfferState.OPEN,
        created_at=now,
        expires_at=waiting.answer_before(board.sends_at, slot.start, board.zone),
    )


async def _split(place: FreedPlace, fit: Fit) -> None:
    """What this visit leaves becomes a place of its own, offered at the same time to somebody else."""
    if fit.rest is None:
        return
    rest = msgspec.structs.replace(
        place, id=new_id(), starts_at=fit.rest.starts_at, ends_at=fit.rest.ends_at, part_of=place.id
    )
    if await freed_repository.add_place(rest):
        await freed_repository.shorten_place(place.id, fit.rest.starts_at)
        await publish(PlaceFreed(place_id=rest.id))
