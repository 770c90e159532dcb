"""What the desk's week prints: one chair or one practitioner, a column for each day."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from backend.desk import rules
from backend.desk.grid_views import Column, Drawing, blocks, days_of_week, hour_lines
from backend.desk.model import DayVisit
from backend.desk.site_views import SiteLink, named, of_site, site_links
from backend.desk.undo_views import UndoView
from backend.desk.views import HOME, day_href, live_href
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import Practice, ResourceKind, Site


class WeekPage(msgspec.Struct, frozen=True):
    """The week. `choices` are the chairs and practitioners: (id, name, chosen)."""

    title: str
    monday: date
    before: str
    after: str
    today: str
    first_hour: int
    hours: list[tuple[int, str]]
    columns: list[Column]
    choices: list[tuple[UUID, str, bool]]
    chosen_name: str
    sites: list[SiteLink]
    live: str
    stamp: str
    undo: UndoView | None
    move_chairs: list[tuple[UUID, str]]
    practitioners: list[tuple[UUID, str]]
    letters: bool


def week_href(day: date, resource_id: UUID | None = None, site_id: UUID | None = None) -> str:
    """The address of a day's week, of a practitioner or chair or of a site's first."""
    if resource_id:
        return f"{HOME}/semaine/{day.isoformat()}?qui={resource_id}"
    return f"{HOME}/semaine/{day.isoformat()}" + (f"?site={site_id}" if site_id else "")


def choices(practice: Practice) -> list[tuple[UUID, str]]:
    """Practitioners, then chairs."""
    return [(one.id, one.short_name) for one in practice.practitioners] + chairs(practice)


def chairs(practice: Practice) -> list[tuple[UUID, str]]:
    """The chairs by name."""
    return [(one.id, one.name) for one in practice.resources if one.kind is ResourceKind.CHAIR]


def week_page(
    monday: date,
    visits: Sequence[DayVisit],
    resource_id: UUID,
    *,
    practice: Practice,
    site: Site,
    today: date,
    locale: str,
    stamp: str,
    undo: UndoView | None,
    letters: bool,
) -> WeekPage:
    """The whole page, at the site of the resource."""
    at = named(practice, site)
    links = site_links(practice, site, lambda other: week_href(monday, site_id=other))
    practice = of_site(practice, site)
    hours = rules.hours_of([(visit.starts_at, visit.free_again_at) for visit in visits], site.timezone)
    drawing = Drawing(practice=practice, site=site, hours=hours, locale=locale)
    chair_ids = {chair for chair, _ in chairs(practice)}
    days = days_of_week(monday, visits, site)
    everybody = [one.id for one in practice.practitioners]
    names = choices(practice)
    return WeekPage(
        title=t(
            locale, "desk.week_title", first=dates.day(days[0], locale), last=dates.day(days[-1], locale)
        ),
        monday=monday,
        before=week_href(monday - timedelta(days=7), resource_id),
        after=week_href(monday + timedelta(days=7), resource_id),
        today=week_href(today, resource_id),
        first_hour=hours.first,
        hours=hour_lines(hours),
        columns=[
            Column(
                name=dates.day(day, locale),
                who="",
                day=day,
                chair_id=resource_id if resource_id in chair_ids else None,
                practitioner_ids=everybody,
                blocks=blocks(_on(day, visits, site), [], day, drawing),
                is_today=day == today,
                href=day_href(day, site_id=at),
            )
            for day in days
        ],
        choices=[(one, name, one == resource_id) for one, name in names],
        chosen_name=next(name for one, name in names if one == resource_id),
        sites=links,
        live=live_href(monday, 7, at),
        stamp=stamp,
        undo=undo,
        move_chairs=chairs(practice),
        practitioners=[(one.id, one.short_name) for one in practice.practitioners],
        letters=letters,
    )


def _on(day: date, visits: Sequence[DayVisit], site: Site) -> list[DayVisit]:
    return [visit for visit in visits if visit.starts_at.astimezone(site.timezone).date() == day]
