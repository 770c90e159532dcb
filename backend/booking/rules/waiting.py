"""Who is offered a place that came free, in which order, for how long, and what is left of it for others."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.kit.errors import Refusal

LASTS = timedelta(hours=2)
LASTS_SAME_DAY = timedelta(minutes=15)
MOST_A_WEEK = 3
WEEK = timedelta(days=7)
LEAST_GAIN = timedelta(hours=24)
"""An earlier place is one that is a day earlier: for less nobody is disturbed."""
STOPS_BEFORE = timedelta(hours=48)
"""From so long before one's own visit on, nothing is offered any more."""
SHORTEST = timedelta(minutes=20)
"""What is left of a place is offered by itself from this length on, cleaning included."""


class OfferOver(Refusal):
    """It was answered, its time has passed, or the visit has changed since."""

    key = "waiting.offer_over"
    status = 409


class Span(msgspec.Struct, frozen=True):
    """A stretch of time."""

    starts_at: datetime
    ends_at: datetime


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on the list, as far as the order is concerned.

    `needs` is the time that their visit would take in this place, cleaning included; None where it cannot
    be given there. `offers` are those of all time for this wish, `offers_in_week` the person's of the last
    seven days.
    """

    wish_id: UUID
    urgency: str
    own_start: datetime
    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    notice: timedelta
    needs: timedelta | None
    since: datetime
    offers: int
    offers_in_week: int


class Fit(msgspec.Struct, frozen=True):
    """Somebody whom the place suits, the time it would waste, and what is left to offer to others."""

    waiting: Waiting
    wasted: timedelta
    rest: Span | None


def answer_before(sends_at: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Until when an offer sent at `sends_at` may be accepted: two hours, or 15 minutes on the day itself."""
    same_day = sends_at.astimezone(zone).date() == starts_at.astimezone(zone).date()
    return sends_at + (LASTS_SAME_DAY if same_day else LASTS)


def ranked(people: Iterable[Waiting], place: Span, sends_at: datetime, zone: ZoneInfo) -> list[Fit]:
    """Whom the place suits, the first to ask first: by urgency, then the least waste, then the shortest
    notice they can take, then the fewest offers, then the longest wait."""
    fits = [_fit(one, place) for one in people if suits(one, place, sends_at, zone)]
    return sorted(fits, key=_order)


def suits(one: Waiting, place: Span, sends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether somebody may be offered the place at all.

    Whoever answers at the last moment still has the notice that they asked for.
    """
    there = place.starts_at.astimezone(zone)
    return (
        one.needs is not None
        and one.needs <= place.ends_at - place.starts_at
        and there.isoweekday() in one.weekdays
        and one.from_time <= there.time() < one.until_time
        and answer_before(sends_at, place.starts_at, zone) + one.notice <= place.starts_at
        and place.starts_at + LEAST_GAIN <= one.own_start
        and sends_at + STOPS_BEFORE <= one.own_start
        and one.offers_in_week < MOST_A_WEEK
    )


def is_too_late(place: Span, sends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether nobody could answer and come any more."""
    return answer_before(sends_at, place.starts_at, zone) >= place.starts_at


def rest_of(place: Span, needs: timedelta) -> Span | None:
    """What is left of a place after a visit at its beginning, where that is worth offering."""
    after = place.starts_at + needs
    return Span(after, place.ends_at) if place.ends_at - after >= SHORTEST else None


def _fit(one: Waiting, place: Span) -> Fit:
    assert one.needs is not None
    rest = rest_of(place, one.needs)
    wasted = timedelta(0) if rest else place.ends_at - place.starts_at - one.needs
    return Fit(one, wasted, rest)


def _order(fit: Fit) -> tuple[object, ...]:
    # A place that somebody fills whole is not cut up for somebody shorter.
    one = fit.waiting
    return (one.urgency, fit.wasted, fit.rest is not None, one.notice, one.offers, one.since, one.wish_id)
