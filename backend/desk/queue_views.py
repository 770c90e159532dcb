"""What waits at the left of the day: requests, people nobody reached, stuck tasks, places to fill, silent
days."""

from datetime import datetime

from backend.desk.actions import Day
from backend.desk.model import Clash, NotReached
from backend.desk.request_views import asker_words, request_tag
from backend.desk.site_views import named
from backend.desk.views import HOME, QueueCard, day_href, person_short
from backend.kit import dates
from backend.kit.i18n import t, tn
from backend.practice.model import Practice, Site


def queue(day: Day, now: datetime, practice: Practice, site: Site, locale: str) -> list[QueueCard]:
    """Requests by deadline first, then what is only good to know."""
    requests = [
        QueueCard(
            href=f"{HOME}/demandes?choix={request.id}#d{request.id}",
            tag=request_tag(request, site, locale),
            urgency=request.urgency or "U4",
            title=asker_words(day.askers.get(request.id), now, site, locale),
            detail=t(locale, f"desk.request_state_{request.state.value}"),
        )
        for request in day.requests
    ]
    silent = [
        QueueCard(
            href=day_href(one.day, site_id=named(practice, site)),
            tag=t(locale, "desk.unanswered_tag"),
            urgency=None,
            title=tn(locale, "desk.unanswered", one.visits),
            detail=dates.day(one.day, locale),
        )
        for one in day.unanswered
    ]
    to_call = [
        QueueCard(
            href=_visit_href(one, practice),
            tag=t(locale, "desk.not_reached_tag"),
            urgency=None,
            title=person_short(one.given_name, one.family_name),
            detail=dates.moment(one.starts_at, practice.site(one.site_id).zone, locale),
        )
        for one in day.not_reached
    ]
    stuck = [
        QueueCard(
            href=f"{HOME}/taches-bloquees",
            tag=t(locale, "desk.stuck_tag"),
            urgency=None,
            title=one.name,
            detail=t(locale, "desk.stuck_detail", n=one.attempts, error=one.last_error),
        )
        for one in day.stuck[:3]
    ]
    to_fill = [
        QueueCard(
            href=f"{HOME}/places-liberees#p{place.id}",
            tag=t(locale, "waiting.fill_tag"),
            urgency=None,
            title=dates.moment(place.starts_at, practice.site_of(place.chair_id).zone, locale),
            detail=t(
                locale,
                "waiting.fill_how_long",
                minutes=place.minutes,
                practitioner=practice.practitioner(place.practitioner_id).short_name,
            ),
        )
        for place in day.to_fill
    ]
    elsewhere = [*_clashes(day, practice, locale), *_stale(day, locale)]
    return [*requests, *to_call, *elsewhere, *stuck, *to_fill, *silent]


def _visit_href(one: NotReached | Clash, practice: Practice) -> str:
    return day_href(one.starts_at.astimezone(practice.site(one.site_id).timezone).date(), one.visit_id)


def _clashes(day: Day, practice: Practice, locale: str) -> list[QueueCard]:
    return [
        QueueCard(
            href=_visit_href(one, practice),
            tag=t(locale, "desk.clash_tag"),
            urgency=None,
            title=person_short(one.given_name, one.family_name),
            detail=dates.moment(one.starts_at, practice.site(one.site_id).zone, locale),
        )
        for one in day.clashes
    ]


def _stale(day: Day, locale: str) -> list[QueueCard]:
    return [
        QueueCard(
            href=f"{HOME}/agendas-externes#a{one.id}",
            tag=t(locale, "desk.stale_tag"),
            urgency=None,
            title=one.name,
            detail=t(locale, "calendars.stale"),
        )
        for one in day.stale
    ]
