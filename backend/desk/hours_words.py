"""Hours in words: an opening, an absence, a kept place, and what changed between two plans. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from backend.desk.hours_rules import KINDS, Item, items_of
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import Closure, Opening, School, Site, Weeks
from backend.practice.plan_actions import Plan

MONDAY = date(2024, 1, 1)


def words(item: Item, site: Site, locale: str) -> str:
    """'lundi 8 h 30 – 12 h 30, semaines paires', '24 décembre 2026 9 h – 12 h', 'du … au … : congés'."""
    if isinstance(item, Closure):
        return t(locale, "desk.hours_away", when=_closed_words(item, site, locale), reason=item.reason)
    if not isinstance(item, Opening):
        place = f"{weekday(item.weekday, locale)} {clock(item.starts, locale)}"
        return t(locale, "desk.hours_kept_words", place=place, minutes=item.minutes)
    span = f"{clock(item.starts, locale)} – {clock(item.ends, locale)}"
    if item.only_on:
        return f"{dates.day_and_year(item.only_on, locale)} {span}"
    limits = [
        t(locale, f"desk.hours_{item.weeks}_weeks") if item.weeks is not Weeks.ALL else "",
        t(locale, "desk.hours_from", day=_dated(item.valid_from, locale)) if item.valid_from else "",
        t(locale, "desk.hours_until", day=_dated(item.valid_until, locale)) if item.valid_until else "",
        t(locale, f"desk.hours_school_{item.school}") if item.school is not School.ANY else "",
    ]
    return ", ".join((f"{weekday(item.weekday, locale)} {span}", *filter(None, limits)))


def _closed_words(item: Closure, site: Site, locale: str) -> str:
    starts, ends = (one.astimezone(site.timezone) for one in (item.starts_at, item.ends_at))
    if starts.time() == ends.time() == time():
        last = ends.date() - timedelta(days=1)
        if last == starts.date():
            return dates.day_and_year(last, locale)
        return t(locale, "desk.hours_days", first=_dated(starts.date(), locale), last=_dated(last, locale))
    first, last_said = (
        f"{_dated(one.date(), locale)} {dates.hour(one, site.zone, locale)}" for one in (starts, ends)
    )
    return t(locale, "desk.hours_days", first=first, last=last_said)


def _dated(day: date, locale: str) -> str:
    return dates.date_and_year(day, locale)


def weekday(number: int, locale: str) -> str:
    """'lundi' for 1."""
    return dates.weekday(MONDAY + timedelta(days=number - 1), locale)


def clock(at: time, locale: str) -> str:
    """'8 h 30'."""
    return dates.hour(datetime.combine(MONDAY, at, UTC), "UTC", locale)


def plan_lines(before: Plan | None, after: Plan, site: Site, locale: str) -> list[str]:
    """What came and went between two states of a plan, and which rules changed."""
    was = before or Plan()
    found = []
    for kind in KINDS:
        old, new = items_of(was, kind), items_of(after, kind)
        told = {"desk.hours_gone": [one for one in old if one not in new]}
        told["desk.hours_came"] = [one for one in new if one not in old]
        title = t(locale, f"desk.hours_{kind}")
        found += [
            t(locale, key, kind=title, what=words(one, site, locale))
            for key, many in told.items()
            for one in many
        ]
    if was.keeps_public_holidays != after.keeps_public_holidays and before:
        found.append(t(locale, "desk.hours_keeps" if after.keeps_public_holidays else "desk.hours_works"))
    if was.school_zone != after.school_zone and before:
        zone = after.school_zone
        found.append(t(locale, "desk.hours_school", zone=zone) if zone else t(locale, "desk.hours_no_school"))
    return found
