"""What the desk's right-hand panel prints about one visit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.booking.model import Status
from backend.desk import chair_views
from backend.desk.chair_views import ChairView, chair_view
from backend.desk.model import Contact, DayVisit, SentMessage
from backend.desk.views import age_words, person_short, state_words, tone_of
from backend.kit import dates
from backend.kit.i18n import t
from backend.kit.phones import said_phone
from backend.practice.model import Practice, Site
from backend.triage.model import Story


class PhoneLine(msgspec.Struct, frozen=True):
    """Somebody to call. `link` is a `tel:` address, empty when no number is known."""

    words: str
    number: str
    link: str


class MessageLine(msgspec.Struct, frozen=True):
    """A message that left, or will."""

    words: str
    left: bool


class AnswerLine(msgspec.Struct, frozen=True):
    """A question and its answer, for those who give the care."""

    question: str
    answer: str


class Clinical(msgspec.Struct, frozen=True):
    """What the assistant and the practitioner see more than the desk."""

    answers: list[AnswerLine]
    alerts: list[str]


class PanelView(msgspec.Struct, frozen=True):
    """One visit. `nudges` are five minutes earlier and later, as (words, day, hour).

    `move_open`: a move was refused, and its form is open with what was typed.
    """

    id: UUID
    version: int
    title: str
    when: str
    place: str
    care: str
    urgency: str
    urgency_words: str
    state: str
    state_tone: str
    minutes: int
    reason: str
    tell_practitioner: bool
    phones: list[PhoneLine]
    messages: list[MessageLine]
    chair: ChairView
    is_open: bool
    cancelled: bool
    practitioner_id: UUID
    move_day: str
    move_hour: str
    nudges: list[tuple[str, str, str]]
    can_move: bool
    clash: str
    chair_id: UUID
    clinical: Clinical | None
    move_open: bool = False


def clinical(story: Story) -> Clinical:
    """The answers and alerts, in words."""
    return Clinical(
        answers=[AnswerLine(one.question, ", ".join(one.answers)) for one in story.answers],
        alerts=list(story.alerts),
    )


def panel(
    visit: DayVisit,
    contacts: list[Contact],
    messages: list[SentMessage],
    reason: str,
    *,
    practice: Practice,
    site: Site,
    clinical: Clinical | None,
    locale: str,
) -> PanelView:
    """The panel; `reason` is the sentence that explains the duration."""
    there = dates.local(visit.starts_at, site.zone)
    practitioner = practice.practitioner(visit.practitioner_id)
    is_open = visit.status in (Status.BOOKED, Status.ARRIVED)
    return PanelView(
        id=visit.id,
        version=visit.version,
        title=f"{person_short(visit.given_name, visit.family_name)}, "
        + age_words(visit.birth_date, there.date(), locale),
        when=dates.moment(visit.starts_at, site.zone, locale),
        place=f"{practitioner.short_name} · {practice.resource(visit.chair_id).name}",
        care=practice.care_type(visit.care_key).name(locale),
        urgency=visit.urgency,
        urgency_words=t(locale, f"desk.urgency_{visit.urgency}"),
        state=state_words(visit, locale),
        state_tone={"confirmed": "mint", "here": "sky", "waiting": "sun"}.get(tone_of(visit), ""),
        minutes=visit.duration.minutes,
        reason=reason,
        tell_practitioner=visit.has_alerts,
        phones=[_phone(contact, locale) for contact in contacts],
        messages=[_message(message, site, locale) for message in messages],
        chair=chair_view(visit, site, locale),
        is_open=is_open,
        cancelled=visit.status is Status.CANCELLED,
        practitioner_id=practitioner.id,
        move_day=there.date().isoformat(),
        move_hour=f"{there:%H:%M}",
        nudges=[
            (t(locale, key), f"{to:%Y-%m-%d}", f"{to:%H:%M}")
            for key, to in (
                ("desk.earlier", there - timedelta(minutes=5)),
                ("desk.later", there + timedelta(minutes=5)),
            )
        ],
        can_move=visit.status is Status.BOOKED,
        clash=t(locale, "desk.clash", who=practitioner.short_name) if visit.clashes else "",
        chair_id=visit.chair_id,
        clinical=clinical,
    )


def with_typed(shown: PanelView, typed: Mapping[str, object]) -> PanelView:
    """The panel with the move or the hours that were refused as they were typed."""
    shown = msgspec.structs.replace(shown, chair=chair_views.with_typed(shown.chair, typed))
    if "jour" not in typed:
        return shown
    try:
        practitioner_id = UUID(str(typed.get("praticien", "")))
    except ValueError:
        practitioner_id = shown.practitioner_id
    return msgspec.structs.replace(
        shown,
        practitioner_id=practitioner_id,
        move_day=str(typed["jour"]),
        move_hour=str(typed.get("heure", "")),
        move_open=True,
    )


def _phone(contact: Contact, locale: str) -> PhoneLine:
    who = t(
        locale,
        f"desk.relation_{contact.relation}",
        name=person_short(contact.given_name, contact.family_name),
    )
    number = contact.phone or ""
    return PhoneLine(
        words=who, number=said_phone(number) if number else "", link=f"tel:{number}" if number else ""
    )


def _message(message: SentMessage, site: Site, locale: str) -> MessageLine:
    moment: datetime = message.sent_at or message.due_at
    there = dates.local(moment, site.zone)
    said = f"{dates.day_short(there.date(), locale)} {dates.hour(moment, site.zone, locale)}"
    words = t(
        locale,
        f"desk.message_{message.state}",
        what=t(locale, f"desk.kind_{message.kind}"),
        who=message.given_name,
        when=said,
        channel=t(locale, f"desk.channel_{message.channel}") if message.channel else "",
    )
    return MessageLine(words=words, left=message.state == "sent")
