"""Two visits of one shape have the same free starts; what makes no difference gives no other shape."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.booking.model import Filters, PlannedVisit
from backend.booking.rules import planning, shapes
from backend.booking.rules.changes import window
from backend.booking.rules.slots import Calendar
from backend.booking.rules.starts import Numbers, starts_by_day
from backend.demo.cast import cast, demo_practice
from backend.kit.grid import bits_of, origin_of
from backend.practice.model import Modifier
from backend.practice.rules import opening_masks

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 12, 7, 8, 2, tzinfo=UTC)
PRACTICE = demo_practice(MONDAY)
ROUX, VIDAL = (cast()[one].practitioner_id for one in ("dentist", "surgeon"))
DAYS = (date(2026, 12, 7), 21, PARIS)
CALENDAR = Calendar(
    origin=origin_of(DAYS[0], PARIS),
    bits=bits_of(*DAYS),
    opening=opening_masks(PRACTICE, *DAYS),
    busy={},
)
NOW = st.integers(0, 60 * 24).map(lambda minutes: MONDAY + timedelta(minutes=minutes / 3))
BIRTH_DATES = st.sampled_from(
    [date(1990, 1, 1), date(1971, 12, 9), date(2020, 12, 10), date(2014, 12, 20), date(1951, 12, 12)]
)
DECLARED = st.sampled_from(
    [(), (Modifier.VERY_ANXIOUS,), (Modifier.MEOPA,), (Modifier.ANTICOAGULATED_SURGERY,)]
)


def visit(now: datetime, urgency: str = "U4", **other: Any) -> PlannedVisit:
    limits = window(urgency, now, now)
    found = PlannedVisit(
        patient_id=UUID(int=9),
        given_name="Inès",
        birth_date=date(1990, 1, 1),
        care=PRACTICE.care_type("CTRL"),
        urgency=urgency,
        declared=(),
        first_visit=False,
        earliest=limits.earliest,
        latest=limits.latest,
        asked_at=now,
        lengthenings=PRACTICE.lengthenings,
    )
    return msgspec.structs.replace(found, **other)


VISITS = st.builds(
    visit,
    now=NOW,
    urgency=st.sampled_from(["U2", "U3", "U4"]),
    birth_date=BIRTH_DATES,
    care=st.sampled_from([PRACTICE.care_type(key) for key in ("CTRL", "DETA", "ENDO1")]),
    declared=DECLARED,
    first_visit=st.booleans(),
    usual_practitioner_id=st.sampled_from([None, ROUX, VIDAL]),
    patient_id=st.uuids(),
)
FILTERS = st.builds(Filters, practitioner_id=st.sampled_from([None, None, ROUX]))


def free(visit: PlannedVisit, filters: Filters) -> tuple[Any, Numbers]:
    numbers: Numbers = {}
    needs = planning.needs_over(PRACTICE, visit, *DAYS, filters)
    return starts_by_day(CALENDAR, needs, visit.usual_practitioner_id, numbers, DAYS), numbers


def changed_in_one(one: PlannedVisit, other: PlannedVisit, field: str) -> PlannedVisit:
    if field == "moment":
        moment = {"earliest": other.earliest, "latest": other.latest, "asked_at": other.asked_at}
        return msgspec.structs.replace(one, **moment)
    return msgspec.structs.replace(one, **{field: getattr(other, field)})


FIELDS = st.sampled_from(
    ["moment", "birth_date", "care", "declared", "first_visit", "usual_practitioner_id", "urgency"]
)


@given(VISITS, VISITS, FIELDS, FILTERS, FILTERS)
def test_visits_of_one_shape_have_the_same_free_starts(
    one: PlannedVisit, other: PlannedVisit, field: str, filters: Filters, others: Filters
) -> None:
    changed = changed_in_one(one, other, field)
    if shapes.shape_of(one, DAYS, filters) == shapes.shape_of(changed, DAYS, others):
        assert free(one, filters) == free(changed, others)


@pytest.mark.parametrize("forgotten", sorted(set(shapes.Shape._fields) - {"days"}))
def test_control_a_shape_that_forgets_something_is_found_out(forgotten: str) -> None:
    """For every part of the shape there are two visits that it alone tells apart."""
    late = MONDAY.replace(hour=12)
    pairs = {
        "care_key": (visit(MONDAY), visit(MONDAY, care=PRACTICE.care_type("DETA"))),
        "urgency": (
            visit(MONDAY, "U3", asked_at=late),
            msgspec.structs.replace(visit(MONDAY, "U3", asked_at=late), urgency="U2", asked_at=None),
        ),
        "lengths": (visit(MONDAY), visit(MONDAY, birth_date=date(2018, 1, 1))),
        "window": (visit(MONDAY), visit(MONDAY, earliest=MONDAY + timedelta(days=3))),
        "held_until": (visit(MONDAY, "U3"), visit(MONDAY, "U3", asked_at=None)),
        "usual_practitioner_id": (visit(MONDAY), visit(MONDAY, usual_practitioner_id=VIDAL)),
    }
    here, there = Filters(), Filters(practitioner_id=ROUX) if forgotten == "filters" else Filters()
    one, other = pairs.get(forgotten, (visit(MONDAY), visit(MONDAY)))
    mine, theirs = (shapes.shape_of(*each) for each in ((one, DAYS, here), (other, DAYS, there)))
    assert getattr(mine, forgotten) != getattr(theirs, forgotten)
    assert free(one, here) != free(other, there)


def test_what_makes_no_difference_gives_no_other_shape() -> None:
    """Another grown-up, half a minute later, with a blood thinner that a check-up does not ask about."""
    one = visit(MONDAY)
    other = visit(
        MONDAY + timedelta(seconds=30),
        patient_id=UUID(int=10),
        given_name="Paul",
        birth_date=date(1971, 12, 9),
        declared=(Modifier.ANTICOAGULATED_SURGERY,),
    )
    shape = shapes.shape_of(one, DAYS, Filters())
    assert shape == shapes.shape_of(other, DAYS, Filters())
    assert hash(shape) == hash(shapes.shape_of(other, DAYS, Filters()))


def test_a_visit_that_has_a_place_has_no_shape() -> None:
    with pytest.raises(AssertionError):
        shapes.shape_of(visit(MONDAY, now_at=(MONDAY, ROUX)), DAYS, Filters())
