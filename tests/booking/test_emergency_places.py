"""Places kept back for emergencies: who may take them, from when on, and that nobody else holds them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.booking import actions, desk_actions
from backend.booking.model import Book, Hold, Move, SlotQuery
from backend.booking.rules.changes import SlotTaken, held_until
from backend.booking.rules.needs import need_of
from backend.demo.cast import demo_practice
from backend.kit.grid import moment
from backend.practice.defaults import care_types
from backend.practice.model import EmergencyPlace
from backend.practice.repository import load_practice, save_practice
from backend.triage.model import Urgency

PARIS = ZoneInfo("Europe/Paris")
CTRL = next(care for care in care_types() if care.key == "CTRL")


def paris(day, hour, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("urgency", "now", "until"),
    [
        ("U2", paris(7, 3), None),
        ("U3", paris(7, 7, 59), paris(7, 0)),
        ("U3", paris(7, 8), paris(8, 0)),
        ("U4", paris(7, 8), paris(7, 0)),
        ("U4", paris(7, 11, 59), paris(7, 0)),
        ("U4", paris(7, 12), paris(8, 0)),
        ("U4", paris(7, 23, 59).astimezone(UTC), paris(8, 0)),
    ],
)
def test_from_when_on_they_are_open(urgency, now, until):
    assert held_until(urgency, now, PARIS) == until


FIRST, LAST = paris(7, 6), paris(15, 20)


def held_back(until, earliest=FIRST, latest=LAST):
    """What Dre Roux keeps back, as local starts, when she keeps Mondays 11:30 and Tuesdays 17:00."""
    practice = demo_practice(paris(1, 9))
    roux = practice.practitioners[0].id
    places = (
        EmergencyPlace(practitioner_id=roux, weekday=1, starts=time(11, 30), minutes=30),
        EmergencyPlace(practitioner_id=roux, weekday=2, starts=time(17), minutes=20),
    )
    query = SlotQuery(care=CTRL, minutes=20, modifiers=(), earliest=earliest, latest=latest, held_until=until)
    need = need_of(msgspec.structs.replace(practice, emergency_places=places), query)
    spans = sorted(need.held_back.get(roux, ()))
    return [(moment(start).astimezone(PARIS), end - start) for start, end in spans]


def test_what_is_kept_back_on_the_days_in_question():
    assert held_back(None) == []
    every_one = [(paris(7, 11, 30), 30), (paris(8, 17), 20), (paris(14, 11, 30), 30), (paris(15, 17), 20)]
    assert held_back(paris(7, 0)) == every_one
    assert held_back(paris(8, 0)) == every_one[1:]
    assert held_back(paris(7, 0), earliest=paris(7, 11, 40), latest=paris(7, 11, 40)) == every_one[:2]


@pytest.fixture
async def kept_back(database):
    """Everybody keeps back every hour of the week but those from 10 h to 12 h."""
    practice = await load_practice()
    places = tuple(
        EmergencyPlace(practitioner_id=one.id, weekday=weekday, starts=time(at), minutes=120)
        for one in practice.practitioners
        for weekday in range(1, 8)
        for at in range(0, 24, 2)
        if at != 10
    )
    await save_practice(msgspec.structs.replace(practice, emergency_places=places))


def hours(slots):
    return {slot.start.astimezone(PARIS).hour for slot in slots}


async def test_ordinary_visits_are_offered_what_is_left(kept_back, steps):
    assert hours(await steps.slots(await steps.decided())) <= {10, 11}


async def test_urgent_visits_are_offered_everything(kept_back, steps, clock):
    now = await clock.now()
    await clock.move_to(_next_tuesday(now))
    found = await steps.slots(await steps.decided(urgency=Urgency.U2, care="URG_SHORT"))
    assert hours(found) - {10, 11}


def _next_tuesday(now):
    """Two o'clock in the morning of a Tuesday on which nothing is closed."""
    day = now.astimezone(PARIS).replace(hour=2, minute=0, second=0, microsecond=0)
    return day + timedelta(days=(2 - day.isoweekday()) % 7 + 7)


async def test_nobody_holds_what_was_not_offered_but_the_desk_moves_there(kept_back, steps):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    hidden = slot.start.astimezone(PARIS).replace(hour=14, minute=30)
    forged = Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=hidden)
    with pytest.raises(SlotTaken) as taken:
        await actions.hold(await steps.viewer_of("mother"), forged)
    assert taken.value.others and hours(taken.value.others) <= {10, 11}
    roux = (await load_practice()).practitioners[0].id
    wanted_by = await steps.decided("outsider", "outsider")
    slots = await steps.slots(wanted_by, "outsider")
    # On these days Dre Roux works in the afternoon.
    slot = next(one for one in slots if one.practitioner_id == roux and one.start.isoweekday() < 6)
    held = await steps.held(slot, wanted_by, "outsider")
    booked = await actions.book(await steps.viewer_of("outsider"), Book(hold_id=held.id))
    desk = await steps.viewer_of("receptionist")
    afternoon = booked.starts_at.astimezone(PARIS).replace(hour=14, minute=30)
    wanted = Move(
        appointment_id=booked.id,
        version=booked.version,
        practitioner_id=booked.practitioner_id,
        starts_at=afternoon,
    )
    moved = await desk_actions.move(desk, wanted)
    assert moved.starts_at == afternoon
