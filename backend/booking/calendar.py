"""A visit as a calendar file. It says when and where, never what for: calendars are shared with colleagues
and shown on lock screens."""

from datetime import datetime

from backend.booking.model import MessageFacts
from backend.kit import calendar_file as kit
from backend.kit.i18n import t
from backend.kit.phones import said_phone
from backend.kit.settings import settings


def calendar_file(facts: MessageFacts, now: datetime, locale: str) -> bytes:
    """The visit as a one-event calendar, the same as the e-mails carry."""
    url = f"{settings().public_url}/rendez-vous/{facts.appointment_id}"
    phone = said_phone(facts.site_phone)
    entry = facts.entry(
        host=settings().host,
        url=url,
        summary=t(locale, "booking.calendar_summary"),
        description=t(locale, "booking.calendar_description", link=url, phone=phone),
        said_at=now,
    )
    return kit.calendar_file(entry)
