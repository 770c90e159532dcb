"""What the desk's day prints: finished strings, places on the grid, addresses."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from backend.booking.model import Status
from backend.desk import rules
from backend.desk.model import DayVisit
from backend.kit import dates
from backend.kit.days import age_on
from backend.kit.i18n import t, tn
from backend.practice.model import Practice, ResourceKind, Site

HOME = "/bureau"


class Block(msgspec.Struct, frozen=True):
    """A visit on the grid. `tone` is one of the style sheet's `visit-…`; `cleaning` is in rows.

    `mark` is the drawing of its state, which a short block still has room for when it cuts the words.
    """

    href: str
    at: int
    length: int
    cleaning: int
    tone: str
    mark: str
    chosen: bool
    hour: str
    person: str
    age: str
    words: str


class Column(msgspec.Struct, frozen=True):
    """A chair with who works at it, and its visits."""

    name: str
    who: str
    blocks: list[Block]


class QueueCard(msgspec.Struct, frozen=True):
    """Something that waits: a request (with urgency), a day without answers, a message that is stuck."""

    href: str
    tag: str
    urgency: str | None
    title: str
    detail: str


class DayPage(msgspec.Struct, frozen=True):
    """The day by chair with its queue. `now_at` is the row of the present moment, None on other days."""

    title: str
    before: str
    after: str
    today: str
    hours: list[tuple[int, str]]
    columns: list[Column]
    now_at: int | None
    queue: list[QueueCard]
    to_call: int


def day_href(day: date, visit_id: UUID | None = None) -> str:
    """The address of a day, with a visit chosen or not."""
    return f"{HOME}/jour/{day.isoformat()}" + (f"?rdv={visit_id}#fiche" if visit_id else "")


def person_short(given_name: str, family_name: str) -> str:
    """'Lila R.': enough at the desk, little for whoever looks over the counter."""
    return f"{given_name} {family_name[:1]}." if family_name else given_name


def age_words(birth_date: date, day: date, locale: str) -> str:
    """'6 ans', '7 mois' below two years."""
    years = age_on(birth_date, day)
    if years >= 2:
        return tn(locale, "desk.years", years)
    months = (day.year - birth_date.year) * 12 + day.month - birth_date.month - (day.day < birth_date.day)
    return tn(locale, "desk.months", months)


def tone_of(visit: DayVisit) -> str:
    """The tint of a block; its words say the same."""
    if visit.status is Status.ARRIVED:
        return "here"
    if visit.status in (Status.DONE, Status.MISSED):
        return "done"
    if visit.urgency in ("U1", "U2"):
        return "urgent"
    return "confirmed" if visit.confirmed_at else "waiting"


def state_words(visit: DayVisit, locale: str) -> str:
    """'confirmé', 'sans réponse', 'arrivé'…"""
    if visit.status is not Status.BOOKED:
        return t(locale, f"desk.status_{visit.status.value}")
    if visit.confirmed_at:
        return t(locale, "desk.confirmed")
    if visit.unreached:
        return t(locale, "desk.not_reached")
    return t(locale, "desk.no_answer" if visit.reminded else "desk.expected")


def mark_of(visit: DayVisit) -> str:
    """The icon of a block: what `state_words` says, without the words; none for what is only expected."""
    if visit.status is Status.ARRIVED:
        return "place"
    if visit.status is not Status.BOOKED:
        return ""
    if visit.confirmed_at:
        return "check"
    if visit.unreached:
        return "triangle"
    return "clock" if visit.reminded else ""


def day_page(
    day: date,
    visits: Sequence[DayVisit],
    queue: list[QueueCard],
    *,
    practice: Practice,
    site: Site,
    now: datetime,
    chosen: UUID | None,
    locale: str,
) -> DayPage:
    """The whole page but for the panel."""
    hours = rules.hours_of([(visit.starts_at, visit.free_again_at) for visit in visits], site.timezone)
    is_today = now.astimezone(site.timezone).date() == day
    return DayPage(
        title=dates.day(day, locale),
        before=day_href(day - timedelta(days=1)),
        after=day_href(day + timedelta(days=1)),
        today=HOME,
        hours=[((h - hours.first) * 12, f"{h}{dates.NARROW_SPACE}h") for h in range(hours.first, hours.last)],
        columns=[
            Column(
                name=chair.name,
                who=_who_works_at(chair.id, practice),
                blocks=[
                    _block(visit, day, hours, practice, site, chosen, locale)
                    for visit in visits
                    if visit.chair_id == chair.id
                ],
            )
            for chair in practice.resources
            if chair.kind is ResourceKind.CHAIR
        ],
        now_at=rules.place(now, now, hours, site.timezone).at if is_today else None,
        queue=queue,
        to_call=sum(card.urgency is not None for card in queue),
    )


def _who_works_at(chair_id: UUID, practice: Practice) -> str:
    return ", ".join(one.short_name for one in practice.practitioners if chair_id in one.chair_ids)


def _block(
    visit: DayVisit,
    day: date,
    hours: rules.Hours,
    practice: Practice,
    site: Site,
    chosen: UUID | None,
    locale: str,
) -> Block:
    place = rules.place(visit.starts_at, visit.ends_at, hours, site.timezone)
    cleaning = int((visit.free_again_at - visit.ends_at).total_seconds() // 60 // rules.MINUTES_A_ROW)
    words = [state_words(visit, locale), practice.care_type(visit.care_key).name(locale)]
    if visit.has_alerts:
        words.insert(1, t(locale, "desk.tell_practitioner"))
    return Block(
        href=day_href(day, visit.id),
        at=place.at,
        length=place.length,
        cleaning=max(0, min(cleaning, hours.rows - place.at - place.length)),
        tone=tone_of(visit),
        mark=mark_of(visit),
        chosen=visit.id == chosen,
        hour=dates.hour(visit.starts_at, site.zone, locale),
        person=person_short(visit.given_name, visit.family_name),
        age=age_words(visit.birth_date, day, locale),
        words=" · ".join(words),
    )
