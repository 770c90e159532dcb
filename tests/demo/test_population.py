"""The demo's population: its agenda obeys the rules of booking, whatever the day of seeding."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.booking.model import Duration, SlotQuery
from backend.booking.rules.learning import Case, learn
from backend.booking.rules.needs import need_of
from backend.booking.rules.slots import Calendar, busy_mask, free_starts
from backend.demo.cast import demo_practice
from backend.demo.population import populate
from backend.demo.scene import Person, read_people
from backend.kit.days import age_on
from backend.kit.grid import Span, bits_of, minute, minute_after, origin_of
from backend.practice.model import ResourceKind
from backend.practice.rules import opening_masks

FOLDER = Path(__file__).parents[2] / "shared" / "demo"
PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
SEEDINGS = [
    MONDAY,
    datetime(2027, 3, 27, 23, 30, tzinfo=UTC),  # in Paris already the Sunday on which clocks change
    datetime(2026, 12, 25, 8, 0, tzinfo=UTC),  # a public holiday
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
]


def people():
    return {person.id: person for person in read_people((FOLDER / "people.json").read_text(encoding="utf-8"))}


def scene(now=MONDAY):
    return demo_practice(now.astimezone(PARIS))


@cache
def population(now=MONDAY, **choices):
    return populate(scene(now), people().values(), now, **choices)


@pytest.fixture(scope="module", params=SEEDINGS, ids=lambda now: now.date().isoformat())
def seeded(request):
    return request.param, scene(request.param), population(request.param)


def test_how_many(seeded):
    now, _, found = seeded
    assert len(found.patients) == 1500
    assert 500 < len(found.accounts) < 800
    assert 5000 < len(found.appointments) < 8000
    ids = Counter(row.id for rows in found for row in rows)
    assert max(ids.values()) == 1
    assert all(row.created_at <= now for row in found.appointments)


def test_nobody_is_in_two_places_and_no_chair_before_it_is_clean(seeded):
    _, _, found = seeded
    by_resource = defaultdict(list)
    for use in found.resource_uses:
        by_resource[use.resource_id].append((use.starts_at, use.ends_at))
    for spans in by_resource.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_every_visit_uses_its_people_chair_and_machines(seeded):
    _, practice, found = seeded
    uses = defaultdict(list)
    for use in found.resource_uses:
        uses[use.appointment_id].append(use)
    for row in found.appointments:
        care, used = practice.care_type(row.care_key), {use.resource_id: use for use in uses[row.id]}
        if row.status == "cancelled":
            assert not used
            continue
        assert used[row.practitioner_id].ends_at == row.ends_at
        assert used[row.chair_id].ends_at == row.ends_at + timedelta(minutes=care.buffer)
        assert row.chair_id in practice.practitioner(row.practitioner_id).chair_ids
        machines = {
            practice.resource(one).code for one in used if practice.resource(one).kind is ResourceKind.MACHINE
        }
        assert machines == set(care.machines)


def test_every_visit_is_within_hours_and_given_by_somebody_able(seeded):
    now, practice, found = seeded
    first = now.astimezone(PARIS).date() - timedelta(days=370)
    origin, bits = origin_of(first, PARIS), bits_of(first, 620, PARIS)
    opened = opening_masks(practice, first, 620, PARIS)
    for row in found.appointments:
        span = Span(minute(row.starts_at), minute_after(row.ends_at))
        wanted = busy_mask([span], origin, bits)
        assert wanted & opened[row.practitioner_id] == wanted, row
        skills = practice.practitioner(row.practitioner_id).skills
        assert set(skills) & set(practice.care_type(row.care_key).skills)
        assert set(practice.care_type(row.care_key).machines) <= {one.code for one in practice.resources}


def test_lengths_are_those_that_the_reasons_give(seeded):
    _, _, found = seeded
    for row in found.appointments:
        planned = msgspec.json.decode(row.duration, type=Duration)
        assert row.ends_at - row.starts_at == timedelta(minutes=planned.minutes)
        assert sum(line.minutes for line in planned.lines) == planned.minutes


def test_the_past_is_over_and_the_future_is_not(seeded):
    now, _, found = seeded
    for row in found.appointments:
        if row.ends_at <= now:
            assert row.status in {"done", "missed", "cancelled"}
        elif row.starts_at > now:
            assert row.status in {"booked", "cancelled"}
        assert row.confirmed_at is None or row.created_at < row.confirmed_at <= now


def test_rights_are_those_of_parents_and_adults(seeded):
    now, _, found = seeded
    patients, accounts = {row.id: row for row in found.patients}, {row.id for row in found.accounts}
    assert len({row.email for row in found.accounts}) == len(accounts)
    assert all(
        row.email.endswith("@example.org") and row.phone.startswith("+3363998") for row in found.accounts
    )
    for right in found.guardians:
        age = age_on(patients[right.patient_id].birth_date, now.date())
        assert right.account_id in accounts
        assert (age >= 18) == (right.relation == "self")


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    again = populate(scene(), people().values(), MONDAY)
    assert again == population()
    assert again.patients != population(seed=7, patients=300).patients


def share_taken(found, practice, days):
    """The part of the practitioners' opening hours that is taken on some days."""
    opened = taken = 0
    for day in days:
        masks = opening_masks(practice, day, 1, PARIS)
        opened += sum(5 * masks[one.id].bit_count() for one in practice.practitioners)
        taken += sum(
            (row.ends_at - row.starts_at).total_seconds() / 60
            for row in found.appointments
            if row.status != "cancelled" and row.starts_at.astimezone(PARIS).date() == day
        )
    return taken / opened


def test_how_full_the_weeks_are():
    practice, found = scene(), population()
    week = [MONDAY.date() + timedelta(days=number) for number in range(14)]
    assert 0.55 < share_taken(found, practice, week) < 0.78
    assert 0.3 < share_taken(found, practice, [MONDAY.date()]) < 0.8
    far = [MONDAY.date() + timedelta(days=number) for number in range(42, 56)]
    assert share_taken(found, practice, far) < 0.3


def test_a_check_up_for_a_child_is_free_within_days_and_an_urgent_visit_within_one():
    practice, found = scene(), population()
    first = MONDAY.astimezone(PARIS).date()
    origin, bits = origin_of(first, PARIS), bits_of(first, 8, PARIS)
    spans = defaultdict(list)
    for use in found.resource_uses:
        spans[use.resource_id].append(Span(minute(use.starts_at), minute_after(use.ends_at)))
    calendar = Calendar(
        origin=origin,
        bits=bits,
        opening=opening_masks(practice, first, 8, PARIS),
        busy={one: busy_mask(taken, origin, bits) for one, taken in spans.items()},
    )

    def free(care_key, days):
        query = SlotQuery(
            care=practice.care_type(care_key),
            minutes=30,
            modifiers=(),
            earliest=MONDAY,
            latest=MONDAY + timedelta(days=days),
        )
        return free_starts(calendar, need_of(practice, query, step=15))

    assert len(free("CTRL", 7)) > 10
    assert free("URG", 1)


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2028, 2, 29), date(2027, 12, 31)])
def test_the_cast_is_always_of_its_age(today):
    cast = people()
    ages = {one.id: age_on(one.birth_date(today), today) for one in cast.values() if one.age is not None}
    assert ages == {one.id: one.age for one in cast.values() if one.age is not None}
    assert (ages["daughter"], ages["teen"], ages["elder"]) == (6, 16, 82)
    assert age_on(cast["daughter"].birth_date(today), today + timedelta(days=140)) == 6


def test_a_birthday_on_a_leap_day_falls_on_the_day_before():
    baby = Person(
        id="baby",
        given_name="",
        family_name="",
        says="",
        account_id=None,
        patient_id=UUID(int=1),
        age=2,
        birthday_in_days=1,
    )
    assert baby.birth_date(date(2028, 2, 28)) == date(2025, 2, 28)


def test_the_casts_own_visits():
    cast, found = people(), population()
    person_of = {one.patient_id: one.id for one in cast.values() if one.patient_id}
    visits = defaultdict(list)
    for row in found.appointments:
        if row.patient_id in person_of:
            visits[person_of[row.patient_id]].append((row.care_key, row.status))
    assert visits["daughter"] == [("EBD_3_5", "done"), ("CTRL", "done")]
    assert visits["teen"][-2:] == [("ALIGC", "booked"), ("SAG4", "booked")]
    assert visits["elder"][-1] == ("AVUL1", "booked")
    extraction = [row for row in found.appointments if row.patient_id == cast["elder"].patient_id][-1]
    assert "anticoagulated_surgery" in extraction.duration


def test_real_times_are_told_of_visits_that_took_place(seeded):
    now, _, found = seeded
    told = [row for row in found.appointments if row.finished_at]
    assert len(told) > 2000
    assert all(row.status == "done" and row.finished_at <= now for row in told)
    assert all(row.seated_at <= row.finished_at for row in told if row.seated_at)
    assert all(row.status in ("done", "arrived") for row in found.appointments if row.seated_at)


def test_real_visits_propose_a_longer_and_a_shorter_length(seeded):
    now, practice, found = seeded
    learnt = what_is_learnt(practice, found, now)
    roux, petit = practice.practitioners[0].id, practice.practitioners[2].id
    assert learnt[roux, "CTRL"].proposal == 25
    assert learnt[petit, "ORTHC"].proposal == 15
    assert learnt[roux, "DETA"].proposal is None
    assert learnt[roux, "DETA"].cases >= 20 and learnt[roux, "DETA"].implausible


def what_is_learnt(practice, found, now):
    cases = defaultdict(list)
    for row in found.appointments:
        if row.seated_at and row.finished_at:
            duration = msgspec.json.decode(row.duration, type=Duration)
            case = Case(
                planned=duration.minutes,
                seated_at=row.seated_at.astimezone(PARIS),
                finished_at=row.finished_at.astimezone(PARIS),
                plain=len(duration.lines) == 1,
            )
            cases[row.practitioner_id, row.care_key].append(case)
    return {
        pair: learn(those, planned_now=practice.care_type(pair[1]).minutes, now=now)
        for pair, those in cases.items()
    }
