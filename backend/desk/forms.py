"""The desk's few forms: what was posted becomes values, or all the mistakes."""

from collections.abc import Mapping
from datetime import date, time
from uuid import UUID

import msgspec

from backend.booking.model import Status
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


def read_state(posted: Mapping[str, object]) -> str:
    """One of the states that the desk may give."""
    form = FormReader(posted)
    allowed = [Status.BOOKED, Status.ARRIVED, Status.DONE, Status.MISSED]
    state = form.choice("etat", [one.value for one in allowed])
    form.finish()
    return state


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
    return MoveRead(version, day, hour, practitioner_id, chair_id)


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
