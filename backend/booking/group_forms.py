"""What the pages of several people post, as commands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.booking.forms import read_moment, refuse_others
from backend.booking.model import Arrangement, CancelReason, HoldBundle, Member, MoveTogether
from backend.kit.errors import NotFound
from backend.kit.forms import FormReader

_VERSION = "version_"


def read_people(ticked: Sequence[object]) -> list[Member]:
    """Who is to come together, in the order of the page. Raises NotFound for what is no id."""
    return [Member(patient_id=_id(each)) for each in ticked]


def read_person(form: FormReader) -> UUID:
    """One of them. Raises FormErrors."""
    chosen = form.id("patient")
    form.finish()
    return chosen


def read_hold(form: FormReader, group_id: UUID, site_id: UUID | None) -> HoldBundle:
    """The bundle chosen at a site. Raises FormErrors, Forged."""
    refuse_others(form, "start", "arrangement")
    starts_at, arrangement = _bundle(form)
    return HoldBundle(group_id=group_id, starts_at=starts_at, arrangement=arrangement, site_id=site_id)


def read_move(form: FormReader, site_id: UUID | None) -> MoveTogether:
    """The bundle chosen at a site for visits that move, with the versions looked at. Raises FormErrors."""
    starts_at, arrangement = _bundle(form)
    return MoveTogether(
        versions=read_versions(form), starts_at=starts_at, arrangement=arrangement, site_id=site_id
    )


def read_versions(form: FormReader) -> dict[UUID, int]:
    """The versions that the page showed, by appointment. Raises FormErrors, NotFound."""
    return {
        _id(name.removeprefix(_VERSION)): form.number(name, 1, 1_000_000)
        for name in form.typed
        if name.startswith(_VERSION)
    }


def read_reason(form: FormReader) -> CancelReason | None:
    """Why, if they say. Raises FormErrors."""
    reason = form.choice("reason", [reason.value for reason in CancelReason], required=False)
    form.finish()
    return CancelReason(reason) if reason else None


def _bundle(form: FormReader) -> tuple[datetime, Arrangement]:
    starts_at = read_moment(form, "start")
    arrangement = form.choice("arrangement", [one.value for one in Arrangement])
    form.finish()
    return starts_at, Arrangement(arrangement)


def _id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound from None
