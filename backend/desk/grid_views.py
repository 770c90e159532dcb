"""The grid of a day or a week: columns of blocks on rows of five minutes, in order of time."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from backend.booking.model import Status
from backend.booking.model.waiting import Gap
from backend.desk import rules
from backend.desk.chair_views import next_stage
from backend.desk.model import DayVisit, Kept
from backend.desk.views import age_words, day_href, gap_href, mark_of, person_short, state_words, tone_of
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import Practice, Site


class Block(msgspec.Struct, frozen=True):
    """A visit on the grid. `tone` is one of the style sheet's `visit-…`; `cleaning` is in rows.

    `mark` is the drawing of its state, which a short block still has room for when it cuts the words.
    `start` (HH:MM), `minutes`, `version` and `practitioner_id` are what a move begins with; `movable` and
    `resizable` say what its state still allows; `next_stage` is what the usual tap makes of `stage`.
    """

    id: UUID
    version: int
    practitioner_id: UUID
    start: str
    minutes: int
    movable: bool
    resizable: bool
    stage: str
    next_stage: str
    href: str
    at: int
    length: int
    cleaning: int
    tone: str
    chosen: bool
    hour: str
    person: str
    age: str
    words: str
    mark: str
    kind: str = "visit"


class GapBlock(msgspec.Struct, frozen=True):
    """Free time. `href` leads to who waits for such a place; empty where somebody is deciding already."""

    at: int
    length: int
    words: str
    href: str = ""
    kind: str = "gap"


class Column(msgspec.Struct, frozen=True):
    """A chair with who works at it, or a day; `blocks` in order of time.

    `day` and `chair_id` are where a block that is dropped here goes; without a chair it keeps its own.
    """

    name: str
    who: str
    day: date
    chair_id: UUID | None
    practitioner_ids: list[UUID]
    blocks: list[Block | GapBlock]
    is_today: bool = False
    href: str = ""


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """How a grid is drawn. `discreet` is for paper that lies about: initials, and no care."""

    practice: Practice
    site: Site
    hours: rules.Hours
    locale: str
    chosen: UUID | None = None
    discreet: bool = False


def hour_lines(hours: rules.Hours) -> list[tuple[int, str]]:
    """The hours at the side, with their rows."""
    return [((h - hours.first) * 12, f"{h}{dates.NARROW_SPACE}h") for h in range(hours.first, hours.last)]


def blocks(
    visits: Sequence[DayVisit],
    gaps: Sequence[Gap],
    day: date,
    drawing: Drawing,
    kept: Sequence[Kept] = (),
) -> list[Block | GapBlock]:
    """What one column holds."""
    drawn = [_block(visit, day, drawing) for visit in visits]
    free = [*(_gap(gap, drawing) for gap in gaps), *(_kept(one, drawing) for one in kept)]
    return sorted([*drawn, *free], key=lambda one: one.at)


def _block(visit: DayVisit, day: date, drawing: Drawing) -> Block:
    zone, locale = drawing.site.timezone, drawing.locale
    place = rules.place(visit.starts_at, visit.ends_at, drawing.hours, zone)
    cleaning = int((visit.free_again_at - visit.ends_at).total_seconds() // 60 // rules.MINUTES_A_ROW)
    return Block(
        id=visit.id,
        version=visit.version,
        practitioner_id=visit.practitioner_id,
        start=f"{visit.starts_at.astimezone(zone):%H:%M}",
        minutes=visit.duration.minutes,
        movable=visit.status is Status.BOOKED,
        resizable=visit.status in (Status.BOOKED, Status.ARRIVED),
        stage=visit.stage or "",
        next_stage=next_stage(visit),
        href=day_href(day, visit.id),
        at=place.at,
        length=place.length,
        cleaning=max(0, min(cleaning, drawing.hours.rows - place.at - place.length)),
        tone=tone_of(visit),
        chosen=visit.id == drawing.chosen,
        hour=dates.hour(visit.starts_at, drawing.site.zone, locale),
        person=_initials(visit) if drawing.discreet else person_short(visit.given_name, visit.family_name),
        age="" if drawing.discreet else age_words(visit.birth_date, day, locale),
        words=_words(visit, drawing),
        mark=mark_of(visit),
    )


def _initials(visit: DayVisit) -> str:
    return " ".join(f"{name[:1]}." for name in (visit.given_name, visit.family_name) if name)


def _words(visit: DayVisit, drawing: Drawing) -> str:
    minutes = t(drawing.locale, "desk.minutes", minutes=visit.duration.minutes)
    if drawing.discreet:
        return minutes
    care = drawing.practice.care_type(visit.care_key).name(drawing.locale)
    # Where somebody has to act comes before what is expected.
    state = t(drawing.locale, "desk.clash_state") if visit.clashes else state_words(visit, drawing.locale)
    words = [state, care]
    if visit.has_alerts:
        words.insert(1, t(drawing.locale, "desk.tell_practitioner"))
    return " · ".join(words)


def _gap(gap: Gap, drawing: Drawing) -> GapBlock:
    place = rules.place(gap.starts_at, gap.ends_at, drawing.hours, drawing.site.timezone)
    hour = dates.hour(gap.starts_at, drawing.site.zone, drawing.locale)
    words = t(drawing.locale, "desk.gap", hour=hour, minutes=gap.minutes)
    return GapBlock(at=place.at, length=place.length, words=words, href=gap_href(gap, drawing.site.timezone))


def _kept(kept: Kept, drawing: Drawing) -> GapBlock:
    place = rules.place(kept.starts_at, kept.ends_at, drawing.hours, drawing.site.timezone)
    until = dates.hour(kept.until, drawing.site.zone, drawing.locale)
    words = t(drawing.locale, "desk.offered" if kept.offered else "desk.held", until=until)
    return GapBlock(at=place.at, length=place.length, words=words)


def days_of_week(monday: date, visits: Sequence[DayVisit], site: Site) -> list[date]:
    """Monday to Saturday, and Sunday when somebody comes."""
    sunday = monday + timedelta(days=6)
    open_sunday = any(visit.starts_at.astimezone(site.timezone).date() == sunday for visit in visits)
    return [monday + timedelta(days=number) for number in range(7 if open_sunday else 6)]
