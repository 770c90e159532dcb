"""From a visit without place to what is looked for; pure, no database."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.booking.model import Filters, FreeSlot, PartOfDay, PlannedVisit
from backend.booking.rules import planning
from backend.booking.rules.changes import NotOffered
from backend.booking.rules.slots import Calendar, nearest
from backend.kit.grid import bits_of, origin_of
from backend.practice.defaults import care_types
from backend.practice.model import Modifier, Practice, Practitioner, Resource, ResourceKind, Site

PARIS = ZoneInfo("Europe/Paris")
ROUX, VIDAL, CHAIR, SITE = (UUID(int=number) for number in range(1, 5))
CARE = {care.key: care for care in care_types()}
MONDAY = datetime(2026, 12, 7, 8, 0, tzinfo=PARIS)
PRACTICE = Practice(
    sites=(Site(id=SITE, name="Cabinet", phone="+33465710012", address=(), zone="Europe/Paris"),),
    resources=(
        Resource(id=ROUX, kind=ResourceKind.PRACTITIONER, name="Dre Roux", site_id=SITE, code="ROUX"),
        Resource(id=CHAIR, kind=ResourceKind.CHAIR, name="Fauteuil 1", site_id=SITE, code="F1"),
    ),
    practitioners=(
        Practitioner(
            id=ROUX, display_name="Dre Roux", short_name="Dre Roux", skills=("OMNI",), chair_ids=(CHAIR,)
        ),
    ),
    care_types=tuple(CARE.values()),
    openings=(),
)
LILA = PlannedVisit(
    patient_id=UUID(int=9),
    given_name="Lila",
    birth_date=date(2020, 12, 10),
    care=CARE["CTRL"],
    urgency="U4",
    declared=(),
    first_visit=False,
    earliest=MONDAY,
    latest=MONDAY + timedelta(days=180),
)


def slot(hour, practitioner=ROUX, day=MONDAY):
    start = day.replace(hour=hour)
    return FreeSlot(
        start=start, end=start + timedelta(minutes=30), practitioner_id=practitioner, chair_id=CHAIR
    )


def test_a_birthday_among_the_days_gives_two_lengths():
    before, after = planning.needs_over(PRACTICE, LILA, MONDAY.date(), 7, PARIS, Filters())
    assert (before.minutes, after.minutes) == (30, 25)
    assert before.earliest == MONDAY
    assert before.latest.astimezone(PARIS).date() == date(2026, 12, 9)
    assert after.earliest == datetime(2026, 12, 10, tzinfo=PARIS)


def test_the_age_counts_on_the_day_in_the_sites_zone():
    # 23 h 30 UTC on the 9th is the 10th in Paris: Lila is six.
    start = datetime(2026, 12, 9, 23, 30, tzinfo=UTC)
    need, duration = planning.need_at(PRACTICE, LILA, start, ROUX, PARIS)
    assert (need.minutes, duration.modifiers) == (25, (Modifier.CHILD_6_11,))


@pytest.mark.parametrize(("urgency", "least"), [("U4", 25), ("U3", 25), ("U2", 0)])
def test_who_can_wait_is_offered_no_start_that_leaves_too_little_for_a_check_up(urgency, least):
    visit = msgspec.structs.replace(LILA, urgency=urgency)
    needs = planning.needs_over(PRACTICE, visit, MONDAY.date(), 7, PARIS, Filters())
    assert {need.least_rest for need in needs} == {least}
    # What somebody found on a page opened before is theirs all the same.
    assert planning.need_at(PRACTICE, visit, MONDAY, ROUX, PARIS)[0].least_rest == 0


@pytest.mark.parametrize("busy", [0.2, 0.9, 0.999])
def test_the_nearest_of_many_are_found_without_listing_all(busy):
    chance, days = random.Random(1), 28
    needs = planning.needs_over(PRACTICE, LILA, MONDAY.date(), days, PARIS, Filters())
    origin, bits = origin_of(MONDAY.date(), PARIS), bits_of(MONDAY.date(), days, PARIS)
    for _ in range(20):
        taken = sum(0xFFF << at for at in range(0, bits, 12) if chance.random() < busy)
        calendar = Calendar(
            origin=origin,
            bits=bits,
            opening=dict.fromkeys((ROUX, CHAIR), (1 << bits) - 1),
            busy={ROUX: taken},
        )
        wanted = MONDAY + timedelta(minutes=5 * chance.randrange(bits))
        listed = nearest(planning.free_places(calendar, needs, LILA), wanted)
        assert planning.nearest_places(calendar, needs, LILA, wanted) == listed


def test_what_the_desk_changed_stays_within_bounds():
    longer = msgspec.structs.replace(LILA, desk_minutes=15)
    assert planning.duration_on(PRACTICE, longer, date(2026, 12, 7)).minutes == 45
    shorter = msgspec.structs.replace(LILA, desk_minutes=-60)
    assert planning.duration_on(PRACTICE, shorter, date(2026, 12, 7)).minutes == 5


def test_an_unknown_practitioner_is_not_offered():
    with pytest.raises(NotOffered):
        planning.need_at(PRACTICE, LILA, MONDAY, VIDAL, PARIS)


def test_filters_of_day_and_hour():
    assert planning.fits(slot(9), PARIS, Filters(part=PartOfDay.MORNING))
    assert not planning.fits(slot(12), PARIS, Filters(part=PartOfDay.MORNING))
    assert planning.fits(slot(17), PARIS, Filters(part=PartOfDay.EVENING, weekday=1))
    assert not planning.fits(slot(17), PARIS, Filters(weekday=3))


def test_chairs_are_tried_one_after_the_other():
    need, _ = planning.need_at(PRACTICE, LILA, MONDAY, ROUX, PARIS)
    assert planning.resources_of([need]) == {ROUX, CHAIR}
    assert planning.without_chairs(need, {CHAIR}).candidates == ()
