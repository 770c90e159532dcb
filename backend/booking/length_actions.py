"""Lengths that are learnt: what real visits say, and the owner's word about it. Nothing changes by itself.

A decision concerns visits that are booked or moved from then on; those that are booked keep their length.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.audit.record import record
from backend.booking import length_repository
from backend.booking.length_repository import Pair
from backend.booking.model.lengths import Answer, Decision, FiguresChanged, SetLength, Verdict
from backend.booking.rules import changes, learning
from backend.booking.rules.learning import Learnt
from backend.identity.model import Role, Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed, NotFound
from backend.practice.model import CareType, Practice, Practitioner
from backend.practice.repository import (
    forget_practice,
    load_practice,
    lock_practice,
    read_practice_anew,
    save_care_minutes,
)

HISTORY = 50


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """A care with a practitioner: what is planned, whether that is their own, what real visits say."""

    practitioner_id: UUID
    care_key: str
    planned: int
    is_own: bool
    learnt: Learnt


class Lengths(msgspec.Struct, frozen=True):
    """Every pair that has real times or minutes of its own, and the last decisions. No patient in it.

    Below `least` cases there are no figures.
    """

    found: list[Length]
    decisions: list[Decision]
    least: int = learning.LEAST_SHOWN


async def lengths(viewer: Viewer) -> Lengths:
    """What there is to know and to decide, for the owner. Raises NotAllowed."""
    _check_owner(viewer)
    practice, now = await load_practice(), await business_now()
    cases = await length_repository.cases(now - learning.WITHIN)
    decided = await length_repository.decided_last()
    own = {(one.practitioner_id, one.care_key) for one in practice.care_minutes}
    working = {one.id for one in practice.practitioners}
    found = []
    for who, key in {*cases, *own}:
        if who not in working:
            continue
        planned = _planned(practice, (who, key))
        learnt = learning.learn(
            cases.get((who, key), ()), planned_now=planned, now=now, decided_at=decided.get((who, key))
        )
        found.append(
            Length(
                practitioner_id=who, care_key=key, planned=planned, is_own=(who, key) in own, learnt=learnt
            )
        )
    return Lengths(found, await length_repository.decisions(HISTORY))


async def accept(viewer: Viewer, answer: Answer) -> None:
    """Plan what was proposed from now on. Raises FiguresChanged, NotAllowed, NotFound."""
    await _answer(viewer, answer, Verdict.ACCEPTED)


async def decline(viewer: Viewer, answer: Answer) -> None:
    """Leave it as it is, until there are twenty further cases. Raises the same."""
    await _answer(viewer, answer, Verdict.DECLINED)


async def set_length(viewer: Viewer, wanted: SetLength) -> None:
    """Plan so many minutes from now on, also to take a decision back.

    Raises BadLength, NotFound where the practitioner does not give that care, NotAllowed.
    """
    _check_owner(viewer)
    changes.check_length(wanted.minutes)
    pair = (wanted.practitioner_id, wanted.care_key)
    async with db.transaction():
        practice, now = await _locked(), await business_now()
        _check_gives(practice, pair)
        if _planned(practice, pair) != wanted.minutes:
            learnt = await _learnt(practice, pair, now)
            await _decide(viewer, practice, pair, Verdict.SET, learnt, wanted.minutes, now)
    forget_practice()


async def _answer(viewer: Viewer, answer: Answer, verdict: Verdict) -> None:
    _check_owner(viewer)
    pair = (answer.practitioner_id, answer.care_key)
    async with db.transaction():
        practice, now = await _locked(), await business_now()
        learnt = await _learnt(practice, pair, now)
        # Somebody decided, or set another length, or new visits say something else.
        if (_planned(practice, pair), learnt.proposal) != (answer.planned, answer.minutes):
            raise FiguresChanged
        await _decide(viewer, practice, pair, verdict, learnt, answer.minutes, now)
    forget_practice()


async def _decide(
    viewer: Viewer,
    practice: Practice,
    pair: Pair,
    verdict: Verdict,
    learnt: Learnt,
    minutes: int,
    now: datetime,
) -> None:
    was = _planned(practice, pair)
    if verdict is not Verdict.DECLINED:
        usual = practice.care_type(pair[1]).minutes
        await save_care_minutes(*pair, None if minutes == usual else minutes)
    await length_repository.add_decision(pair, verdict, learnt, was, minutes, viewer.account_id, now)
    await record(
        viewer.actor,
        f"length.{verdict}",
        ("practitioner", pair[0]),
        care=pair[1],
        was=was,
        minutes=minutes,
        cases=learnt.cases,
    )


async def _locked() -> Practice:
    await lock_practice()
    return await read_practice_anew()


async def _learnt(practice: Practice, pair: Pair, now: datetime) -> Learnt:
    found = await length_repository.cases(now - learning.WITHIN, pair)
    decided = await length_repository.decided_last()
    planned = _planned(practice, pair)
    return learning.learn(found.get(pair, ()), planned_now=planned, now=now, decided_at=decided.get(pair))


def _planned(practice: Practice, pair: Pair) -> int:
    """The minutes that hold; NotFound where there is no such practitioner or care."""
    care = _both(practice, pair)[1]
    return practice.own_minutes(care.key).get(pair[0], care.minutes)


def _check_gives(practice: Practice, pair: Pair) -> None:
    who, care = _both(practice, pair)
    if not practice.gives(who, care):
        raise NotFound


def _both(practice: Practice, pair: Pair) -> tuple[Practitioner, CareType]:
    try:
        return practice.practitioner(pair[0]), practice.care_type(pair[1])
    except KeyError:
        raise NotFound from None


def _check_owner(viewer: Viewer) -> None:
    if viewer.role is not Role.OWNER:
        raise NotAllowed
