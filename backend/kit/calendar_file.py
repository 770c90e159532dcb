"""An .ics file of one event (RFC 5545), with its time zone spelled out."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Calendar, Event, Timezone


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar shows. The same `uid` with a higher `sequence` replaces what was there.

    `zone` is an IANA name; `changed_at` is when this was said.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    place: str
    description: str
    url: str
    cancelled: bool = False


def calendar_file(entry: Entry) -> bytes:
    """The file's text."""
    zone = ZoneInfo(entry.zone)
    starts, ends = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if starts.fold or ends.fold:
        # The hour that comes twice: a local time means its first coming, so the second is said in UTC.
        starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", entry.summary)
    event.add("location", entry.place)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Quenotte//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    # Clock changes of the event's own years are enough, and keep the file short.
    first, after = date(starts.year, 1, 1), date(ends.year + 1, 1, 1)
    calendar.add_component(Timezone.from_tzinfo(zone, entry.zone, first, after))
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
