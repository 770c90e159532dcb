"""What the page of external agendas prints."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.calendars import rules
from backend.calendars.model import ExternalCalendar
from backend.kit.forms import FormErrors
from backend.kit.i18n import t, tn
from backend.practice.model import Practice
from backend.practice.views import Option

PAGE = "/bureau/agendas-externes"
_UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))


class CalendarLine(msgspec.Struct, frozen=True):
    """One agenda: where it stands, in a word with its tint and in sentences."""

    id: UUID
    name: str
    title: str
    host: str
    state: str
    tone: str
    sentences: list[str]
    look: str
    remove: str


class CalendarsView(msgspec.Struct, frozen=True):
    """The whole page; `form` holds the mistakes of the last try."""

    calendars: list[CalendarLine]
    practitioners: list[Option]
    form: FormErrors | None
    may_change: bool


def calendars_view(
    found: Sequence[ExternalCalendar],
    practice: Practice,
    now: datetime,
    locale: str,
    form: FormErrors | None = None,
    *,
    may_change: bool,
) -> CalendarsView:
    """`now` is machine time."""
    names = {one.id: one.short_name for one in practice.practitioners}
    return CalendarsView(
        calendars=[_line(one, names.get(one.practitioner_id, ""), now, locale) for one in found],
        practitioners=[Option(str(one.id), one.short_name) for one in practice.practitioners],
        form=form,
        may_change=may_change,
    )


def ago(past: timedelta, locale: str) -> str:
    """'5 min', '2 h', '3 j'.

    >>> ago(timedelta(minutes=125), "fr").split()
    ['2', 'h']
    """
    seconds = max(0, int(past.total_seconds()))
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    return t(locale, f"calendars.{unit}", n=seconds // size)


def _line(one: ExternalCalendar, who: str, now: datetime, locale: str) -> CalendarLine:
    state, tone = _state(one, now)
    return CalendarLine(
        id=one.id,
        name=one.name,
        title=f"{who} · {one.name}" if who else one.name,
        host=one.host,
        state=t(locale, f"calendars.state_{state}"),
        tone=tone,
        sentences=_sentences(one, state, now, locale),
        look=f"{PAGE}/{one.id}/synchroniser",
        remove=f"{PAGE}/{one.id}/retirer",
    )


def _state(one: ExternalCalendar, now: datetime) -> tuple[str, str]:
    if rules.is_stale(one.created_at, one.synced_at, now):
        return "stale", "coral"
    if one.waits or one.tried_at is None:
        return "waits", "sky"
    return ("trouble", "sun") if one.trouble else ("ok", "mint")


def _sentences(one: ExternalCalendar, state: str, now: datetime, locale: str) -> list[str]:
    when = t(locale, "calendars.synced", ago=ago(now - one.synced_at, locale)) if one.synced_at else ""
    told = [when or t(locale, "calendars.never")]
    if one.synced_at:
        told.append(tn(locale, "calendars.spans", one.spans) + ".")
    if one.trouble:
        told.append(t(locale, f"calendars.trouble_{one.trouble.value}"))
        if one.synced_at:
            told.append(t(locale, "calendars.kept"))
    if state in ("stale", "waits"):
        told.append(t(locale, f"calendars.{state}"))
    if one.unread:
        told.append(tn(locale, "calendars.unread", one.unread))
    return told
