"""What an iCalendar says of when somebody is busy: zones, whole days, repetitions, what asks for too much."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.calendars import entries, reader
from backend.calendars.model import Failed, Trouble, Window
from backend.demo.peers.agenda import calendar

PARIS = ZoneInfo("Europe/Paris")
WINDOW = Window(
    datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 4, 30, tzinfo=UTC), "Europe/Paris", "@localhost"
)


def spans(*told: str, window: Window = WINDOW) -> list[str]:
    """The busy times in Paris, as 'day hour/hour'; a day is named where it ends on another."""
    found = []
    for busy in entries.read(calendar(*told), window).busy:
        first, last = busy.starts_at.astimezone(PARIS), busy.ends_at.astimezone(PARIS)
        end = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%m-%d %H:%M}"
        found.append(f"{first:%m-%d %H:%M}/{end}")
    return found


def trouble_of(text: bytes) -> Trouble:
    with pytest.raises(Failed) as failed:
        entries.read(text, WINDOW)
    return failed.value.trouble


NINE = "UID:1\nDTSTART:20261124T090000\nDTEND:20261124T093000"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (NINE, ["11-24 09:00/09:30"]),
        ("UID:1\nDTSTART:20261124T080000Z\nDURATION:PT45M", ["11-24 09:00/09:45"]),
        (
            "UID:1\nDTSTART;TZID=America/New_York:20261124T030000\nDTEND;TZID=Europe/Paris:20261124T100000",
            ["11-24 09:00/10:00"],
        ),
        ("UID:1\nDTSTART;VALUE=DATE:20261124", ["11-24 00:00/11-25 00:00"]),
        ("UID:1\nDTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026", ["10-24 00:00/10-26 00:00"]),
        ("UID:1\nDTSTART;VALUE=DATE:20261025\nRRULE:FREQ=DAILY;COUNT=2",
         ["10-25 00:00/10-26 00:00", "10-26 00:00/10-27 00:00"]),
        ("UID:1\nDTSTART:20261124T090000", []),
        (NINE + "\nTRANSP:TRANSPARENT", []),
        (NINE + "\nSTATUS:CANCELLED", []),
        (NINE + "\nSTATUS:TENTATIVE", ["11-24 09:00/09:30"]),
        ("UID:1\nDTSTART:20200101T090000\nDTEND:20200101T100000", []),
        ("UID:ours@localhost\nDTSTART:20261124T090000\nDTEND:20261124T093000", []),
    ],
)  # fmt: skip
def test_one_entry(told: str, expected: list[str]) -> None:
    assert spans(told) == expected


def test_a_repetition_keeps_the_clock_on_the_wall_through_both_clock_changes() -> None:
    weekly = "UID:1\nDTSTART;TZID=Europe/Paris:{}T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert spans(weekly.format(20261022)) == ["10-22 09:00/10:00", "10-29 09:00/10:00"]
    assert spans(weekly.format(20270325)) == ["03-25 09:00/10:00", "04-01 09:00/10:00"]
    in_utc = "UID:1\nDTSTART:20261022T070000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert spans(in_utc) == ["10-22 09:00/10:00", "10-29 08:00/09:00"]


def test_what_lasts_through_the_hour_that_comes_twice_lasts_an_hour_longer() -> None:
    assert spans("UID:1\nDTSTART:20261025T010000\nDTEND:20261025T040000") == ["10-25 01:00/04:00"]
    (busy,) = entries.read(calendar("UID:1\nDTSTART:20261025T010000\nDTEND:20261025T040000"), WINDOW).busy
    assert busy.ends_at - busy.starts_at == timedelta(hours=4)


def test_a_rule_with_an_end_days_left_out_and_days_more() -> None:
    told = """UID:1
DTSTART;TZID=Europe/Paris:20261102T090000
DTEND;TZID=Europe/Paris:20261102T100000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261116T080000Z
EXDATE;TZID=Europe/Paris:20261104T090000
EXDATE;VALUE=DATE:20261111
RDATE;TZID=Europe/Paris:20261205T140000"""
    assert spans(told) == [
        "11-02 09:00/10:00",
        "11-09 09:00/10:00",
        "11-16 09:00/10:00",
        "12-05 14:00/15:00",
    ]
    last_day = "UID:1\nDTSTART:20261102T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261103"
    assert spans(last_day) == ["11-02 09:00/10:00", "11-03 09:00/10:00"]


def test_one_repetition_was_moved_another_cancelled() -> None:
    weekly = "UID:1\nDTSTART;TZID=Europe/Paris:20261103T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:1\nRECURRENCE-ID:20261110T080000Z\nDTSTART:20261111T140000\nDTEND:20261111T150000"
    cancelled = (
        "UID:1\nRECURRENCE-ID;TZID=Europe/Paris:20261117T090000\nSTATUS:CANCELLED\n"
        "DTSTART:20261117T090000\nDURATION:PT1H"
    )
    assert spans(weekly, moved, cancelled) == ["11-03 09:00/10:00", "11-11 14:00/15:00"]


def test_a_zone_of_the_files_own_is_understood() -> None:
    zone = """BEGIN:VTIMEZONE
TZID:Ailleurs
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
"""
    text = calendar("UID:1\nDTSTART;TZID=Ailleurs:20261124T110000\nDURATION:PT1H").replace(
        b"BEGIN:VEVENT", zone.replace("\n", "\r\n").encode() + b"BEGIN:VEVENT"
    )
    (busy,) = entries.read(text, WINDOW).busy
    assert busy.starts_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_free_and_busy_without_events() -> None:
    text = calendar(
        "UID:1\nFREEBUSY;FBTYPE=BUSY:20261124T080000Z/PT1H,20261125T080000Z/20261125T090000Z\n"
        "FREEBUSY;FBTYPE=FREE:20261126T080000Z/PT1H"
    ).replace(b"VEVENT", b"VFREEBUSY")
    assert [one.starts_at.day for one in entries.read(text, WINDOW).busy] == [24, 25]


@pytest.mark.parametrize(
    "odd",
    [
        "UID:2",
        "UID:2\nDTSTART:tomorrow",
        NINE + "\nRRULE:FREQ=SOMETIMES",
        NINE + "\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:never",
        "UID:2\nDTSTART:20261124T090000\nDTEND:20261124T080000",
        NINE + "\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261124T080000Z",
        "UID:2\nDTSTART:99991231T235959\nDURATION:P900000D",
    ],
)
def test_what_makes_no_sense_is_counted_and_the_rest_is_read(odd: str) -> None:
    good = "UID:9\nDTSTART:20261127T090000\nDURATION:PT1H"
    reading = entries.read(calendar(odd, good), WINDOW)
    assert reading.unread == 1
    assert reading.busy[-1].starts_at.day == 27


@pytest.mark.parametrize(
    "text", [b"", b"<html>Connectez-vous</html>", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"]
)
def test_what_is_no_calendar_or_was_cut_off_is_refused(text: bytes) -> None:
    assert trouble_of(text) is Trouble.NO_CALENDAR


def test_nothing_of_the_text_is_kept() -> None:
    reading = entries.read(calendar(NINE + "\nSUMMARY:Madame Durand\nLOCATION:Chez elle"), WINDOW)
    assert b"Durand" not in repr(reading).encode()
    assert len(reading.busy[0].entry) == 32


def test_repetitions_end_at_the_limit() -> None:
    assert trouble_of(calendar(NINE + "\nRRULE:FREQ=SECONDLY")) is Trouble.TOO_MUCH
    for_ever = NINE.replace("2026", "1990") + "\nRRULE:FREQ=DAILY"
    assert len(spans(for_ever)) == 211
    assert (
        trouble_of(calendar(*[for_ever.replace("UID:1", f"UID:{n}") for n in range(20)])) is Trouble.TOO_MUCH
    )


def test_control_without_the_limit_every_second_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_STEPS", 10**9)
    monkeypatch.setattr(entries, "MOST_SPANS", 10**9)
    short = Window(WINDOW.starts_at, datetime(2026, 11, 26, tzinfo=UTC), WINDOW.zone, WINDOW.ours)
    assert len(spans(NINE + "\nRRULE:FREQ=SECONDLY", window=short)) > 100_000


async def test_the_child_says_what_the_reader_says() -> None:
    assert await reader.read(calendar(NINE), WINDOW) == entries.read(calendar(NINE), WINDOW)
    with pytest.raises(Failed) as failed:
        await reader.read(b"no", WINDOW)
    assert failed.value.trouble is Trouble.NO_CALENDAR


async def test_a_rule_that_never_comes_true_is_ended_from_outside() -> None:
    """It repeats nothing, so no count of repetitions ends it: twenty of them, each through 8,000 years."""
    never = NINE + "\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    text = calendar(*[never.replace("UID:1", f"UID:{n}") for n in range(20)])
    with pytest.raises(Failed) as failed:
        await reader.read(text, WINDOW, seconds=1)
    assert failed.value.trouble is Trouble.TOO_MUCH
