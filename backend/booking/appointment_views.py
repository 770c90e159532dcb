"""What the pages of appointments print: the cards of the list, one appointment, its moving and cancelling."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.booking.model import Appointment, CancelReason, Status
from backend.families.model import Patient
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.model import CareType, Practice

HOME = "/rendez-vous"
_TONES = {"confirmed": "mint", "cancelled": "", "missed": "sun", "booked": "sky"}


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """One visit as a card. `care` and `duration` are empty for a session that may not see them."""

    id: str
    version: int
    href: str
    weekday: str
    number: str
    month: str
    moment: str
    hour: str
    person: str
    title: str
    care: str
    duration: str
    who: str
    chair: str
    place: list[str]
    state: str
    state_tone: str
    confirmed: bool
    may_change: bool
    is_coming: bool


class PersonChip(msgspec.Struct, frozen=True):
    """A person of the family, as a filter of the list."""

    label: str
    href: str
    chosen: bool


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """Coming visits, the next one first, and past ones, the last one first."""

    people: list[PersonChip]
    coming: list[VisitView]
    past: list[VisitView]
    past_hidden: bool


class ShowView(msgspec.Struct, frozen=True, kw_only=True):
    """One visit. `new` after booking, `done` names what has just been done to it, `together` leads to those
    that were chosen with it."""

    visit: VisitView
    together: str
    instructions: str | None
    new: bool
    done: str


class CancelView(msgspec.Struct, frozen=True, kw_only=True):
    """The page that asks "cancel?", and offers to move first."""

    visit: VisitView
    reasons: list["ReasonOption"]
    form: FormErrors | None


class ReasonOption(msgspec.Struct, frozen=True):
    """A reason to tick."""

    value: str
    label: str


def visit_view(
    appointment: Appointment, name: str, practice: Practice, now: datetime, locale: str
) -> VisitView:
    """A visit for `name`, as it stands at `now`."""
    site = practice.site(appointment.site_id)
    there = dates.local(appointment.starts_at, site.zone)
    month = dates.month(there, locale)
    is_coming = appointment.status is Status.BOOKED and appointment.starts_at > now
    state = _state(appointment)
    care = practice.care_type(appointment.care_key) if appointment.care_key else None
    hour = dates.hour(appointment.starts_at, site.zone, locale)
    return VisitView(
        id=str(appointment.id),
        version=appointment.version,
        href=f"{HOME}/{appointment.id}",
        weekday=dates.weekday(there, locale),
        number=str(there.day),
        month=month if there.year == dates.local(now, site.zone).year else f"{month} {there.year}",
        moment=dates.moment(appointment.starts_at, site.zone, locale),
        hour=hour,
        person=name,
        title=f"{hour} · {name}",
        care=care.name(locale) if care else "",
        duration=said_length(appointment, care, name, locale),
        who=_practitioner(practice, appointment.practitioner_id, locale),
        chair=_chair(practice, appointment.chair_id),
        place=[site.name, *site.address],
        state=t(locale, f"booking.state_{state}"),
        state_tone=_TONES.get(state, ""),
        confirmed=appointment.confirmed_at is not None,
        may_change=is_coming,
        is_coming=is_coming,
    )


def list_page(
    appointments: Sequence[Appointment],
    people: Sequence[Patient],
    chosen: UUID | None,
    practice: Practice,
    now: datetime,
    locale: str,
    *,
    strong: bool,
) -> ListView:
    """The family's visits, of everybody or of one person."""
    names = {person.id: person.given_name for person in people}
    views = [
        visit_view(each, names[each.patient_id], practice, now, locale)
        for each in appointments
        if each.patient_id in names and chosen in (None, each.patient_id)
    ]
    chips = [PersonChip(t(locale, "booking.everybody"), HOME, chosen is None)]
    chips += [
        PersonChip(person.given_name, f"{HOME}?qui={person.id}", person.id == chosen) for person in people
    ]
    return ListView(
        people=chips if len(people) > 1 else [],
        coming=[view for view in views if view.is_coming],
        past=[view for view in reversed(views) if not view.is_coming],
        past_hidden=not strong,
    )


def next_appointment_card(
    appointments: Sequence[Appointment],
    people: Sequence[Patient],
    practice: Practice,
    now: datetime,
    locale: str,
) -> VisitView | None:
    """The family's next visit, for the home page; `appointments` are in order of start."""
    names = {person.id: person.given_name for person in people}
    for each in appointments:
        if each.status is Status.BOOKED and each.starts_at > now - timedelta(minutes=30):
            return visit_view(each, names[each.patient_id], practice, now, locale)
    return None


def show_page(
    appointment: Appointment,
    person: Patient,
    practice: Practice,
    now: datetime,
    locale: str,
    *,
    new: bool,
    done: str,
) -> ShowView:
    """One visit."""
    care = practice.care_type(appointment.care_key) if appointment.care_key else None
    return ShowView(
        visit=visit_view(appointment, person.given_name, practice, now, locale),
        together=f"{HOME}/ensemble/{appointment.group_id}" if appointment.group_id else "",
        instructions=care.instructions(locale) if care else None,
        new=new,
        done=t(locale, f"booking.done_{done}") if done else "",
    )


def cancel_page(visit: VisitView, locale: str, form: FormErrors | None = None) -> CancelView:
    """The question before cancelling."""
    reasons = [ReasonOption(one.value, t(locale, f"booking.reason_{one.value}")) for one in CancelReason]
    return CancelView(visit=visit, reasons=reasons, form=form)


def said_length(appointment: Appointment, care: CareType | None, name: str, locale: str) -> str:
    """How long and why; without the care, only how long."""
    if care is None:
        return t(locale, "booking.minutes", minutes=appointment.minutes)
    return appointment.duration.sentence(care, name, locale)


def _state(appointment: Appointment) -> str:
    if appointment.status is Status.BOOKED and appointment.confirmed_at is not None:
        return "confirmed"
    return appointment.status.value


def _practitioner(practice: Practice, practitioner_id: UUID, locale: str) -> str:
    # A past visit may have been with somebody who has left.
    known = {each.id: each.display_name for each in practice.practitioners}
    return known.get(practitioner_id) or t(locale, "booking.left_practitioner")


def _chair(practice: Practice, chair_id: UUID) -> str:
    known = {resource.id: resource.name for resource in practice.resources}
    return known.get(chair_id, "")
