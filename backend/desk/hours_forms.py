"""The forms of hours: what was posted becomes openings, an absence or a kept place, or all the mistakes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from backend.desk.hours_rules import (
    AWAY,
    KEPT,
    ONE_DAY,
    WEEKLY,
    Item,
    is_within,
    items_of,
    kept_twice,
    overlapping,
)
from backend.kit.days import SCHOOL_ZONES
from backend.kit.forms import FormReader
from backend.practice.model import Closure, EmergencyPlace, Opening, School, Site, Weeks
from backend.practice.plan_actions import Plan

YEARS = 3
"""How far ahead hours are written."""


def read_items(
    posted: Mapping[str, object],
    kind: str,
    place: int | None,
    plan: Plan,
    owner_id: UUID,
    site: Site,
    today: date,
) -> list[Item]:
    """What is to stand in the plan, instead of what stands at that place. Raises FormErrors."""
    form = FormReader(posted)
    others = items_of(plan, kind)
    if place is not None:
        del others[place]
    items: list[Item] = []
    if kind in (WEEKLY, ONE_DAY):
        weekly = kind == WEEKLY
        found = _weekly(form, owner_id, site, today) if weekly else _one_day(form, owner_id, today)
        same = [one for one in others if isinstance(one, Opening)]
        if not form.mistakes and any(overlapping(found, same)):
            form.mistake("debut", "desk.hours_overlap")
        items += found
    elif kind == AWAY:
        items.append(_absence(form, owner_id, site, today))
    elif kind == KEPT:
        items.append(_kept(form, plan, [one for one in others if isinstance(one, EmergencyPlace)], owner_id))
    form.finish()
    return items


def read_rules(posted: Mapping[str, object]) -> tuple[bool, str | None]:
    """Whether public holidays are kept, and whose school holidays. Raises FormErrors."""
    form = FormReader(posted)
    zone = form.choice("zone_scolaire", SCHOOL_ZONES, required=False)
    form.finish()
    return form.yes("feries"), zone or None


def _weekly(form: FormReader, owner_id: UUID, site: Site, today: date) -> list[Opening]:
    days = [number for number in range(1, 8) if form.yes(f"jour_{number}")]
    if not days:
        form.mistake("jour_1", "desk.hours_no_day")
    starts, ends = _span(form)
    first, last = form.day("du", required=False), form.day("au", required=False)
    if first and first.year > today.year + YEARS:
        form.mistake("du", "desk.hours_too_far", years=YEARS)
    elif first and last and first > last:
        form.mistake("au", "desk.hours_backwards_days")
    weeks, school = form.choice("semaines", list(Weeks)), form.choice("ecole", list(School))
    if school not in ("", School.ANY) and not site.school_zone:
        form.mistake("ecole", "desk.hours_no_school_zone")
    if form.mistakes:
        return []
    return [
        Opening(
            resource_id=owner_id,
            weekday=day,
            starts=starts,
            ends=ends,
            weeks=Weeks(weeks),
            valid_from=first,
            valid_until=last,
            school=School(school),
        )
        for day in days
    ]


def _one_day(form: FormReader, owner_id: UUID, today: date) -> list[Opening]:
    day, (starts, ends) = _coming_day(form, "le", today), _span(form)
    if form.mistakes or day is None:
        return []
    return [Opening(resource_id=owner_id, weekday=day.isoweekday(), starts=starts, ends=ends, only_on=day)]


def _absence(form: FormReader, owner_id: UUID, site: Site, today: date) -> Closure:
    first, last = _days_away(form, today)
    reason = form.text("motif", longest=80)
    whole_days = not form.typed.get("debut", "").strip() and not form.typed.get("fin", "").strip()
    starts, ends = (time(), time()) if whole_days else (_hour(form, "debut"), _hour(form, "fin"))
    starts_at = datetime.combine(first, starts, site.timezone)
    ends_at = datetime.combine(last + timedelta(days=1) if whole_days else last, ends, site.timezone)
    if ends_at <= starts_at:
        form.mistake("fin", "desk.hours_backwards_days")
    elif ends_at.date() < today:
        form.mistake("au", "desk.hours_past")
    return Closure(
        site_id=site.id,
        resource_id=None if owner_id == site.id else owner_id,
        starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC),
        reason=reason,
    )


def _days_away(form: FormReader, today: date) -> tuple[date, date]:
    """The first day and the last; where one is a mistake, days that can be reckoned with stand for them."""
    first, last = _coming_day(form, "du", today - timedelta(days=366)), form.day("au", required=False)
    if last and last.year > today.year + YEARS:
        form.mistake("au", "desk.hours_too_far", years=YEARS)
    elif first and last and last < first:
        form.mistake("au", "desk.hours_backwards_days")
    if first is None or {"du", "au"} & set(form.mistakes):
        return today, today
    return first, last or first


def _kept(form: FormReader, plan: Plan, others: list[EmergencyPlace], owner_id: UUID) -> EmergencyPlace:
    weekday = form.number("jour", 1, 7)
    place = EmergencyPlace(
        practitioner_id=owner_id,
        weekday=weekday,
        starts=_hour(form, "debut"),
        minutes=form.number("minutes", 5, 180),
    )
    if place.minutes % 5:
        form.mistake("minutes", "desk.hours_in_fives")
    if not form.mistakes and not is_within(place, plan.openings):
        form.mistake("debut", "desk.hours_outside")
    if not form.mistakes and kept_twice(place, others):
        form.mistake("debut", "desk.hours_kept_twice")
    return place


def _span(form: FormReader) -> tuple[time, time]:
    starts, ends = _hour(form, "debut"), _hour(form, "fin")
    if not {"debut", "fin"} & set(form.mistakes) and starts >= ends:
        form.mistake("fin", "desk.hours_backwards")
    return starts, ends


def _hour(form: FormReader, name: str) -> time:
    try:
        value = time.fromisoformat(form.text(name, longest=8))
    except ValueError:
        form.mistake(name, "desk.no_such_hour")
        return time()
    if value.tzinfo or value.minute % 5 or value.second or value.microsecond:
        form.mistake(name, "desk.hours_in_fives")
    return value.replace(tzinfo=None)


def _coming_day(form: FormReader, name: str, today: date) -> date | None:
    day = form.day(name)
    if day is not None and day < today:
        form.mistake(name, "desk.hours_past")
    elif day is not None and day.year > today.year + YEARS:
        form.mistake(name, "desk.hours_too_far", years=YEARS)
    return day


def typed_of(item: Item | None, site: Site) -> dict[str, object]:
    """The fields of the form as they stand for a thing; usual ones for a new thing."""
    if isinstance(item, Opening):
        return {
            **{f"jour_{number}": item.weekday == number for number in range(1, 8)},
            "le": item.only_on or "",
            "debut": _short(item.starts),
            "fin": _short(item.ends),
            "semaines": item.weeks,
            "ecole": item.school,
            "du": item.valid_from or "",
            "au": item.valid_until or "",
        }
    if isinstance(item, EmergencyPlace):
        return {"jour": item.weekday, "debut": _short(item.starts), "minutes": item.minutes}
    if isinstance(item, Closure):
        starts, ends = item.starts_at.astimezone(site.timezone), item.ends_at.astimezone(site.timezone)
        if starts.time() == ends.time() == time():
            last = ends.date() - timedelta(days=1)
            return {"du": starts.date(), "au": last, "debut": "", "fin": "", "motif": item.reason}
        return {
            "du": starts.date(),
            "debut": _short(starts.time()),
            "au": ends.date(),
            "fin": _short(ends.time()),
            "motif": item.reason,
        }
    return {
        **{f"jour_{number}": False for number in range(1, 8)},
        "le": "",
        "debut": "",
        "fin": "",
        "du": "",
        "au": "",
        "motif": "",
        "semaines": Weeks.ALL,
        "ecole": School.ANY,
        "jour": 1,
        "minutes": 30,
    }


def _short(value: time) -> str:
    return f"{value:%H:%M}"
