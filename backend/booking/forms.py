"""What the pages post, as commands; all the mistakes at once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from backend.booking.model import (
    Ask,
    Cancel,
    CancelReason,
    Confirm,
    Filters,
    Hold,
    Move,
    PartOfDay,
    RequestKind,
)
from backend.booking.rules.requests import LONGEST_REASON
from backend.kit.errors import Refusal
from backend.kit.forms import ONCE, FormReader

_MOST = 1_000_000


class Forged(Refusal):
    """The form brings fields that its page does not have: a duration, another patient."""

    key = "booking.forged"
    status = 400


def read_filters(query: Mapping[str, object]) -> tuple[date | None, Filters]:
    """The filters in the address. Raises FormErrors."""
    form = FormReader(query)
    from_day = form.day("de", required=False)
    part = form.choice("moment", [part.value for part in PartOfDay], required=False)
    filters = Filters(
        practitioner_id=form.id("praticien") if form.typed.get("praticien") else None,
        part=PartOfDay(part) if part in list(PartOfDay) else None,
        weekday=form.number("jour", 1, 7) if form.typed.get("jour") else None,
        site_id=form.id("site") if form.typed.get("site") else None,
    )
    form.finish()
    return from_day, filters


def read_site(query: Mapping[str, object]) -> Filters:
    """The site in the address alone, beside mistakes in the rest; a broken one is none."""
    form = FormReader({"site": query.get("site", "")})
    site_id = form.id("site")
    return Filters() if "site" in form.mistakes else Filters(site_id=site_id)


def read_hold(form: FormReader, triage_id: UUID) -> Hold:
    """The place chosen after the questions. Raises FormErrors, Forged."""
    refuse_others(form, "start", "practitioner_id")
    practitioner_id, starts_at = form.id("practitioner_id"), read_moment(form, "start")
    form.finish()
    return Hold(triage_id=triage_id, practitioner_id=practitioner_id, starts_at=starts_at)


def read_move(form: FormReader, appointment_id: UUID) -> Move:
    """The place chosen for an appointment that moves. Raises FormErrors, Forged."""
    refuse_others(form, "start", "practitioner_id", "version")
    move = Move(
        appointment_id=appointment_id,
        version=form.number("version", 1, _MOST),
        practitioner_id=form.id("practitioner_id"),
        starts_at=read_moment(form, "start"),
    )
    form.finish()
    return move


def read_cancel(form: FormReader, appointment_id: UUID) -> Cancel:
    """The version looked at and perhaps a reason. Raises FormErrors."""
    version = form.number("version", 1, _MOST)
    reason = form.choice("reason", [reason.value for reason in CancelReason], required=False)
    form.finish()
    return Cancel(
        appointment_id=appointment_id, version=version, reason=CancelReason(reason) if reason else None
    )


def read_confirm(form: FormReader, appointment_id: UUID) -> Confirm:
    """The version looked at. Raises FormErrors."""
    version = form.number("version", 1, _MOST)
    form.finish()
    return Confirm(appointment_id=appointment_id, version=version)


def read_ask(form: FormReader, kind: RequestKind | None = None) -> Ask:
    """A request to the desk; a call-back needs no words. Raises FormErrors with the text kept."""
    if kind is None:
        _need(form, "kind", "booking.missing_kind")
    chosen = kind or form.choice("kind", [one.value for one in RequestKind])
    if chosen != RequestKind.CALLBACK:
        _need(form, "reason", "booking.missing_reason")
    reason = form.text("reason", required=False, longest=LONGEST_REASON)
    _need(form, "phone", "booking.missing_phone")
    phone = form.phone("phone")
    preferred_time = form.text("preferred_time", required=False, longest=200)
    patient_id = form.id("patient_id") if form.typed.get("patient_id") else None
    triage_id = form.id("triage_id") if form.typed.get("triage_id") else None
    form.finish()
    return Ask(
        kind=RequestKind(chosen),
        reason=reason,
        phone=phone,
        preferred_time=preferred_time,
        patient_id=patient_id,
        triage_id=triage_id,
    )


def _need(form: FormReader, name: str, key: str) -> None:
    # The kit's "fill in this field", twice in one summary, would not say which is which.
    if not form.typed.get(name, "").strip():
        form.mistake(name, key)


def read_moment(form: FormReader, name: str) -> datetime:
    """A moment with its zone, as the list wrote it; a mistake where it is none."""
    try:
        moment = datetime.fromisoformat(form.typed.get(name, ""))
    except ValueError:
        moment = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: refused below
    if moment.tzinfo is None:
        form.mistake(name, "booking.choose_slot")
        return datetime(1970, 1, 1, tzinfo=UTC)
    return moment


def refuse_others(form: FormReader, *known: str) -> None:
    """Raise Forged when the form brings fields that are not the page's."""
    if set(form.typed) - {*known, ONCE}:
        raise Forged
