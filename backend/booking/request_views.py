"""What the pages of requests print: the form, the call-back, what was asked and how far it is."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from backend.booking.model import Request, RequestKind
from backend.families.model import Patient
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t

_TONES = {"open": "sky", "taken": "sun", "done": "mint"}


class Option(msgspec.Struct, frozen=True):
    """Something to tick."""

    value: str
    label: str


class RequestLine(msgspec.Struct, frozen=True):
    """Something asked: what, its words, by when it is answered, how far it is."""

    kind: str
    reason: str
    when: str
    state: str
    tone: str


class RequestsView(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, with the sentence that follows a new one."""

    requests: list[RequestLine]
    done: str


class AskView(msgspec.Struct, frozen=True, kw_only=True):
    """The form. `kind` is fixed for a call-back, else chosen from `kinds`."""

    title: str
    intro: str
    action: str
    back: str
    kind: str | None
    kinds: list[Option]
    people: list[Option]
    chosen: str
    triage_id: str
    phone: str
    longest: int
    form: FormErrors | None


def requests_page(requests: Sequence[Request], zone: str, locale: str, done: str) -> RequestsView:
    """What this account asked."""
    return RequestsView(
        requests=[_line(request, zone, locale) for request in requests],
        done=t(locale, f"booking.request_{done}") if done else "",
    )


def call_back_page(
    triage_id: UUID | None, phone: str, longest: int, locale: str, form: FormErrors | None = None
) -> AskView:
    """Being called back, with or without answers that say how urgent it is."""
    return AskView(
        title=t(locale, "booking.call_back_title"),
        intro=t(locale, "booking.call_back_intro"),
        action="/demandes/rappel",
        back=f"/prendre-rendez-vous/{triage_id}/resultat" if triage_id else "/demandes",
        kind=RequestKind.CALLBACK,
        kinds=[],
        people=[],
        chosen="",
        triage_id=str(triage_id or ""),
        phone=phone,
        longest=longest,
        form=form,
    )


def ask_page(
    people: Sequence[Patient],
    triage_id: UUID | None,
    phone: str,
    longest: int,
    locale: str,
    form: FormErrors | None = None,
) -> AskView:
    """Any other request."""
    kinds = [Option(kind.value, t(locale, f"booking.kind_{kind.value}")) for kind in RequestKind]
    return AskView(
        title=t(locale, "booking.ask_title"),
        intro=t(locale, "booking.ask_intro"),
        action="/demandes",
        back=f"/prendre-rendez-vous/{triage_id}/resultat" if triage_id else "/demandes",
        kind=None,
        kinds=kinds,
        people=[Option(str(person.id), person.given_name) for person in people] if not triage_id else [],
        chosen="",
        triage_id=str(triage_id or ""),
        phone=phone,
        longest=longest,
        form=form,
    )


def _line(request: Request, zone: str, locale: str) -> RequestLine:
    key = "booking.asked" if request.state == "done" else "booking.answer_before"
    moment = request.created_at if request.state == "done" else request.deadline
    return RequestLine(
        kind=t(locale, f"booking.kind_{request.kind.value}"),
        reason=request.reason,
        when=t(locale, key, moment=dates.moment(moment, zone, locale)),
        state=t(locale, f"booking.request_state_{request.state.value}"),
        tone=_TONES[request.state.value],
    )
