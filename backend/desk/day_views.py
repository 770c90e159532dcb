"""What the desk's day prints: a column for each chair, the queue, what may be taken back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from backend.booking.model.waiting import Gap
from backend.desk import rules
from backend.desk.grid_views import Column, Drawing, blocks, hour_lines
from backend.desk.model import DayVisit, Kept
from backend.desk.site_views import SiteLink, named, site_links
from backend.desk.undo_views import UndoView
from backend.desk.views import HOME, QueueCard, day_href, live_href
from backend.desk.week_views import week_href
from backend.kit import dates
from backend.practice.model import Practice, ResourceKind, Site


class DayPage(msgspec.Struct, frozen=True):
    """The day by chair with its queue. `now_at` is the row of the present moment, None on other days.

    `stamp` tells this state of the day from any other, `live` is where changes are told. `sites` are the same
    day elsewhere; `discreet` is the same page with initials alone, or in full again.
    """

    title: str
    day: date
    before: str
    after: str
    today: str
    week: str
    discreet: str
    sites: list[SiteLink]
    live: str
    first_hour: int
    hours: list[tuple[int, str]]
    columns: list[Column]
    now_at: int | None
    queue: list[QueueCard]
    to_call: int
    stamp: str
    undo: UndoView | None


def day_page(
    day: date,
    visits: Sequence[DayVisit],
    gaps: Sequence[Gap],
    queue: list[QueueCard],
    *,
    kept: Sequence[Kept],
    practice: Practice,
    site: Site,
    now: datetime,
    chosen: UUID | None,
    locale: str,
    stamp: str,
    undo: UndoView | None,
    discreet: bool = False,
) -> DayPage:
    """The whole page but for the panel."""
    spans = [(visit.starts_at, visit.free_again_at) for visit in visits]
    hours = rules.hours_of([*spans, *((gap.starts_at, gap.ends_at) for gap in gaps)], site.timezone)
    drawing = Drawing(
        practice=practice, site=site, hours=hours, locale=locale, chosen=chosen, discreet=discreet
    )
    at = named(practice, site)
    here = day_href(day, site_id=at)
    is_today = now.astimezone(site.timezone).date() == day
    return DayPage(
        title=dates.day(day, locale),
        day=day,
        before=day_href(day - timedelta(days=1), site_id=at),
        after=day_href(day + timedelta(days=1), site_id=at),
        today=f"{HOME}?site={at}" if at else HOME,
        week=week_href(day, site_id=at),
        discreet=here if discreet else f"{here}{'&' if at else '?'}discret=1",
        sites=site_links(practice, site, lambda other: day_href(day, site_id=other)),
        live=live_href(day, 1, at),
        first_hour=hours.first,
        hours=hour_lines(hours),
        columns=[
            _chair(chair.id, chair.name, day, visits, (gaps, kept), drawing)
            for chair in practice.resources
            if chair.kind is ResourceKind.CHAIR and chair.site_id == site.id
        ],
        now_at=rules.place(now, now, hours, site.timezone).at if is_today else None,
        queue=queue,
        to_call=sum(card.urgency is not None for card in queue),
        stamp=stamp,
        undo=undo,
    )


def _chair(
    chair_id: UUID,
    name: str,
    day: date,
    visits: Sequence[DayVisit],
    others: tuple[Sequence[Gap], Sequence[Kept]],
    drawing: Drawing,
) -> Column:
    gaps, kept = others
    there = [one for one in drawing.practice.practitioners if chair_id in one.chair_ids]
    return Column(
        name=name,
        who=", ".join(one.short_name for one in there),
        day=day,
        chair_id=chair_id,
        practitioner_ids=[one.id for one in there],
        blocks=blocks(
            [visit for visit in visits if visit.chair_id == chair_id],
            [gap for gap in gaps if gap.chair_id == chair_id],
            day,
            drawing,
            [one for one in kept if one.chair_id == chair_id],
        ),
    )
