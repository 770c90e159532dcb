"""A practitioner with minutes of their own for a care: every place has the length that it has with them.

The practice has not seen these people before, so each visit is ten minutes longer; Lila is under twelve.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.booking import actions, desk_actions, group_actions, slot_actions
from backend.booking.model import ChangeDuration, Filters, HoldBundle, Member, Move, PlannedVisit
from backend.booking.party_actions import begin
from backend.booking.rules import planning
from backend.booking.rules.slots import Calendar
from backend.demo.cast import cast, demo_practice
from backend.kit import db
from backend.kit.grid import minute
from backend.practice.model import CareMinutes, Practice
from backend.practice.repository import forget_practice, save_care_minutes

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 12, 7, tzinfo=PARIS)
PRACTICE = demo_practice(MONDAY)
ROUX, VIDAL = (cast()[one].practitioner_id for one in ("dentist", "surgeon"))
assert ROUX and VIDAL


def with_minutes(own: Mapping[UUID, int]) -> Practice:
    rows = tuple(CareMinutes(practitioner_id=who, care_key="CTRL", minutes=own[who]) for who in own)
    return msgspec.structs.replace(PRACTICE, care_minutes=rows)


def visit(usual: UUID | None = None) -> PlannedVisit:
    return PlannedVisit(
        patient_id=UUID(int=9),
        given_name="Inès",
        birth_date=date(1990, 1, 1),
        care=PRACTICE.care_type("CTRL"),
        urgency="U4",
        declared=(),
        first_visit=False,
        earliest=MONDAY,
        latest=MONDAY + timedelta(days=30),
        usual_practitioner_id=usual,
    )


def needs(practice: Practice, days: int = 7, filters: Filters = Filters()) -> list[planning.Need]:  # noqa: B008
    return planning.needs_over(practice, visit(), MONDAY.date(), days, PARIS, filters)


def test_there_is_a_need_for_each_length() -> None:
    assert [need.minutes for need in needs(with_minutes({}))] == [20]
    found = needs(with_minutes({VIDAL: 35}))
    assert {need.minutes: [one.practitioner_id for one in need.candidates] for need in found} == {
        20: [ROUX],
        35: [VIDAL],
    }
    assert [need.minutes for need in needs(with_minutes({VIDAL: 20}))] == [20]
    only = needs(with_minutes({VIDAL: 35}), filters=Filters(practitioner_id=VIDAL))
    assert [(need.minutes, len(need.candidates)) for need in only] == [(35, 1)]


def test_what_makes_it_longer_comes_on_top_and_the_reason_names_the_practitioner() -> None:
    practice = with_minutes({VIDAL: 35})
    lila = msgspec.structs.replace(visit(), birth_date=date(2020, 1, 1), given_name="Lila")
    need, duration = planning.need_at(practice, lila, MONDAY, VIDAL, PARIS)
    assert (need.minutes, duration.minutes) == (40, 40)
    assert " ".join(duration.sentence(lila.care, "Lila", "fr").split()) == (
        "40 min : 35 min pour le contrôle (durée habituelle avec Dr Vidal), "
        "+ 5 min car Lila a moins de 12 ans."
    )
    assert planning.need_at(practice, lila, MONDAY, ROUX, PARIS)[1].minutes == 25


bits = st.integers(0, 2**96 - 1)


@given(bits, bits, st.sampled_from([10, 20, 35]), st.sampled_from([10, 20, 35]), st.booleans())
def test_one_place_for_each_start_that_anybody_has_free(
    roux: int, vidal: int, of_roux: int, of_vidal: int, usual: bool
) -> None:
    practice = with_minutes({ROUX: of_roux, VIDAL: of_vidal})
    wanted = visit(VIDAL if usual else None)
    found_needs = planning.needs_over(practice, wanted, MONDAY.date(), 1, PARIS, Filters())
    chairs = {chair for need in found_needs for one in need.candidates for chair in one.chair_ids}
    calendar = Calendar(
        origin=minute(MONDAY + timedelta(hours=8)),
        bits=96,
        opening={ROUX: roux, VIDAL: vidal, **dict.fromkeys(chairs, 2**96 - 1)},
        busy={},
    )
    found = planning.free_places(calendar, found_needs, wanted)
    starts = [slot.start for slot in found]
    assert starts == sorted(set(starts))
    each_alone = {
        who: {
            slot.start: slot.end
            for need in planning.needs_over(
                practice, wanted, MONDAY.date(), 1, PARIS, Filters(practitioner_id=who)
            )
            for slot in planning.free_places(calendar, [need], wanted)
        }
        for who in (ROUX, VIDAL)
    }
    for slot in found:
        assert each_alone[slot.practitioner_id][slot.start] == slot.end
        assert slot.minutes == {ROUX: of_roux, VIDAL: of_vidal}[slot.practitioner_id]
        if usual and slot.start in each_alone[VIDAL]:
            assert slot.practitioner_id == VIDAL
    # Starts on the grid's edges differ by who is looked at together; those on the step do not.
    on_step = {start for alone in each_alone.values() for start in alone if minute(start) % 30 == 0}
    assert on_step <= set(starts)


@pytest.fixture
async def slow_surgeon(database: object) -> None:
    async with db.transaction():
        await save_care_minutes(VIDAL, "CTRL", 35)
    forget_practice()


async def listed(steps, person="mother", patient="daughter"):
    triage_id = await steps.decided(person, patient)
    return triage_id, await slot_actions.find_slots(await steps.viewer_of(person), triage_id)


async def test_the_place_that_is_held_and_booked_has_the_practitioners_length(steps, slow_surgeon, database):
    triage_id, listing = await listed(steps)
    places = [slot for _, slots in listing.days for slot in slots]
    assert {(slot.practitioner_id, slot.minutes) for slot in places} == {(ROUX, 35), (VIDAL, 50)}
    assert listing.duration.minutes == places[0].minutes
    place = next(slot for slot in places if slot.practitioner_id == VIDAL)
    held = await steps.held(place, triage_id)
    assert (held.duration.minutes, held.ends_at) == (50, place.end)
    busy = "select ends_at - starts_at from resource_use where resource_id = $1 and hold_id = $2"
    assert await database.fetchval(busy, VIDAL, held.id) == timedelta(minutes=50)


async def test_a_move_takes_the_length_of_whoever_it_goes_to_and_the_desks_minutes_with_it(
    steps, slow_surgeon
):
    booked = await steps.booked()
    assert (booked.practitioner_id, booked.minutes) == (ROUX, 35)
    sam = await steps.viewer_of("receptionist")
    longer = ChangeDuration(appointment_id=booked.id, version=1, minutes=40)
    await desk_actions.change_duration(sam, longer)
    listing = await slot_actions.find_slots_to_move(
        await steps.viewer_of("mother"), booked.id, filters=Filters(practitioner_id=VIDAL)
    )
    place = listing.days[0][1][0]
    assert (place.minutes, listing.duration.minutes) == (55, 55)
    wanted = Move(appointment_id=booked.id, version=1, practitioner_id=VIDAL, starts_at=place.start)
    moved = await actions.move(await steps.viewer_of("mother"), wanted)
    assert (moved.minutes, moved.ends_at) == (55, place.end)


async def test_a_booked_visit_keeps_its_length_until_it_moves(steps, database):
    booked = await steps.booked()
    async with db.transaction():
        await save_care_minutes(booked.practitioner_id, "CTRL", 40)
    forget_practice()
    assert await database.fetchval("select ends_at from appointment") == booked.ends_at


async def test_several_people_together_too(steps, slow_surgeon):
    children = ("daughter", "teen")
    members = [
        Member(patient_id=steps.cast[one].patient_id, triage_id=await steps.decided("mother", one))
        for one in children
    ]
    mother = await steps.viewer_of("mother")
    group = await begin(mother, members)
    listing = await group_actions.find_bundles(mother, group.id)
    lengths = {"daughter": {ROUX: 35, VIDAL: 50}, "teen": {ROUX: 30, VIDAL: 45}}
    whose = {steps.cast[one].patient_id: lengths[one] for one in children}
    bundles = [bundle for _, found in listing.days for bundle in found]
    assert {place.slot.practitioner_id for bundle in bundles for place in bundle.places} == {ROUX, VIDAL}
    for place in (place for bundle in bundles for place in bundle.places):
        assert place.slot.minutes == whose[place.patient_id][place.slot.practitioner_id]
    first = bundles[0]
    by_person = {place.patient_id: place.slot.minutes for place in first.places}
    assert [one.minutes for one in listing.durations] == [by_person[v.patient_id] for v in listing.visits]
    wanted = HoldBundle(group_id=group.id, starts_at=first.start, arrangement=first.arrangement)
    held = await group_actions.hold(mother, wanted)
    assert {one.patient_id: one.duration.minutes for one in held} == by_person


async def test_the_page_says_the_length_of_a_place_that_differs(steps, slow_surgeon, as_person):
    triage_id, listing = await listed(steps)
    other = next(
        slot for _, slots in listing.days for slot in slots if slot.minutes != listing.duration.minutes
    )
    mother = await as_person("mother")
    page = (await mother.get(f"/prendre-rendez-vous/{triage_id}/creneaux")).text
    assert f"Dr Vidal · {other.minutes} min" in page and "Dre Roux · " not in page


async def test_the_api_says_how_long_it_takes_with_each(steps, slow_surgeon, as_person):
    triage_id, listing = await listed(steps)
    answer = await (await as_person("mother")).get("/api/v1/slots", params={"triage": str(triage_id)})
    found = answer.json()
    lengths = {UUID(one["id"]): one["minutes"] for one in found["practitioners"]}
    assert lengths == {ROUX: 35, VIDAL: 50}
    told = [
        (start, found["practitioners"][who]["id"]) for day in found["days"] for start, who in day["starts"]
    ]
    places = [slot for _, slots in listing.days for slot in slots]
    assert told == [(minute(slot.start), str(slot.practitioner_id)) for slot in places]
    assert all(slot.minutes == lengths[slot.practitioner_id] for slot in places)
