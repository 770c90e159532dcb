"""Asked when a message is about to leave: is it still true, still wanted, and what does it say?

Nothing here was decided when the message was planned: a visit moved, a right that ended, a confirmation
given since then all count. Of several visits changed together it speaks of those that still stand.
"""

from datetime import datetime

import msgspec

from backend.booking.model import MessageFacts, Status
from backend.kit.settings import settings
from backend.messaging import repository as messaging
from backend.messaging.model import Channel, Delivery, Drop, Neighbour, Send, State, Verdict
from backend.reminders import rules, subjects, wording
from backend.reminders.handlers import BOOKED, CANCELLED, MOVED
from backend.reminders.links import token_for
from backend.reminders.subjects import DropIt

OF_SEVERAL = (BOOKED, MOVED, CANCELLED)
"""News that may be about several visits; the desk changes one at a time."""


async def check_reminder(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before a reminder: the first of the day speaks for all, a confirmed visit needs no second one."""
    try:
        (facts,) = await subjects.standing(delivery, now)
        await _still_needed(delivery, facts)
        await _not_covered(delivery, facts, now)
    except DropIt as drop:
        return Drop(drop.reason)
    return await _reminder(delivery, facts, locale, now)


async def check_reminder_again(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before the e-mail a day later: only where the first went by push and nobody confirmed."""
    try:
        (facts,) = await subjects.standing(delivery, now)
    except DropIt as drop:
        return Drop(drop.reason)
    if facts.confirmed_at is not None:
        return Drop("confirmed")
    if Channel.PUSH not in await _reminded_by(delivery):
        return Drop("not_pushed")
    return await _reminder(delivery, facts, locale, now)


async def check_notice(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before a confirmation or the news of a new time."""
    try:
        visits = await subjects.standing(delivery, now)
    except DropIt as drop:
        return Drop(drop.reason)
    values = wording.values(visits[0], locale) | _of_several(delivery, visits, locale)
    return Send(
        values=values,
        link=_link(delivery),
        zone=visits[0].zone,
        entries=tuple(wording.entry(visit, locale, now) for visit in visits),
    )


async def check_cancellation(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before the news that a visit is off."""
    off = [facts for facts, _ in await subjects.spoken_of(delivery) if facts.status is Status.CANCELLED]
    visits = [facts for facts in off if await subjects.may_know(delivery, facts, now)]
    if not visits:
        return Drop("no_right" if off else "not_cancelled")
    values = wording.values(visits[0], locale)
    return Send(
        values={name: values[name] for name in ("when", "place", "phone")}
        | _of_several(delivery, visits, locale),
        link="/",
        zone=visits[0].zone,
        entries=tuple(wording.entry(visit, locale, now) for visit in visits),
    )


async def _reminder(delivery: Delivery, facts: MessageFacts, locale: str, now: datetime) -> Send:
    visits = await subjects.together(delivery, [facts], now)
    others = [other for other in visits if other.appointment_id != facts.appointment_id]
    values = wording.values(facts, locale) | {"others": wording.others(facts, others, locale)}
    return Send(values=values, link=_link(delivery), zone=facts.zone)


async def _still_needed(delivery: Delivery, facts: MessageFacts) -> None:
    if facts.confirmed_at is not None and not facts.has_instructions and await _reminded_by(delivery):
        raise DropIt("confirmed")


async def _reminded_by(delivery: Delivery) -> list[Channel]:
    return await messaging.channels_used(
        delivery.account_id, rules.REMINDER, delivery.subject_id, delivery.subject_version
    )


async def _not_covered(delivery: Delivery, facts: MessageFacts, now: datetime) -> None:
    own = rules.Member(
        delivery_id=delivery.id,
        due_at=delivery.due_at,
        starts_at=facts.starts_at,
        sent=False,
        alive=True,
    )
    others = [await _member(delivery, one, now) for one in await subjects.neighbours(delivery, facts)]
    if rules.is_covered(own, [other for other in others if other is not None]):
        raise DropIt("covered")


async def _member(delivery: Delivery, neighbour: Neighbour, now: datetime) -> rules.Member | None:
    """A reminder of the same day as the rules see it; None when its visit no longer stands."""
    facts = await subjects.facts_of(neighbour)
    if facts is None:
        return None
    as_delivery = msgspec.structs.replace(
        delivery, id=neighbour.id, subject_id=neighbour.subject_id, subject_version=neighbour.subject_version
    )
    try:
        await subjects.standing(as_delivery, now)
        await _still_needed(as_delivery, facts)
    except DropIt:
        alive = False
    else:
        alive = True
    return rules.Member(
        delivery_id=neighbour.id,
        due_at=neighbour.due_at,
        starts_at=facts.starts_at,
        sent=neighbour.state is State.SENT,
        alive=alive,
    )


def _of_several(delivery: Delivery, visits: list[MessageFacts], locale: str) -> dict[str, str]:
    return wording.several(visits, locale) if delivery.kind in OF_SEVERAL else {}


def _link(delivery: Delivery) -> str:
    return "/m/" + token_for(delivery.id, settings().secret)
