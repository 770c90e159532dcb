"""Of which visits a message speaks, and whether its reader may still know of them. Asked anew each time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from backend.booking.message_repository import booker_of, told_together
from backend.booking.model import MessageFacts, Status
from backend.booking.repository import message_facts, message_facts_between
from backend.families.message_repository import patients_told_to
from backend.families.repository import guardians_of
from backend.messaging import repository as messaging
from backend.messaging.model import Delivery, Neighbour
from backend.reminders import rules
from backend.reminders.handlers import BOOKED, TOGETHER


class DropIt(Exception):  # noqa: N818 - ends a check from within
    """The message is not to leave; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def spoken_of(delivery: Delivery) -> list[tuple[MessageFacts, int]]:
    """The visits that a message was owed for, as they stand now, each with the version of which it speaks."""
    about = [(delivery.subject_id, delivery.subject_version)]
    if delivery.occasion == TOGETHER:
        about = await told_together(delivery.subject_id)
    found = [(await message_facts(visit_id), version) for visit_id, version in about]
    return [(facts, version) for facts, version in found if facts]


async def standing(delivery: Delivery, now: datetime) -> list[MessageFacts]:
    """Those of them that are still to come as the message says, for a reader who may know, by start.

    DropIt, with what is wrong with the last, when there is none.
    """
    reason, found = "cancelled", []
    for facts, version in await spoken_of(delivery):
        why_not = _why_not(facts, version, now)
        if why_not is None and not await may_know(delivery, facts, now):
            why_not = "no_right"
        if why_not is None:
            found.append(facts)
        reason = why_not or reason
    if not found:
        raise DropIt(reason)
    return sorted(found, key=by_start)


async def may_know(delivery: Delivery, facts: MessageFacts, now: datetime) -> bool:
    """Whether the account gets this patient's messages; who booked gets the confirmation, while they may act.

    Nobody else: not the parent who booked, from the patient's 18th birthday on.
    """
    for guardian in await guardians_of(facts.patient_id, now):
        if guardian.account_id == delivery.account_id:
            booked = delivery.kind == BOOKED and await booker_of(facts.appointment_id) == delivery.account_id
            return guardian.gets_messages or booked
    return False


async def together(delivery: Delivery, own: list[MessageFacts], now: datetime) -> list[MessageFacts]:
    """The visits of which this message speaks, by start: its `own`; for a reminder also the household's of
    that day, and those whose reminders are due to the same person on the same day."""
    if delivery.kind not in (rules.REMINDER, rules.REMINDER_AGAIN):
        return own
    facts = own[0]
    found = {facts.appointment_id: facts}
    household = await patients_told_to(delivery.account_id, now)
    zone = ZoneInfo(facts.zone)
    for other in await message_facts_between(household, *rules.day_limits(facts.starts_at, zone)):
        found.setdefault(other.appointment_id, other)
    for neighbour in await neighbours(delivery, facts) if delivery.kind == rules.REMINDER else ():
        member = await facts_of(neighbour)
        if member is not None and member.patient_id in household:
            found.setdefault(member.appointment_id, member)
    return sorted((one for one in found.values() if one.starts_at > now), key=by_start)


async def neighbours(delivery: Delivery, facts: MessageFacts) -> list[Neighbour]:
    """The other reminders due to the same person on the same day."""
    limits = rules.day_limits(delivery.due_at, ZoneInfo(facts.zone))
    found = await messaging.due_between(delivery.account_id, rules.REMINDER, *limits)
    return [neighbour for neighbour in found if neighbour.id != delivery.id]


async def facts_of(neighbour: Neighbour) -> MessageFacts | None:
    """The visit of another reminder; None when it no longer stands as that one says."""
    facts = await message_facts(neighbour.subject_id)
    if facts is None or facts.status is not Status.BOOKED or facts.version != neighbour.subject_version:
        return None
    return facts


def by_start(facts: MessageFacts) -> tuple[datetime, str]:
    """Sorts visits; two at the same time always the same way."""
    return facts.starts_at, str(facts.appointment_id)


def _why_not(facts: MessageFacts, version: int, now: datetime) -> str | None:
    if facts.status is not Status.BOOKED:
        return "cancelled"
    if facts.version != version:
        return "moved"
    return "past" if facts.starts_at <= now else None
