"""The desk's few forms: what was posted becomes values, or all the mistakes."""

from collections.abc import Mapping
from datetime import date, time
from uuid import UUID

import msgspec

from backend.booking.model import Status
from backend.kit.forms import FormReader

LONGEST_VISIT = 180


class MoveRead(msgspec.Struct, frozen=True):
    """Where a visit is to go, in local time."""

    version: int
    day: date
    hour: time
    practitioner_id: UUID


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
    hour = time()
    try:
        hour = time.fromisoformat(form.text("heure"))
    except ValueError:
        form.mistake("heure", "desk.no_such_hour")
    form.finish()
    assert day is not None
    return MoveRead(version, day, hour.replace(second=0, microsecond=0, tzinfo=None), practitioner_id)


def _version(form: FormReader) -> int:
    return form.number("version", 1, 1_000_000)
