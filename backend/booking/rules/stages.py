"""From tap to tap: which stage may follow which, what each says of the times in the chair."""

from datetime import datetime, timedelta

import msgspec

from backend.booking.model import Status
from backend.booking.model.stages import ChairTimes, CorrectTimes, Mark, Stage, stage_of
from backend.booking.rules.changes import ChangedMeanwhile, NoLongerBooked
from backend.kit.errors import Refusal

# Forwards one tap may leap over another that was forgotten; backwards it goes one step.
_NEXT = {
    Stage.BOOKED: (Stage.ARRIVED, Stage.SEATED, Stage.DONE, Stage.MISSED),
    Stage.ARRIVED: (Stage.SEATED, Stage.DONE, Stage.BOOKED),
    Stage.SEATED: (Stage.DONE, Stage.ARRIVED),
    Stage.DONE: (Stage.SEATED, Stage.ARRIVED),
    Stage.MISSED: (Stage.ARRIVED, Stage.SEATED, Stage.BOOKED),
}
_STATUS = {Stage.SEATED: Status.ARRIVED}


class WrongOrder(Refusal):
    """Nobody leaves the chair before sitting down in it."""

    key = "booking.times_order"
    status = 422


class NotYet(Refusal):
    """A time that has not come."""

    key = "booking.times_ahead"
    status = 422


def check_mark(mark: Mark, version: int, now: Stage | None) -> None:
    """Whether the tap is about what stands, and a step that there is."""
    if now is None:
        raise NoLongerBooked
    if mark.version != version or mark.was is not now:
        raise ChangedMeanwhile
    if mark.stage not in _NEXT[now]:
        raise NoLongerBooked


def marked(stage: Stage, times: ChairTimes, now: datetime) -> tuple[Status, ChairTimes]:
    """What a tap leaves. Taken back to the chair, the time in it stays the first one."""
    status = _STATUS.get(stage) or Status(stage.value)
    if stage is Stage.SEATED:
        return status, ChairTimes(times.seated_at or now)
    if stage is Stage.DONE:
        return status, ChairTimes(times.seated_at, now)
    return status, ChairTimes()


def corrected(
    wanted: CorrectTimes, version: int, status: Status, times: ChairTimes, now: datetime
) -> ChairTimes:
    """The times by hand. Where the same minute was given, the tap's own second stays.

    Only a visit that is done has an end. Raises ChangedMeanwhile, NoLongerBooked, WrongOrder, NotYet.
    """
    stage = stage_of(status, times)
    if stage not in (Stage.SEATED, Stage.DONE):
        raise NoLongerBooked
    if wanted.version != version or wanted.were != _to_the_minute(times):
        raise ChangedMeanwhile
    told = wanted.times if stage is Stage.DONE else ChairTimes(wanted.times.seated_at)
    _check(told, now)
    return ChairTimes(
        _kept(told.seated_at, times.seated_at),
        _kept(told.finished_at, times.finished_at),
    )


def _check(times: ChairTimes, now: datetime) -> None:
    known = [at for at in (times.seated_at, times.finished_at) if at is not None]
    if any(at > now for at in known):
        raise NotYet
    if times.seated_at and times.finished_at and times.finished_at <= times.seated_at:
        raise WrongOrder


def _kept(told: datetime | None, tapped: datetime | None) -> datetime | None:
    return tapped if told is not None and tapped is not None and told == _minute(tapped) else told


def _to_the_minute(times: ChairTimes) -> ChairTimes:
    return msgspec.structs.replace(
        times,
        seated_at=times.seated_at and _minute(times.seated_at),
        finished_at=times.finished_at and _minute(times.finished_at),
    )


def _minute(at: datetime) -> datetime:
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)
