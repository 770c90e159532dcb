"""Those who wait for an earlier place, and the offers that they get: by the product's rules, in memory.

As in `booking.offer_actions`: a place that came free is offered to the first whom it suits, and kept for
them; a refusal, or no answer in time, passes it on; what a shorter visit leaves of it is a place of its own.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.booking.model import FreeSlot
from backend.booking.rules import planning, waiting
from backend.booking.rules.slots import free_starts
from backend.booking.rules.waiting import Fit, Span, Waiting
from backend.messaging.rules import quiet_until
from tests.year.demand import Answer, Wish
from tests.year.offering import visit_of
from tests.year.world import Visit, World

WORTH_WAITING = timedelta(days=3)


class Wishing(msgspec.Struct, kw_only=True):
    """Somebody on the list. `offers` are the moments of those they got."""

    visit: Visit
    wish: Wish
    since: datetime
    offers: list[datetime]


class Place(msgspec.Struct, kw_only=True):
    """A stretch that came free, its chair's cleaning included."""

    practitioner_id: UUID
    chair_id: UUID
    span: Span


class WaitingList:
    """Listens to a world and refills what comes free in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[UUID, Wishing] = {}
        self.offers = self.accepted = 0
        world.on_booked.append(self._booked)
        world.on_freed.append(self._freed)

    def _booked(self, visit: Visit) -> None:
        wish, now = visit.request.wish, self.world.now
        if wish and visit.request.urgency != "U2" and visit.slot.start - now > WORTH_WAITING:
            key = UUID(int=visit.request.number)
            self.people[key] = Wishing(visit=visit, wish=wish, since=now, offers=[])

    def _freed(self, slot: FreeSlot, buffer: int) -> None:
        span = Span(slot.start, slot.end + timedelta(minutes=buffer))
        self._pass_on(Place(practitioner_id=slot.practitioner_id, chair_id=slot.chair_id, span=span))

    def _pass_on(self, place: Place) -> None:
        now, zone = self.world.now, self.world.diary.zone
        sends_at = quiet_until(now, zone.key) or now
        span = place.span
        if span.ends_at - span.starts_at < waiting.SHORTEST or waiting.is_too_late(span, sends_at, zone):
            return
        self._forget(now)
        for fit in waiting.ranked(self._who(place, now), span, sends_at, zone):
            if self._offer(place, fit, sends_at):
                return

    def _forget(self, now: datetime) -> None:
        over = [key for key, one in self.people.items() if one.visit.cancelled or one.visit.slot.start <= now]
        for key in over:
            del self.people[key]

    def _who(self, place: Place, now: datetime) -> list[Waiting]:
        practice = self.world.practice
        skills = set(practice.practitioner(place.practitioner_id).skills)
        found = []
        for key, one in self.people.items():
            care = practice.care_type(one.visit.request.care_key)
            able = not skills.isdisjoint(care.skills)
            found.append(
                Waiting(
                    wish_id=key,
                    urgency=one.visit.request.urgency,
                    own_start=one.visit.slot.start,
                    weekdays=one.wish.weekdays,
                    from_time=one.wish.from_time,
                    until_time=one.wish.until_time,
                    notice=one.wish.notice,
                    needs=timedelta(minutes=one.visit.minutes + care.buffer) if able else None,
                    since=one.since,
                    offers=len(one.offers),
                    offers_in_week=sum(sent > now - waiting.WEEK for sent in one.offers),
                )
            )
        return found

    def _offer(self, place: Place, fit: Fit, sends_at: datetime) -> bool:
        one = self.people[fit.waiting.wish_id]
        slot = self._slot(one.visit, place)
        if slot is None:
            return False
        world, zone = self.world, self.world.diary.zone
        _, uses = world.place_at(one.visit, slot)
        world.diary.put(uses)
        answer = one.visit.request.answers[len(one.offers) % len(one.visit.request.answers)]
        one.offers.append(sends_at)
        self.offers += 1
        if fit.rest:
            place = Place(
                practitioner_id=place.practitioner_id,
                chair_id=place.chair_id,
                span=Span(place.span.starts_at, fit.rest.starts_at),
            )
            rest = msgspec.structs.replace(place, span=fit.rest)
            world.at(world.now, lambda: self._pass_on(rest))
        until = waiting.answer_before(sends_at, slot.start, zone)
        world.at(
            min(until, sends_at + answer.after) if answer.says is not None else until,
            lambda: self._answered(place, one, slot, uses, answer, until - sends_at),
        )
        return True

    def _answered(
        self, place: Place, one: Wishing, slot: FreeSlot, uses: list, answer: Answer, lasts: timedelta
    ) -> None:
        self.world.diary.take(uses)
        in_time = answer.says and answer.after < lasts
        if in_time and not one.visit.cancelled and self._still_earlier(one, slot):
            self.accepted += 1
            del self.people[UUID(int=one.visit.request.number)]
            self.world.moved(one.visit, slot)
        else:
            self._pass_on(place)

    def _still_earlier(self, one: Wishing, slot: FreeSlot) -> bool:
        known = UUID(int=one.visit.request.number) in self.people
        return known and slot.start < one.visit.slot.start

    def _slot(self, visit: Visit, place: Place) -> FreeSlot | None:
        practice, diary = self.world.practice, self.world.diary
        wanted = msgspec.structs.replace(visit_of(practice, visit.request, visit.asked_at), asked_at=None)
        starts_at = place.span.starts_at
        need, _ = planning.need_at(practice, wanted, starts_at, place.practitioner_id, diary.zone)
        if not need.candidates:
            return None
        calendar = diary.calendar(starts_at.astimezone(diary.zone).date(), 2)
        return next(iter(free_starts(calendar, need)), None)
