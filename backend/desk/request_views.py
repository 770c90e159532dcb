"""What the desk's queue of requests prints."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.booking.model import Request, RequestState
from backend.desk.model import Asker
from backend.desk.views import age_words, person_short
from backend.kit import dates
from backend.kit.i18n import t
from backend.kit.phones import said_phone
from backend.practice.model import Site


class Fact(msgspec.Struct, frozen=True):
    """A line of a summary list."""

    label: str
    value: str


class RequestView(msgspec.Struct, frozen=True):
    """A request with what is needed to answer it."""

    id: UUID
    urgency: str
    tag: str
    who: str
    facts: list[Fact]
    taken_by: str
    can_take: bool
    chosen: bool


class RequestsPage(msgspec.Struct, frozen=True):
    """Every request that waits, the nearest deadline first."""

    requests: list[RequestView]


def asker_words(asker: Asker | None, now: datetime, site: Site, locale: str) -> str:
    """'Lila R., 6 ans', for whom the request is; without age where it is for no patient."""
    if asker is None:
        return t(locale, "desk.request_unknown_person")
    name = person_short(asker.given_name, asker.family_name)
    if asker.birth_date is None:
        return name
    return f"{name}, {age_words(asker.birth_date, now.astimezone(site.timezone).date(), locale)}"


def request_tag(request: Request, site: Site, locale: str) -> str:
    """'À rappeler avant 10 h 05'."""
    before = dates.hour(request.deadline, site.zone, locale)
    return t(locale, f"desk.request_{request.kind.value}_before", before=before)


def request_view(
    request: Request, asker: Asker | None, now: datetime, site: Site, chosen: UUID | None, locale: str
) -> RequestView:
    """One request."""
    lines = [
        ("desk.request_deadline", dates.moment(request.deadline, site.zone, locale)),
        ("desk.request_phone", said_phone(request.phone)),
        ("desk.request_when", request.preferred_time),
        ("desk.request_reason", request.reason),
    ]
    taken_by = asker.taken_by if asker and asker.taken_by else ""
    return RequestView(
        id=request.id,
        urgency=request.urgency or "U4",
        tag=request_tag(request, site, locale),
        who=asker_words(asker, now, site, locale),
        facts=[Fact(t(locale, key), value) for key, value in lines if value],
        taken_by=t(locale, "desk.request_taken_by", who=taken_by) if taken_by else "",
        can_take=request.state is RequestState.OPEN,
        chosen=request.id == chosen,
    )
