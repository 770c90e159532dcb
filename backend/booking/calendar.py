"""The calendar file of a visit (RFC 5545), with its time zone spelled out. It says when and where, never
what for: calendars are shared with colleagues and shown on lock screens."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from backend.booking.model import MessageFacts, Status
from backend.kit.i18n import t
from backend.kit.settings import settings


def calendar_file(facts: MessageFacts, now: datetime, locale: str) -> bytes:
    """The visit as a one-event calendar.

    The same UID, also in the e-mails' files, with a higher SEQUENCE replaces what was there.
    """
    link = f"{settings().public_url}/rendez-vous/{facts.appointment_id}"
    zone = ZoneInfo(facts.zone)
    starts, ends = facts.starts_at.astimezone(zone), facts.ends_at.astimezone(zone)
    event = Event()
    event.add("uid", f"{facts.appointment_id}@{settings().host}")
    event.add("sequence", facts.version - 1)
    event.add("dtstamp", now)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", t(locale, "booking.calendar_summary"))
    event.add("location", ", ".join((facts.site_name, *facts.site_address)))
    event.add("description", t(locale, "booking.calendar_description", link=link, phone=facts.site_phone))
    event.add("url", link)
    event.add("status", "CANCELLED" if facts.status is Status.CANCELLED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Quenotte//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # Clock changes of the visit's own years are enough, and keep the file short.
    first, after = date(starts.year, 1, 1), date(ends.year + 1, 1, 1)
    calendar.add_component(Timezone.from_tzinfo(zone, facts.zone, first, after))
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
