"""What the entries of an iCalendar (RFC 5545) say of when somebody is busy, within a window of time.

Repetitions are counted one by one in local time, as the clock on the wall has it, and never beyond a limit:
what a stranger's file asks for must end.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from backend.calendars.model import Busy, Failed, Reading, Trouble, Window

MOST_ENTRIES = 50_000
MOST_STEPS = 100_000
"""Repetitions counted in a whole file, those outside the window too."""
MOST_SPANS = 10_000
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
"""What the libraries raise at a date, a rule or a zone that makes no sense."""


def read(text: bytes, window: Window) -> Reading:
    """The busy times that a file tells of. Raises Failed where it is no calendar, or asks for too much."""
    try:
        calendars = [one for one in Calendar.from_ical(text, multiple=True) if one.name == "VCALENDAR"]
    except UNREADABLE:
        raise Failed(Trouble.NO_CALENDAR) from None
    if not calendars:
        raise Failed(Trouble.NO_CALENDAR)
    entries = [entry for one in calendars for entry in one.walk() if entry.name in ("VEVENT", "VFREEBUSY")]
    if len(entries) > MOST_ENTRIES:
        raise Failed(Trouble.TOO_MUCH)
    return _Reader(window).read(entries)


class _Reader:
    """Reads the entries of one file, and keeps count."""

    def __init__(self, window: Window) -> None:
        self.window, self.zone = window, ZoneInfo(window.zone)
        self.steps = self.unread = 0
        self.found: set[Busy] = set()
        self.replaced: dict[str, set[datetime]] = {}

    def read(self, entries: list[Any]) -> Reading:
        events = [one for one in entries if one.name == "VEVENT" and not self._is_ours(one)]
        for event in events:
            self._note_replaced(event)
        for event in events:
            self._understand(self._event, event)
        for entry in entries:
            if entry.name == "VFREEBUSY":
                self._understand(self._free_busy, entry)
        return Reading(sorted(self.found), self.unread)

    def _understand(self, read: Callable[[Any], None], entry: Any) -> None:
        try:
            read(entry)
        except UNREADABLE:
            self.unread += 1

    def _is_ours(self, entry: Any) -> bool:
        return str(entry.get("UID", "")).endswith(self.window.ours)

    @staticmethod
    def _counts(event: Any) -> bool:
        """Whether it keeps somebody busy: neither cancelled nor marked as free."""
        is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        return not is_free and str(event.get("STATUS", "")).upper() != "CANCELLED"

    def _note_replaced(self, event: Any) -> None:
        """An entry with a RECURRENCE-ID stands for one repetition of the entry with the same UID."""
        if "RECURRENCE-ID" in event:
            with suppress(*UNREADABLE):
                moment = self._moment(event["RECURRENCE-ID"].dt, self.zone)
                self.replaced.setdefault(str(event.get("UID")), set()).add(moment)

    def _event(self, event: Any) -> None:
        if not self._counts(event):
            return
        start = event["DTSTART"].dt
        length = self._length(event, start)
        if length < timedelta(0):
            raise ValueError("it ends before it begins")
        uid = str(event.get("UID", ""))
        for begin in self._begins(event, start):
            self._add(uid, begin, self._after(begin, length, whole_days=not isinstance(start, datetime)))

    def _length(self, event: Any, start: date) -> timedelta:
        """A day without an end lasts that day, a moment without an end no time at all."""
        if "DTEND" in event:
            end = event["DTEND"].dt
            if not isinstance(start, datetime) or not isinstance(end, datetime):
                return _day(end) - _day(start)
            return self._moment(end, self.zone) - self._moment(start, self.zone)
        if "DURATION" in event:
            length: timedelta = event["DURATION"].dt
            return length
        return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)

    def _begins(self, event: Any, start: date) -> Iterator[datetime]:
        """The moment of each repetition, those left out or replaced aside."""
        zone = (start.tzinfo if isinstance(start, datetime) else None) or self.zone
        out = {self._moment(one, zone) for one in _listed(event, "EXDATE")}
        out_days = {one for one in _listed(event, "EXDATE") if not isinstance(one, datetime)}
        if "RECURRENCE-ID" not in event:
            out |= self.replaced.get(str(event.get("UID")), set())
        elif event["RECURRENCE-ID"].params.get("RANGE"):
            raise ValueError("it stands for all that follow, too")
        for begin in self._all_begins(event, start, zone):
            if begin not in out and begin.astimezone(zone).date() not in out_days:
                yield begin

    def _all_begins(self, event: Any, start: date, zone: tzinfo) -> Iterator[datetime]:
        yield self._moment(start, zone)
        for one in _listed(event, "RDATE"):
            yield self._moment(one[0] if isinstance(one, tuple) else one, zone)
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            yield from self._repeated(rule, start, zone)

    def _repeated(self, rule: Any, start: date, zone: tzinfo) -> Iterator[datetime]:
        wall = _wall(start)
        until = [self._moment(one, zone) for one in rule.get("UNTIL", [])]
        if until and not isinstance(rule["UNTIL"][0], datetime):
            until = [one + timedelta(days=1) - timedelta(seconds=1) for one in until]
        last = min([self.window.ends_at, *until])
        plain = type(rule)({name: value for name, value in rule.items() if name.upper() != "UNTIL"})
        for local in rrulestr(plain.to_ical().decode(), dtstart=wall):
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise Failed(Trouble.TOO_MUCH)
            begin = local.replace(tzinfo=zone).astimezone(UTC)
            if begin > last:
                return
            yield begin

    def _free_busy(self, entry: Any) -> None:
        told = entry.get("FREEBUSY", [])
        for period in told if isinstance(told, list) else [told]:
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                first, last = (self._moment(one, self.zone) for one in (period.start, period.end))
                self._add(str(entry.get("UID", "")), first, last)

    def _add(self, uid: str, starts_at: datetime, ends_at: datetime) -> None:
        if starts_at < ends_at and ends_at > self.window.starts_at and starts_at < self.window.ends_at:
            self.found.add(Busy(starts_at, ends_at, hashlib.sha256(uid.encode()).digest()))
            if len(self.found) > MOST_SPANS:
                raise Failed(Trouble.TOO_MUCH)

    def _after(self, begin: datetime, length: timedelta, *, whole_days: bool) -> datetime:
        """Hours are hours; whole days end at midnight, also where a day has 23 hours."""
        if not whole_days:
            return begin + length
        return (begin.astimezone(self.zone) + length).astimezone(UTC)

    def _moment(self, said: date, zone: tzinfo) -> datetime:
        """A date or time as a moment; without a zone it is meant in `zone`."""
        wall = _wall(said)
        own = said.tzinfo if isinstance(said, datetime) else None
        return wall.replace(tzinfo=own or (zone if isinstance(said, datetime) else self.zone)).astimezone(UTC)


def _wall(said: date) -> datetime:
    """What the clock on the wall shows."""
    return said.replace(tzinfo=None) if isinstance(said, datetime) else datetime.combine(said, time())


def _day(said: date) -> date:
    return said.date() if isinstance(said, datetime) else said


def _listed(event: Any, name: str) -> list[Any]:
    """The dates of a property that may stand several times, each with several."""
    found = event.get(name, [])
    return [one.dt for each in (found if isinstance(found, list) else [found]) for one in each.dts]
