"""What the pages of several people print: who has answered, the bundles, the places held, the visits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.booking.appointment_views import HOME, ReasonOption, VisitView, visit_view
from backend.booking.model import (
    Appointment,
    CancelReason,
    HeldSlot,
    PersonOfGroup,
    PersonState,
    PlannedVisit,
)
from backend.booking.views import (
    START,
    at_site,
    place_lines,
    said_duration,
)
from backend.families.model import Patient
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.model import Practice

TOGETHER = START + "/ensemble"
VISITS = HOME + "/ensemble"
_MARKS = {PersonState.READY: "mint", PersonState.BOOKED: "mint", PersonState.CALL: "coral"}


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a group. `href` leads on where they have begun or are booked."""

    id: str
    name: str
    state: str
    tone: str
    begins: bool
    href: str | None
    may_leave: bool


class PartyView(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes together; `slots` once enough of them have answers that book."""

    people: list[PersonView]
    begin: str
    leave: str
    slots: str | None


class HeldTogetherView(msgspec.Struct, frozen=True, kw_only=True):
    """The check page: everybody's place, until when they are held, how to hold them longer."""

    action: str
    other: str
    hold: str
    again: dict[str, str]
    until: str
    presence: str
    arrangement: str
    people: list[tuple[str, list[dict[str, str]]]]
    instructions: list[str]
    place: str


class VisitsView(msgspec.Struct, frozen=True, kw_only=True):
    """Visits that were chosen together; `fields` carry the versions that one is looking at."""

    visits: list[VisitView]
    here: str
    fields: dict[str, str]
    several: bool
    confirmed: bool
    new: bool
    done: str
    reasons: list[ReasonOption]
    form: FormErrors | None


def group_address(group_id: UUID, *rest: str) -> str:
    """A page of a group that has no visits yet."""
    return "/".join((TOGETHER, str(group_id), *rest))


def visits_address(group_id: UUID, *rest: str) -> str:
    """A page of the visits of a group."""
    return "/".join((VISITS, str(group_id), *rest))


def names(of: Sequence[str], locale: str) -> str:
    """Lila, Noé et Camille."""
    *others, last = of
    return t(locale, "booking.and", first=", ".join(others), last=last) if others else last


def party_page(group_id: UUID, people: Sequence[PersonOfGroup], locale: str) -> PartyView:
    """Who comes together, and what is left to do before the slots."""
    ready = sum(person.state is PersonState.READY for person in people)
    waits = any(person.state in (PersonState.TO_ANSWER, PersonState.BEGUN) for person in people)
    return PartyView(
        people=[_person(person, locale) for person in people],
        begin=group_address(group_id, "questions"),
        leave=group_address(group_id, "seul"),
        slots=group_address(group_id, "creneaux") if ready > 1 and not waits else None,
    )


def held_page(
    group_id: UUID,
    arrangement: str,
    held: Sequence[HeldSlot],
    visits: Mapping[UUID, PlannedVisit],
    practice: Practice,
    locale: str,
) -> HeldTogetherView:
    """The page on which the places of a group are checked."""
    site = practice.site_of(held[0].chair_id)
    minutes = int((max(one.ends_at for one in held) - held[0].starts_at).total_seconds()) // 60
    slots = at_site(group_address(group_id, "creneaux"), practice, site.id)
    people = []
    for one in held:
        visit = visits[one.patient_id]
        facts = [
            ("booking.fact_when", dates.moment(one.starts_at, site.zone, locale)),
            ("booking.fact_care", visit.care.name(locale)),
            ("booking.fact_with", practice.practitioner(one.practitioner_id).display_name),
            ("booking.fact_duration", said_duration(one.duration, visit, locale)),
        ]
        people.append((visit.given_name, [{"label": t(locale, key), "value": value} for key, value in facts]))
    said = (visits[one.patient_id].care.instructions(locale) for one in held)
    return HeldTogetherView(
        action=group_address(group_id, "verifier"),
        other=slots,
        hold=slots,
        again={"start": held[0].starts_at.isoformat(), "arrangement": arrangement},
        until=dates.hour(min(one.expires_at for one in held), site.zone, locale),
        presence=t(locale, "booking.presence", minutes=minutes),
        arrangement=t(locale, f"booking.arrangement_{arrangement}"),
        people=people,
        instructions=list(dict.fromkeys(one for one in said if one)),
        place=", ".join(place_lines(site)),
    )


def visits_page(
    group_id: UUID,
    found: Sequence[Appointment],
    people: Sequence[Patient],
    practice: Practice,
    now: datetime,
    locale: str,
    *,
    new: bool = False,
    done: str = "",
    form: FormErrors | None = None,
) -> VisitsView:
    """The visits of a group that somebody may see, as they stand."""
    said = {person.id: person.given_name for person in people}
    views = [visit_view(one, said[one.patient_id], practice, now, locale) for one in found]
    coming = [view for view in views if view.may_change]
    return VisitsView(
        visits=views,
        here=visits_address(group_id),
        fields={f"version_{view.id}": str(view.version) for view in coming},
        several=len(coming) > 1,
        confirmed=all(view.confirmed for view in coming),
        new=new,
        done=t(locale, f"booking.done_all_{done}") if done else "",
        reasons=[ReasonOption(one.value, t(locale, f"booking.reason_{one.value}")) for one in CancelReason],
        form=form,
    )


def _person(person: PersonOfGroup, locale: str) -> PersonView:
    href = None
    if person.appointment_id:
        href = f"{HOME}/{person.appointment_id}"
    elif person.triage_id:
        # The summary leads to the next question, or on to the result.
        href = f"{START}/{person.triage_id}/verifier"
    return PersonView(
        id=str(person.patient_id),
        name=person.given_name,
        state=t(locale, f"booking.together_{person.state}"),
        tone=_MARKS.get(person.state, "sky"),
        begins=person.state is PersonState.TO_ANSWER,
        href=href,
        may_leave=person.state is PersonState.READY,
    )
