"""What real visits propose, and the owner's word about it: accepted, put off, set by hand, taken back."""

import json
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from backend.booking import length_actions
from backend.booking.length_actions import Length
from backend.booking.model import Duration, DurationLine
from backend.booking.model.lengths import Answer, FiguresChanged, SetLength, Verdict
from backend.booking.rules.changes import BadLength
from backend.demo.cast import cast as the_cast
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.errors import NotAllowed, NotFound
from backend.kit.ids import new_id
from backend.practice import repository
from backend.practice.model import Modifier
from backend.practice.repository import load_practice

ROUX, PETIT = (the_cast()[one].practitioner_id for one in ("dentist", "orthodontist"))
SHOWN = ("cases", "median", "upper", "proposal")
PLAIN = (DurationLine(key="practice.duration.care", minutes=20),)
LONGER = (*PLAIN, DurationLine(key="x", minutes=5, modifier=Modifier.HEARING))


async def seen(
    database: asyncpg.Connection,
    minutes: list[int],
    *,
    days_ago: float = 10,
    lines: tuple[DurationLine, ...] = PLAIN,
) -> None:
    """Visits that really took so long, one after the other from some days ago."""
    starts = (await business_now()) - timedelta(days=days_ago)
    lasts = sum(line.minutes for line in lines)
    duration = msgspec.json.encode(Duration(minutes=lasts, lines=lines)).decode()
    practice = await load_practice()
    chair = practice.practitioner(ROUX).chair_ids[0]
    await database.executemany(
        """
        insert into appointment (id, patient_id, practitioner_id, chair_id, site_id, care_key, urgency,
          starts_at, ends_at, duration, status, seated_at, finished_at, created_at, changed_at)
        values ($1, $2, $3, $4, $5, 'CTRL', 'U4', $6, $7, $8::jsonb, 'done', $6, $9, $6, $6)
        """,
        [
            (
                *(new_id(), the_cast()["daughter"].patient_id, ROUX, chair, practice.resource(chair).site_id),
                *(at, at + timedelta(minutes=lasts), duration, at + timedelta(minutes=each)),
            )
            for number, each in enumerate(minutes)
            for at in [_morning(starts) + timedelta(minutes=number)]
        ],
    )


def _morning(at: datetime) -> datetime:
    return at.replace(hour=9, minute=0)


async def of_roux(owner: Any) -> Length:
    (found,) = [one for one in (await length_actions.lengths(owner)).found if one.practitioner_id == ROUX]
    return found


def answer(minutes: int = 30, planned: int = 20) -> Answer:
    return Answer(practitioner_id=ROUX, care_key="CTRL", planned=planned, minutes=minutes)


def by_hand(minutes: int, who: Any = ROUX, care: str = "CTRL") -> SetLength:
    return SetLength(practitioner_id=who, care_key=care, minutes=minutes)


@pytest.fixture
async def owner(viewer_of: Any, database: asyncpg.Connection) -> Any:
    return await viewer_of("owner")


async def test_twenty_visits_make_a_proposal_and_change_nothing(
    owner: Any, database: asyncpg.Connection
) -> None:
    await seen(database, [27] * 19)
    assert (await of_roux(owner)).learnt.proposal is None
    await seen(database, [22])
    found = await of_roux(owner)
    assert [getattr(found.learnt, name) for name in SHOWN] == [20, 27, 27, 30]
    assert (found.planned, found.is_own) == (20, False)
    assert (await load_practice()).care_minutes == ()


async def test_what_is_accepted_holds_is_told_and_noted(owner: Any, database: asyncpg.Connection) -> None:
    await seen(database, [27] * 20)
    await length_actions.accept(owner, answer())
    assert (await load_practice()).own_minutes("CTRL") == {ROUX: 30}
    found = await of_roux(owner)
    assert (found.planned, found.is_own, found.learnt.proposal) == (30, True, None)
    (decision,) = (await length_actions.lengths(owner)).decisions
    assert decision.verdict is Verdict.ACCEPTED
    assert (decision.was_minutes, decision.minutes, decision.cases, decision.upper) == (20, 30, 20, 27)
    assert decision.given_name == "Élise"
    line = await database.fetchrow(
        "select action, subject_id, patient_id, details from audit_entry where action ~ 'length'"
    )
    assert (line["action"], line["subject_id"], line["patient_id"]) == ("length.accepted", ROUX, None)
    assert json.loads(line["details"]) == {"care": "CTRL", "was": 20, "minutes": 30, "cases": 20}


async def test_what_is_put_off_comes_back_after_twenty_further_visits(
    owner: Any, database: asyncpg.Connection, clock: Any
) -> None:
    await seen(database, [27] * 40)
    await length_actions.decline(owner, answer())
    assert (await load_practice()).own_minutes("CTRL") == {}
    assert (await of_roux(owner)).learnt.proposal is None
    await clock.move_to(await business_now() + timedelta(days=40))
    await seen(database, [28] * 19)
    assert (await of_roux(owner)).learnt.proposal is None
    await seen(database, [28])
    assert (await of_roux(owner)).learnt.proposal == 30


async def test_an_answer_to_what_is_no_longer_proposed_decides_nothing(
    owner: Any, database: asyncpg.Connection
) -> None:
    await seen(database, [27] * 20)
    for wrong in (answer(minutes=45), answer(planned=25)):
        with pytest.raises(FiguresChanged):
            await length_actions.accept(owner, wrong)
    await length_actions.accept(owner, answer())
    for again in (length_actions.accept, length_actions.decline):
        with pytest.raises(FiguresChanged):
            await again(owner, answer())
    assert await database.fetchval("select count(*) from length_decision") == 1


async def test_a_length_by_hand_and_back(owner: Any, database: asyncpg.Connection) -> None:
    await length_actions.set_length(owner, by_hand(35))
    assert (await load_practice()).own_minutes("CTRL") == {ROUX: 35}
    assert (await of_roux(owner)).learnt.cases == 0
    await length_actions.set_length(owner, by_hand(35))  # twice is once
    await length_actions.set_length(owner, by_hand(20))
    assert (await load_practice()).care_minutes == ()
    known = await length_actions.lengths(owner)
    assert known.found == []
    assert [(one.verdict, one.was_minutes, one.minutes) for one in known.decisions] == [
        (Verdict.SET, 35, 20),
        (Verdict.SET, 20, 35),
    ]
    with pytest.raises(BadLength):
        await length_actions.set_length(owner, by_hand(33))
    for unknown in (by_hand(30, PETIT), by_hand(30, new_id()), by_hand(30, care="NONE")):
        with pytest.raises(NotFound):
            await length_actions.set_length(owner, unknown)


async def test_only_plain_visits_that_are_over_and_plausible_count(
    owner: Any, database: asyncpg.Connection
) -> None:
    await seen(database, [27] * 10)
    await seen(database, [45] * 30, lines=LONGER)
    await seen(database, [200] * 3)
    await seen(database, [27] * 50, days_ago=380)
    await database.execute(
        "update appointment set status = 'arrived' where id = (select min(id::text)::uuid from appointment)"
    )
    found = (await of_roux(owner)).learnt
    assert (found.cases + found.not_plain, found.implausible) == (39, 3)


@pytest.mark.parametrize("person", ["receptionist", "assistant", "dentist", "mother"])
async def test_nobody_else_knows_or_decides(
    person: str, viewer_of: Any, database: asyncpg.Connection
) -> None:
    await seen(database, [27] * 20)
    viewer = await viewer_of(person)
    with pytest.raises(NotAllowed):
        await length_actions.lengths(viewer)
    for act, wanted in (
        (length_actions.accept, answer()),
        (length_actions.decline, answer()),
        (length_actions.set_length, by_hand(30)),
    ):
        with pytest.raises(NotAllowed):
            await act(viewer, wanted)  # type: ignore[operator]
    assert await database.fetchval("select count(*) from length_decision") == 0


async def test_a_decision_is_all_or_nothing(
    owner: Any, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seen(database, [27] * 20)
    monkeypatch.setattr(length_actions, "record", _broken)
    with pytest.raises(RuntimeError):
        await length_actions.accept(owner, answer())
    repository.forget_practice()
    assert (await load_practice()).care_minutes == ()
    assert await database.fetchval("select count(*) from length_decision") == 0


async def _broken(*_: Any, **__: Any) -> None:
    assert db.in_transaction()
    raise RuntimeError


async def test_without_the_comparison_an_old_answer_would_decide(
    owner: Any, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of `test_an_answer_to_what_is_no_longer_proposed_decides_nothing`."""
    await seen(database, [27] * 20)
    await length_actions.accept(owner, answer())

    async def as_before(*_: Any) -> Any:
        return msgspec.structs.replace((await of_roux(owner)).learnt, proposal=30)

    monkeypatch.setattr(length_actions, "_learnt", as_before)
    await length_actions.accept(owner, answer(planned=30))
    assert await database.fetchval("select count(*) from length_decision") == 2
