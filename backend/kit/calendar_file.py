"""An .ics file of one or several events (RFC 5545), or of a whole agenda, with the time zones spelled out."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Calendar, Event, Timezone, vDuration


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar shows. The same `uid` with a higher `sequence` replaces what was there.

    `zone` is an IANA name; `changed_at` is when this was said, in an agenda when it last changed. An empty
    text is left out.
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


def calendar_file(*entries: Entry) -> bytes:
    """The file's text. What is cancelled and what is not cannot stand in one file: they are two methods."""
    calendar = Calendar()
    calendar.add("prodid", "-//Quenotte//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if any(entry.cancelled for entry in entries) else "PUBLISH")
    for zone in dict.fromkeys(entry.zone for entry in entries):
        years = [moment.year for entry in entries for moment in _local(entry) if entry.zone == zone]
        # Clock changes of the events' own years are enough, and keep the file short.
        first, after = date(min(years), 1, 1), date(max(years) + 1, 1, 1)
        calendar.add_component(Timezone.from_tzinfo(ZoneInfo(zone), zone, first, after))
    for entry in entries:
        calendar.add_component(_event(entry))
    text: bytes = calendar.to_ical()
    return text


class Agenda(msgspec.Struct, frozen=True, kw_only=True):
    """A whole agenda to subscribe to, from `first` to `last`; `refresh` says how often to ask again."""

    name: str
    zone: str
    first: date
    last: date
    refresh: timedelta
    entries: Collection[Entry]


def agenda_file(agenda: Agenda) -> bytes:
    """The agenda's text: the same as long as nothing changes. It has no method, for it announces nothing."""
    calendar = Calendar()
    calendar.add("prodid", "-//Quenotte//FR")
    calendar.add("version", "2.0")
    calendar.add("name", agenda.name)
    calendar.add("x-wr-calname", agenda.name)
    calendar.add("refresh-interval", vDuration(agenda.refresh), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(agenda.refresh))
    first, after = date(agenda.first.year, 1, 1), date(agenda.last.year + 1, 1, 1)
    for zone in dict.fromkeys((agenda.zone, *(entry.zone for entry in agenda.entries))):
        calendar.add_component(Timezone.from_tzinfo(ZoneInfo(zone), zone, first, after))
    for entry in agenda.entries:
        calendar.add_component(_event(entry))
    text: bytes = calendar.to_ical()
    return text


def _event(entry: Entry) -> Event:
    starts, ends = _local(entry)
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
    for name, text in (("location", entry.place), ("description", entry.description), ("url", entry.url)):
        if text:
            event.add(name, text)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event


def _local(entry: Entry) -> tuple[datetime, datetime]:
    zone = ZoneInfo(entry.zone)
    return entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
