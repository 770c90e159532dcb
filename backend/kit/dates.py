"""Dates and times as they are said. Spaces inside a time are narrow no-break spaces (U+202F).

>>> from datetime import date, datetime, timezone
>>> day(date(2026, 3, 3))
'mardi 3 mars'
>>> day(date(2026, 5, 1))
'vendredi 1er mai'
>>> day(date(2026, 3, 3), "en")
'Tuesday 3 March'
>>> hour(datetime(2026, 3, 3, 8, 5, tzinfo=timezone.utc), "Europe/Paris").replace(chr(0x202f), "_")
'9_h_05'
>>> moment(datetime(2026, 3, 3, 8, 30, tzinfo=timezone.utc), "Europe/Paris").replace(chr(0x202f), "_")
'mardi 3 mars à 9_h_30'
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
        *("août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
}
NARROW_SPACE = "\u202f"


def weekday(value: date, locale: str = "fr") -> str:
    """'mardi'."""
    return _DAYS[locale][value.weekday()]


def month(value: date, locale: str = "fr") -> str:
    """'mars'."""
    return _MONTHS[locale][value.month - 1]


def _number(value: date, locale: str) -> str:
    return "1er" if value.day == 1 and locale == "fr" else str(value.day)


def day(value: date, locale: str = "fr") -> str:
    """'mardi 3 mars': the year is left out, since almost all our dates are near."""
    return f"{weekday(value, locale)} {_number(value, locale)} {month(value, locale)}"


def day_short(value: date, locale: str = "fr") -> str:
    """'mar. 3 mars', where a column is narrow."""
    short = weekday(value, locale)[:3] + ("." if locale == "fr" else "")
    return f"{short} {_number(value, locale)} {month(value, locale)}"


def day_and_year(value: date, locale: str = "fr") -> str:
    """'mardi 3 mars 2026', where the year matters: history."""
    return f"{day(value, locale)} {value.year}"


def date_and_year(value: date, locale: str = "fr") -> str:
    """'3 mars 2026', where nobody cares which weekday it was: birth dates, what was made long ago."""
    return f"{_number(value, locale)} {month(value, locale)} {value.year}"


def local(value: datetime, zone: str) -> datetime:
    """The moment on the wall clock of `zone`; a naive moment is refused."""
    if value.tzinfo is None:
        raise ValueError("a moment without a zone")
    return value.astimezone(ZoneInfo(zone))


def hour(value: datetime, zone: str, locale: str = "fr") -> str:
    """'9 h 30' in French, '9:30' in English."""
    there = local(value, zone)
    if locale == "fr":
        return f"{there.hour}{NARROW_SPACE}h{NARROW_SPACE}{there.minute:02d}"
    return f"{there.hour}:{there.minute:02d}"


def moment(value: datetime, zone: str, locale: str = "fr") -> str:
    """'mardi 3 mars à 9 h 30'."""
    joint = "à" if locale == "fr" else "at"
    return f"{day(local(value, zone).date(), locale)} {joint} {hour(value, zone, locale)}"
