"""The desk's words for people, states and addresses, shared by its pages."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model import Status
from backend.booking.model.stages import Stage
from backend.booking.model.waiting import Gap
from backend.desk.model import DayVisit
from backend.kit.days import age_on
from backend.kit.i18n import t, tn

HOME = "/bureau"
GAP_ADDRESS = "%Y-%m-%dT%H%M"
"""How the address of free time names its beginning, in the practice's zone."""


class QueueCard(msgspec.Struct, frozen=True):
    """Something that waits: a request (with urgency), a day without answers, a message that is stuck."""

    href: str
    tag: str
    urgency: str | None
    title: str
    detail: str


def day_href(day: date, visit_id: UUID | None = None, site_id: UUID | None = None) -> str:
    """The address of a day: at a visit's site with that visit chosen, at a site, or at the first."""
    if visit_id:
        return f"{HOME}/jour/{day.isoformat()}?rdv={visit_id}#fiche"
    return f"{HOME}/jour/{day.isoformat()}" + (f"?site={site_id}" if site_id else "")


def live_href(first: date, days: int, site_id: UUID | None) -> str:
    """Where the server tells that something on these days of a site has changed."""
    wanted = {"jour": first.isoformat(), **({"jours": days} if days > 1 else {})}
    return f"{HOME}/direct?{urlencode({**wanted, **({'site': site_id} if site_id else {})})}"


def gap_href(gap: Gap, zone: ZoneInfo) -> str:
    """The address of free time: who waits for such a place."""
    at = gap.starts_at.astimezone(zone)
    return f"{HOME}/temps-libre/{gap.practitioner_id}/{gap.chair_id}/{at:{GAP_ADDRESS}}"


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
    if visit.clashes:
        return "urgent"
    if visit.status is Status.ARRIVED:
        return "here"
    if visit.status in (Status.DONE, Status.MISSED):
        return "done"
    if visit.urgency in ("U1", "U2"):
        return "urgent"
    return "confirmed" if visit.confirmed_at else "waiting"


def state_words(visit: DayVisit, locale: str) -> str:
    """'confirmé', 'sans réponse', 'arrivé', 'au fauteuil'…"""
    if visit.stage is not Stage.BOOKED:
        return t(locale, f"desk.status_{visit.stage or visit.status}")
    if visit.confirmed_at:
        return t(locale, "desk.confirmed")
    if visit.unreached:
        return t(locale, "desk.not_reached")
    return t(locale, "desk.no_answer" if visit.reminded else "desk.expected")


def mark_of(visit: DayVisit) -> str:
    """The icon of a block: what `state_words` says, without the words; none for what is only expected."""
    if visit.clashes:
        return "triangle"
    if visit.stage in (Stage.ARRIVED, Stage.SEATED):
        return "place" if visit.stage is Stage.ARRIVED else "chair"
    if visit.status is not Status.BOOKED:
        return ""
    if visit.confirmed_at:
        return "check"
    if visit.unreached:
        return "triangle"
    return "clock" if visit.reminded else ""
