"""Asked when a message is about to leave: is it still true, still wanted, and what does it say?

Nothing here was decided when the message was planned: a visit moved, a right that ended, a confirmation
given since then all count.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.message_repository import booker_of
from backend.booking.model import MessageFacts, Status
from backend.booking.repository import message_facts, message_facts_between
from backend.families.message_repository import patients_told_to
from backend.kit import dates, i18n
from backend.kit.calendar_file import Entry
from backend.kit.phones import said_phone
from backend.kit.settings import settings
from backend.messaging import repository as messaging
from backend.messaging.model import Channel, Delivery, Drop, Neighbour, Send, State, Verdict
from backend.reminders import rules
from backend.reminders.handlers import BOOKED
from backend.reminders.links import token_for

MOST_NAMED = 3
"""Other visits named in a message; a push has room for no more."""


class DropIt(Exception):  # noqa: N818 - ends a check from within
    """The message is not to leave; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def check_reminder(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before a reminder: the first of the day speaks for all, a confirmed visit needs no second one."""
    try:
        facts = await _still_true(delivery, now)
        await _still_needed(delivery, facts)
        await _not_covered(delivery, facts, now)
    except DropIt as drop:
        return Drop(drop.reason)
    return await _reminder(delivery, facts, locale, now)


async def check_reminder_again(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before the e-mail a day later: only where the first went by push and nobody confirmed."""
    try:
        facts = await _still_true(delivery, now)
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
        facts = await _still_true(delivery, now)
    except DropIt as drop:
        return Drop(drop.reason)
    return _send(delivery, facts, locale, entry=_entry(facts, locale, now))


async def check_cancellation(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """Before the news that a visit is off."""
    facts = await message_facts(delivery.subject_id)
    if facts is None or facts.status is not Status.CANCELLED:
        return Drop("not_cancelled")
    if not await may_know(delivery, facts, now):
        return Drop("no_right")
    values = _values(facts, locale)
    return Send(
        values={name: values[name] for name in ("when", "place", "phone")},
        link="/",
        zone=facts.zone,
        entry=_entry(facts, locale, now),
    )


async def may_know(delivery: Delivery, facts: MessageFacts, now: datetime) -> bool:
    """Whether the account still gets this patient's messages; whoever booked gets the confirmation."""
    if facts.patient_id in await patients_told_to(delivery.account_id, now):
        return True
    return delivery.kind == BOOKED and await booker_of(facts.appointment_id) == delivery.account_id


async def together(delivery: Delivery, facts: MessageFacts, now: datetime) -> list[MessageFacts]:
    """The visits of which this message speaks, by start: its own; for a reminder also the household's of
    that day, and those whose reminders are due to the same person on the same day."""
    if delivery.kind not in (rules.REMINDER, rules.REMINDER_AGAIN):
        return [facts]
    found = {facts.appointment_id: facts}
    household = await patients_told_to(delivery.account_id, now)
    zone = ZoneInfo(facts.zone)
    for other in await message_facts_between(household, *rules.day_limits(facts.starts_at, zone)):
        found.setdefault(other.appointment_id, other)
    for neighbour in await _neighbours(delivery, facts) if delivery.kind == rules.REMINDER else ():
        member = await _facts_of(neighbour)
        if member is not None and member.patient_id in household:
            found.setdefault(member.appointment_id, member)
    return sorted((one for one in found.values() if one.starts_at > now), key=_by_start)


async def _reminder(delivery: Delivery, facts: MessageFacts, locale: str, now: datetime) -> Send:
    visits = await together(delivery, facts, now)
    others = [other for other in visits if other.appointment_id != facts.appointment_id]
    return _send(delivery, facts, locale, others=_others(facts, others, locale))


async def _still_true(delivery: Delivery, now: datetime) -> MessageFacts:
    facts = await message_facts(delivery.subject_id)
    if facts is None or facts.status is not Status.BOOKED:
        raise DropIt("cancelled")
    if facts.version != delivery.subject_version:
        raise DropIt("moved")
    if facts.starts_at <= now:
        raise DropIt("past")
    if not await may_know(delivery, facts, now):
        raise DropIt("no_right")
    return facts


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
    others = [await _member(delivery, one, now) for one in await _neighbours(delivery, facts)]
    if rules.is_covered(own, [other for other in others if other is not None]):
        raise DropIt("covered")


async def _member(delivery: Delivery, neighbour: Neighbour, now: datetime) -> rules.Member | None:
    """A reminder of the same day as the rules see it; None when its visit no longer stands."""
    facts = await _facts_of(neighbour)
    if facts is None:
        return None
    as_delivery = msgspec.structs.replace(
        delivery, id=neighbour.id, subject_id=neighbour.subject_id, subject_version=neighbour.subject_version
    )
    try:
        await _still_true(as_delivery, now)
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


async def _neighbours(delivery: Delivery, facts: MessageFacts) -> list[Neighbour]:
    limits = rules.day_limits(delivery.due_at, ZoneInfo(facts.zone))
    found = await messaging.due_between(delivery.account_id, rules.REMINDER, *limits)
    return [neighbour for neighbour in found if neighbour.id != delivery.id]


async def _facts_of(neighbour: Neighbour) -> MessageFacts | None:
    facts = await message_facts(neighbour.subject_id)
    if facts is None or facts.status is not Status.BOOKED or facts.version != neighbour.subject_version:
        return None
    return facts


def _send(
    delivery: Delivery,
    facts: MessageFacts,
    locale: str,
    others: str | None = None,
    entry: Entry | None = None,
) -> Send:
    values = _values(facts, locale)
    if others is not None:
        values["others"] = others
    link = "/m/" + token_for(delivery.id, settings().secret)
    return Send(values=values, link=link, zone=facts.zone, entry=entry)


def _values(facts: MessageFacts, locale: str) -> dict[str, str]:
    """Time, place, practitioner: nothing of the patient, nothing of the care."""
    return {
        "when": dates.moment(facts.starts_at, facts.zone, locale),
        "place": facts.site_name,
        "address": "\n".join(facts.site_address),
        "practitioner": facts.practitioner_name,
        "phone": said_phone(facts.site_phone),
    }


def _others(facts: MessageFacts, others: Sequence[MessageFacts], locale: str) -> str:
    """'Et aussi : 10 h 15, 10 h 45.': the day is said only where it is another."""
    if not others:
        return ""
    day = dates.local(facts.starts_at, facts.zone).date()
    said = [
        dates.hour(other.starts_at, other.zone, locale)
        if dates.local(other.starts_at, other.zone).date() == day
        else dates.moment(other.starts_at, other.zone, locale)
        for other in others[:MOST_NAMED]
    ]
    return i18n.t(locale, "reminders.also", times=", ".join(said))


def _entry(facts: MessageFacts, locale: str, now: datetime) -> Entry:
    url = f"{settings().public_url}/rendez-vous/{facts.appointment_id}"
    phone = said_phone(facts.site_phone)
    return facts.entry(
        host=settings().host,
        url=url,
        summary=i18n.t(locale, "reminders.calendar_summary"),
        description=i18n.t(locale, "reminders.calendar_description", link=url, phone=phone),
        said_at=now,
    )


def _by_start(facts: MessageFacts) -> tuple[datetime, str]:
    return facts.starts_at, str(facts.appointment_id)
