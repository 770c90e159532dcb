"""What the panel says and offers of a visit's way: arrived, in the chair, over; and the times put right."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from backend.booking.model.stages import Stage
from backend.desk.model import DayVisit
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import Site

OFFERED = {
    Stage.BOOKED: (Stage.ARRIVED, Stage.SEATED, Stage.MISSED),
    Stage.ARRIVED: (Stage.SEATED, Stage.DONE),
    Stage.SEATED: (Stage.DONE,),
}
"""The taps that make sense at the desk, the usual one first; which may be at all, `rules.stages` decides."""
TAKEN_BACK = {Stage.ARRIVED: Stage.BOOKED, Stage.SEATED: Stage.ARRIVED, Stage.MISSED: Stage.BOOKED}
SEATED, FINISHED = "assis", "termine"


class TimeField(msgspec.Struct, frozen=True):
    """An hour to put right; `was` is the moment that is shown, empty where nobody tapped."""

    name: str
    label: str
    value: str
    was: str


class ChairView(msgspec.Struct, frozen=True):
    """How far the visit is. `deeds` and `back` are (stage, words): one tap forwards, or one taken back."""

    stage: str
    deeds: list[tuple[str, str]]
    back: tuple[str, str] | None
    since: str
    fields: list[TimeField]
    is_open: bool = False


def chair_view(visit: DayVisit, site: Site, locale: str) -> ChairView:
    """The card of a visit; nothing to tap on a cancelled one."""
    stage = visit.stage
    return ChairView(
        stage=stage or "",
        deeds=[(one, t(locale, f"desk.mark_{one}")) for one in OFFERED.get(stage, ())] if stage else [],
        back=_back(visit, stage, locale) if stage else None,
        since=_since(visit, site, locale),
        fields=_fields(visit, stage, site, locale),
    )


def next_stage(visit: DayVisit) -> str:
    """What the usual next tap makes of it; empty at the end of the way."""
    after = OFFERED.get(visit.stage, ()) if visit.stage else ()
    return after[0] if after else ""


def with_typed(shown: ChairView, typed: Mapping[str, object]) -> ChairView:
    """The card with the hours that were refused as they were typed."""
    if SEATED not in typed:
        return shown
    fields = [msgspec.structs.replace(one, value=str(typed.get(one.name, ""))) for one in shown.fields]
    return msgspec.structs.replace(shown, fields=fields, is_open=True)


def _back(visit: DayVisit, stage: Stage, locale: str) -> tuple[str, str] | None:
    to = TAKEN_BACK.get(stage)
    if stage is Stage.DONE:
        to = Stage.SEATED if visit.seated_at else Stage.ARRIVED
    return (to, t(locale, f"desk.unmark_{stage}")) if to else None


def _since(visit: DayVisit, site: Site, locale: str) -> str:
    hours = {
        name: dates.hour(at, site.zone, locale)
        for name, at in (("from", visit.seated_at), ("to", visit.finished_at))
        if at is not None
    }
    if visit.seated_at and visit.finished_at:
        minutes = round((visit.finished_at - visit.seated_at).total_seconds() / 60)
        planned = visit.duration.minutes
        return t(locale, "desk.chair_both", minutes=minutes, planned=planned, **hours)
    if hours:
        return t(locale, "desk.chair_from" if visit.seated_at else "desk.chair_to", **hours)
    return ""


def _fields(visit: DayVisit, stage: Stage | None, site: Site, locale: str) -> list[TimeField]:
    if stage not in (Stage.SEATED, Stage.DONE):
        return []
    fields = [_field(SEATED, visit.seated_at, site, locale)]
    return [*fields, _field(FINISHED, visit.finished_at, site, locale)] if stage is Stage.DONE else fields


def _field(name: str, at: datetime | None, site: Site, locale: str) -> TimeField:
    there = at.astimezone(site.timezone) if at else None
    return TimeField(
        name=name,
        label=t(locale, f"desk.time_{name}"),
        value=f"{there:%H:%M}" if there else "",
        was=f"{there:%Y-%m-%dT%H:%M%z}" if there else "",
    )
