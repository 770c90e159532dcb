"""The calendar file that goes with a message. It says when and where, never what for."""

from icalendar import Calendar, Event

from backend.messaging.model import CalendarEntry


def calendar_file(entry: CalendarEntry) -> bytes:
    """The text of an .ics file (RFC 5545), times in UTC, which every calendar shows in its own zone."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    event.add("location", entry.place)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Quenotte//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
