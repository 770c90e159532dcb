"""Care that needs the practitioner only now and then, an assistant, or is not for everybody online."""

from datetime import date, time, timedelta

import msgspec
import pytest

from backend.booking import desk_actions, slot_actions
from backend.booking.model import ChangeDuration
from backend.booking.rules.changes import NotOnline, check_online
from backend.booking.rules.durations import attended
from backend.practice.defaults import care_types, cure
from backend.practice.model import FirstVisit, Opening, ResourceKind
from backend.practice.repository import load_practice, save_practice

CTRL = next(care for care in care_types() if care.key == "CTRL")
TWICE = msgspec.structs.replace(CTRL, practitioner_minutes=("0-5", "15-20"))


def changed(**fields):
    return msgspec.structs.replace(CTRL, **fields)


@pytest.mark.parametrize(
    ("spans", "minutes", "expected"),
    [
        ((), 20, ()),
        (("0-20",), 20, ()),
        (("0-5", "15-20"), 20, ((0, 5), (15, 20))),
        (("0-5", "15-20"), 40, ((0, 10), (30, 40))),
        (("0-5", "15-20"), 25, ((0, 10), (15, 25))),
        (("0-5", "15-20"), 15, ((0, 5), (10, 15))),
        (("0-5", "15-20"), 10, ()),
    ],
)
def test_spans_stretch_with_the_visit_and_outwards(spans, minutes, expected):
    assert attended(changed(practitioner_minutes=spans), minutes) == expected


@pytest.mark.parametrize(
    "spans", [("5",), ("0-5-10",), ("5-5",), ("10-5",), ("0-7",), ("0-25",), ("5-10", "0-5")]
)
def test_spans_that_make_no_sense_are_told(spans):
    assert "stretches of the care in order" in cure(changed(practitioner_minutes=spans))
    assert cure(TWICE) is None


BORN = date(2016, 5, 4)


@pytest.mark.parametrize(
    ("fields", "first_visit", "allowed"),
    [
        ({}, True, True),
        ({"bookable_online": False}, False, False),
        ({"least_age": 10}, False, True),
        ({"least_age": 11}, False, False),
        ({"most_age": 10}, False, True),
        ({"most_age": 9}, False, False),
        ({"first_visit": FirstVisit.ONLY}, True, True),
        ({"first_visit": FirstVisit.ONLY}, False, False),
        ({"first_visit": FirstVisit.NEVER}, True, False),
        ({"first_visit": FirstVisit.NEVER}, False, True),
    ],
)
def test_who_may_book_online(fields, first_visit, allowed):
    """On 4 May 2026 somebody born on 4 May 2016 is ten."""
    answer = check_online, (changed(**fields), BORN, date(2026, 5, 4), first_visit)
    if allowed:
        answer[0](*answer[1])
    else:
        with pytest.raises(NotOnline):
            answer[0](*answer[1])


async def store(care, **practice_fields):
    practice = await load_practice()
    others = tuple(one for one in practice.care_types if one.key != care.key)
    await save_practice(msgspec.structs.replace(practice, care_types=(*others, care), **practice_fields))


async def spans_of(database, appointment, resource_id):
    rows = await database.fetch(
        "select starts_at, ends_at from resource_use where appointment_id = $1 and resource_id = $2 "
        "order by starts_at",
        appointment.id,
        resource_id,
    )
    start = appointment.starts_at
    return [
        ((row["starts_at"] - start) // timedelta(minutes=1), (row["ends_at"] - start) // timedelta(minutes=1))
        for row in rows
    ]


async def test_the_practitioner_is_taken_only_when_needed(database, steps):
    await store(TWICE)
    booked = await steps.booked(patient="teen")
    minutes = booked.minutes
    spans = await spans_of(database, booked, booked.practitioner_id)
    assert spans == list(attended(TWICE, minutes)) and len(spans) == 2
    assert await spans_of(database, booked, booked.chair_id) == [(0, minutes + CTRL.buffer)]


async def test_between_the_spans_somebody_else_is_seen_on_another_chair(database, steps):
    await store(msgspec.structs.replace(TWICE, minutes=60, practitioner_minutes=("0-5", "55-60")))
    first = await steps.booked(patient="teen")
    other = await steps.decided("outsider", "outsider", care="VERNIS")
    start = first.starts_at
    listing = await slot_actions.find_slots(await steps.viewer_of("outsider"), other)
    between = [
        slot
        for _, slots in listing.days
        for slot in slots
        if start < slot.start < first.ends_at and slot.practitioner_id == first.practitioner_id
    ]
    assert between and all(slot.chair_id != first.chair_id for slot in between)
    assert all(slot.end <= first.ends_at - timedelta(minutes=5) for slot in between)
    held = await steps.held(between[0], other, "outsider")
    assert held.chair_id != first.chair_id


async def test_a_longer_visit_brings_the_practitioner_back_later(database, steps):
    await store(TWICE)
    booked = await steps.booked(patient="teen")
    viewer, minutes = await steps.viewer_of("receptionist"), booked.minutes
    before = await spans_of(database, booked, booked.practitioner_id)
    longer = ChangeDuration(appointment_id=booked.id, version=booked.version, minutes=minutes + 10)
    changed_visit = await desk_actions.change_duration(viewer, longer)
    begins, ends = before[1]
    after = await spans_of(database, booked, booked.practitioner_id)
    assert after == [before[0], (begins + 10, ends + 10)]
    assert await spans_of(database, booked, booked.chair_id) == [(0, minutes + 10 + CTRL.buffer)]
    short = ChangeDuration(appointment_id=booked.id, version=changed_visit.version, minutes=5)
    await desk_actions.change_duration(viewer, short)
    assert await spans_of(database, booked, booked.practitioner_id) == [(0, 5)]


async def test_an_assistant_is_taken_along_and_must_be_there(database, steps):
    practice = await load_practice()
    nadia = next(one for one in practice.resources if one.kind is ResourceKind.ASSISTANT)
    await store(changed(needs_assistant=True))
    assert await steps.slots(await steps.decided(patient="teen")) == []
    monday = Opening(resource_id=nadia.id, weekday=1, starts=time(9), ends=time(11))
    await store(changed(needs_assistant=True), openings=(*practice.openings, monday))
    booked = await steps.booked(patient="teen")
    assert booked.starts_at.isoweekday() == 1
    assert await spans_of(database, booked, nadia.id) == [(0, booked.minutes)]


async def test_care_that_the_practice_books_itself_is_refused_with_what_to_do(database, steps, as_person):
    await store(changed(bookable_online=False))
    triage_id = await steps.decided()
    with pytest.raises(NotOnline):
        await steps.slots(triage_id)
    answer = await (await as_person("mother")).get(f"/prendre-rendez-vous/{triage_id}/creneaux")
    assert answer.status_code == 409
    assert "laissez une demande" in answer.text and "tel:" in answer.text


async def test_what_to_know_stands_on_the_picker(database, steps, as_person):
    await store(changed(to_know_fr="Comptez une heure de repos après la séance."))
    triage_id = await steps.decided()
    browser = await as_person("mother")
    answer = await browser.get(f"/prendre-rendez-vous/{triage_id}/creneaux")
    assert "Comptez une heure de repos" in answer.text
