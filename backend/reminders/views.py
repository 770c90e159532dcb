"""What the page behind a message's link prints: time, place, practitioner. No name, no care."""

import msgspec

from backend.booking.model import MessageFacts
from backend.kit import dates
from backend.reminders.model import LinkState, Opened


class VisitLine(msgspec.Struct, frozen=True):
    """One visit: the parts of its day, its hour, with whom, and whether it is confirmed."""

    weekday: str
    number: str
    month: str
    hour: str
    moment: str
    practitioner: str
    place: str
    address: str
    confirmed: bool


class LinkView(msgspec.Struct, frozen=True):
    """`move_link` and `cancel_link` are None when several visits are shown: those are changed one by one."""

    state: LinkState
    visits: tuple[VisitLine, ...]
    confirmed: bool
    confirm_action: str
    page_link: str
    cancel_link: str | None
    move_link: str | None
    mine_link: str = "/rendez-vous"


def link_view(opened: Opened, token: str, locale: str) -> LinkView:
    """The page for what a link opened."""
    only = opened.visits[0] if len(opened.visits) == 1 else None
    return LinkView(
        state=opened.state,
        visits=tuple(_line(visit, locale) for visit in opened.visits),
        confirmed=all(visit.confirmed_at is not None for visit in opened.visits),
        confirm_action=f"/m/{token}/confirmer",
        page_link=f"/m/{token}",
        cancel_link=f"/m/{token}/annuler" if only else None,
        move_link=f"/rendez-vous/{only.appointment_id}/deplacer" if only else None,
    )


def _line(facts: MessageFacts, locale: str) -> VisitLine:
    day = dates.local(facts.starts_at, facts.zone).date()
    return VisitLine(
        weekday=dates.weekday(day, locale),
        number=str(day.day),
        month=dates.month(day, locale),
        hour=dates.hour(facts.starts_at, facts.zone, locale),
        moment=dates.moment(facts.starts_at, facts.zone, locale),
        practitioner=facts.practitioner_name,
        place=facts.site_name,
        address=", ".join(facts.site_address),
        confirmed=facts.confirmed_at is not None,
    )
