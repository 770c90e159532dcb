"""The desk's few forms: what was posted becomes values, or all the mistakes."""

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model.stages import ChairTimes, CorrectTimes, Mark, Stage
from backend.kit.forms import FormReader

LONGEST_VISIT = 180
LETTERS = "touches"
"""The cookie that says whether single letters are shortcuts."""


class MoveRead(msgspec.Struct, frozen=True):
    """Where a visit is to go, in local time; without a chair, in the first that is free."""

    version: int
    day: date
    hour: time
    practitioner_id: UUID
    chair_id: UUID | None
    despite_external: bool


def read_version(posted: Mapping[str, object]) -> int:
    """The version that the page showed."""
    form = FormReader(posted)
    version = _version(form)
    form.finish()
    return version


def read_duration(posted: Mapping[str, object]) -> tuple[int, int]:
    """(version, minutes)."""
    form = FormReader(posted)
    version, minutes = _version(form), form.number("minutes", 5, LONGEST_VISIT)
    form.finish()
    return version, minutes


def read_mark(posted: Mapping[str, object], visit_id: UUID) -> Mark:
    """How far the visit was on the page, and how far it is now."""
    form = FormReader(posted)
    version, known = _version(form), [one.value for one in Stage]
    was, stage = form.choice("vu", known), form.choice("etat", known)
    form.finish()
    return Mark(appointment_id=visit_id, version=version, was=Stage(was), stage=Stage(stage))


def read_times(posted: Mapping[str, object], visit_id: UUID, day: date, zone: ZoneInfo) -> CorrectTimes:
    """Hours of the visit's own day beside the moments that the page showed."""
    form = FormReader(posted)
    version = _version(form)
    seated, finished = (_time(form, name, day, zone) for name in ("assis", "termine"))
    form.finish()
    return CorrectTimes(
        appointment_id=visit_id,
        version=version,
        were=ChairTimes(seated[0], finished[0]),
        times=ChairTimes(seated[1], finished[1]),
    )


def _time(form: FormReader, name: str, day: date, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The moment that was shown, and the one that is meant; None where there is none."""
    shown, typed = form.text(f"vu_{name}", required=False), form.text(name, required=False)
    try:
        was = datetime.fromisoformat(shown).astimezone(zone) if shown else None
        hour = time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None) if typed else None
    except (ValueError, OverflowError):
        form.mistake(name, "desk.no_such_hour")
        return None, None
    if hour is None or (was and was.time() == hour):
        return was, was if hour else None
    return was, datetime.combine(day, hour, zone)


def read_move(posted: Mapping[str, object]) -> MoveRead:
    """The day, the hour and the practitioner."""
    form = FormReader(posted)
    version, day, practitioner_id = _version(form), form.day("jour"), form.id("praticien")
    chair_id = form.id("fauteuil") if posted.get("fauteuil") else None
    hour = time()
    try:
        hour = time.fromisoformat(form.text("heure"))
    except ValueError:
        form.mistake("heure", "desk.no_such_hour")
    form.finish()
    assert day is not None
    hour = hour.replace(second=0, microsecond=0, tzinfo=None)
    return MoveRead(version, day, hour, practitioner_id, chair_id, form.yes("malgre"))


def letters_on(cookies: Mapping[str, str]) -> bool:
    """Whether a letter alone does something; so it is until somebody switches it off."""
    return cookies.get(LETTERS) != "non"


def read_letters(posted: Mapping[str, object]) -> bool:
    """On or off."""
    form = FormReader(posted)
    on = form.choice("lettres", ["oui", "non"]) == "oui"
    form.finish()
    return on


def read_undo(posted: Mapping[str, object]) -> UUID:
    """The change that the page offered to take back."""
    form = FormReader(posted)
    change_id = form.id("changement")
    form.finish()
    return change_id


def _version(form: FormReader) -> int:
    return form.number("version", 1, 1_000_000)
