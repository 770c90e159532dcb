"""What a message about visits says: time, place, practitioner; nothing of the patient or the care."""

from collections.abc import Sequence
from datetime import datetime

from backend.booking.model import MessageFacts
from backend.kit import dates, i18n
from backend.kit.calendar_file import Entry
from backend.kit.phones import said_phone
from backend.kit.settings import settings

MOST_NAMED = 3
"""Other visits named in a message; a push has room for no more."""


def values(facts: MessageFacts, locale: str) -> dict[str, str]:
    """What every message about this visit may say."""
    return {
        "when": dates.moment(facts.starts_at, facts.zone, locale),
        "place": facts.site_name,
        "address": "\n".join(facts.site_address),
        "practitioner": facts.practitioner_name,
        "phone": said_phone(facts.site_phone),
    }


def others(facts: MessageFacts, found: Sequence[MessageFacts], locale: str) -> str:
    """'Et aussi : 10 h 15, 10 h 45.': the day is said only where it is another."""
    if not found:
        return ""
    day = dates.local(facts.starts_at, facts.zone).date()
    said = [
        dates.hour(other.starts_at, other.zone, locale)
        if dates.local(other.starts_at, other.zone).date() == day
        else dates.moment(other.starts_at, other.zone, locale)
        for other in found[:MOST_NAMED]
    ]
    return i18n.t(locale, "reminders.also", times=", ".join(said))


def several(found: Sequence[MessageFacts], locale: str) -> dict[str, str]:
    """How many visits a message is about and when the later ones are; empty for one alone."""
    count = str(len(found)) if len(found) > 1 else ""
    return {"count": count, "others": others(found[0], found[1:], locale)}


def entry(facts: MessageFacts, locale: str, now: datetime) -> Entry:
    """The visit in the calendar file."""
    url = f"{settings().public_url}/rendez-vous/{facts.appointment_id}"
    phone = said_phone(facts.site_phone)
    return facts.entry(
        host=settings().host,
        url=url,
        summary=i18n.t(locale, "reminders.calendar_summary"),
        description=i18n.t(locale, "reminders.calendar_description", link=url, phone=phone),
        said_at=now,
    )
