"""Asking the desk: deadlines, one request for a double tap, one colleague at a time, bad input."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.booking import request_actions, request_repository
from backend.booking.model import Ask, RequestKind, RequestState
from backend.booking.rules.requests import RequestTaken, deadline
from backend.kit.errors import NotAllowed, NotFound
from backend.triage.model import Urgency

PARIS = ZoneInfo("Europe/Paris")


def ask(**changes):
    return Ask(
        **{
            "kind": RequestKind.QUESTION,
            "reason": "Puis-je manger avant ?",
            "phone": "+33639980001",
            "preferred_time": "le matin",
            **changes,
        }
    )


def test_deadlines_by_urgency_and_by_working_day():
    friday = datetime(2026, 12, 24, 17, 0, tzinfo=PARIS)
    christmas = {date(2026, 12, 25)}
    assert deadline(RequestKind.CALLBACK, "U1", friday, PARIS, christmas) == friday + timedelta(hours=1)
    assert deadline(RequestKind.CALLBACK, "U2", friday, PARIS, christmas) == friday + timedelta(hours=4)
    # The 25th is a holiday: Saturday the 26th, at the same hour.
    assert deadline(RequestKind.CERTIFICATE, None, friday, PARIS, christmas) == friday + timedelta(days=2)
    saturday = datetime(2026, 12, 26, 9, 0, tzinfo=PARIS).astimezone(UTC)
    assert deadline(RequestKind.OTHER, "U1", saturday, PARIS, christmas) == saturday + timedelta(days=2)


async def test_a_call_back_carries_the_urgency_of_the_answers(steps, clock):
    triage_id = await steps.decided(urgency=Urgency.U1)
    mother = await steps.viewer_of("mother")
    wanted = ask(kind=RequestKind.CALLBACK, reason="", triage_id=triage_id)
    request_id = await request_actions.ask(mother, wanted)
    waiting = await request_repository.waiting_requests(await steps.viewer_of("receptionist"))
    (mine,) = [request for request in waiting if request.id == request_id]
    assert (mine.urgency, mine.patient_id) == ("U1", steps.cast["daughter"].patient_id)
    assert mine.deadline - mine.created_at == timedelta(hours=1)


async def test_a_double_tap_asks_once(steps):
    mother = await steps.viewer_of("mother")
    assert await request_actions.ask(mother, ask()) == await request_actions.ask(mother, ask())


async def test_one_colleague_at_a_time(steps):
    mother, sam, nadia = [await steps.viewer_of(who) for who in ("mother", "receptionist", "assistant")]
    request_id = await request_actions.ask(mother, ask())
    await request_actions.take(sam, request_id)
    await request_actions.take(sam, request_id)
    with pytest.raises(RequestTaken):
        await request_actions.take(nadia, request_id)
    await request_actions.finish(sam, request_id)
    with pytest.raises(RequestTaken):
        await request_actions.finish(nadia, request_id)
    (mine,) = await request_repository.requests_of(mother)
    assert (mine.state, mine.taken_by) == (RequestState.DONE, sam.account_id)


async def test_only_for_ones_own_and_only_the_desk_takes(steps):
    outsider, mother = await steps.viewer_of("outsider"), await steps.viewer_of("mother")
    triage_id = await steps.decided()
    with pytest.raises(NotFound):
        await request_actions.ask(outsider, ask(triage_id=triage_id))
    with pytest.raises(NotFound):
        await request_actions.ask(outsider, ask(patient_id=steps.cast["daughter"].patient_id))
    request_id = await request_actions.ask(mother, ask())
    with pytest.raises(NotAllowed):
        await request_actions.take(mother, request_id)
    assert await request_repository.requests_of(outsider) == []


async def test_a_code_does_not_show_what_was_written(steps):
    await request_actions.ask(await steps.viewer_of("mother"), ask())
    (seen,) = await request_repository.requests_of(await steps.viewer_of("mother", strong=False))
    assert seen.reason == ""
