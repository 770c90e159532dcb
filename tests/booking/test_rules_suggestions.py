"""Three places to offer first: the soonest, the usual practitioner's, the hours that suit."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.booking.model import FreeSlot
from backend.booking.rules import suggestions as rules

PARIS = ZoneInfo("Europe/Paris")
ROUX, VIDAL, CHAIR = UUID(int=1), UUID(int=2), UUID(int=3)
CHILD, TEEN, ADULT, ELDER, TODDLER = 6, 16, 38, 82, 2


def slot(text, practitioner_id=ROUX):
    """A slot of March 2026: "4 16:00" is Wednesday the fourth."""
    day, hour = text.split()
    start = datetime.fromisoformat(f"2026-03-{int(day):02} {hour}").replace(tzinfo=PARIS)
    return FreeSlot(
        start=start,
        end=start + timedelta(minutes=25),
        practitioner_id=practitioner_id,
        chair_id=CHAIR,
    )


def offered(slots, age=ADULT, usual=None, waste=None):
    return [
        (f"{seat.slot.start.day} {seat.slot.start:%H:%M}", seat.key.removeprefix("booking.suggestion."))
        for seat in rules.suggestions(slots, PARIS, age, usual, waste)
    ]


def wasting(**minutes):
    """Places waste nothing but those named: `wasting(h10_00=15)`."""
    return lambda slot: minutes.get(f"h{slot.start:%H_%M}", 0)


def test_it_works():
    slots = [slot("3 09:00", VIDAL), slot("3 10:00"), slot("4 10:00"), slot("4 14:30"), slot("7 09:00")]
    assert offered(slots, CHILD, ROUX) == [
        *(("3 09:00", "soonest"), ("3 10:00", "usual"), ("4 14:30", "out_of_school")),
    ]


def test_what_is_soonest_and_usual_takes_one_seat_and_another_day_the_next():
    slots = [slot("3 10:00"), slot("3 10:15"), slot("4 10:00"), slot("4 17:30"), slot("5 10:00")]
    assert offered(slots, ADULT, ROUX) == [
        *(("3 10:00", "soonest"), ("4 17:30", "out_of_work"), ("5 10:00", "other_day")),
    ]


def test_when_the_soonest_already_suits_other_days_follow():
    slots = [slot("3 17:30"), slot("3 17:45"), slot("4 10:00"), slot("5 10:00")]
    assert offered(slots) == [("3 17:30", "soonest"), ("4 10:00", "other_day"), ("5 10:00", "other_day")]


def test_one_day_alone_still_gives_three():
    slots = [slot("3 10:00"), slot("3 10:15"), slot("3 10:30"), slot("3 10:45")]
    assert offered(slots) == [("3 10:00", "soonest"), ("3 10:15", "other_hour"), ("3 10:30", "other_hour")]


def test_fewer_when_fewer_exist():
    assert offered([]) == []
    assert offered([slot("3 10:00")], usual=ROUX) == [("3 10:00", "soonest")]
    assert offered([slot("3 10:00"), slot("3 11:00")]) == [("3 10:00", "soonest"), ("3 11:00", "other_hour")]


def test_two_practitioners_at_one_start_are_never_two_suggestions():
    slots = [slot("3 10:00", VIDAL), slot("3 10:00", ROUX), slot("3 11:00", ROUX)]
    assert offered(slots, usual=ROUX) == [("3 10:00", "soonest"), ("3 11:00", "usual")]


def test_each_seat_goes_to_what_wastes_least_near_its_first():
    slots = [
        *(slot("3 10:00"), slot("3 10:30"), slot("3 12:00", VIDAL), slot("3 14:00")),
        *(slot("4 17:00"), slot("4 18:30"), slot("5 09:00"), slot("5 09:30")),
    ]
    assert offered(slots) == [("3 10:00", "soonest"), ("4 17:00", "out_of_work"), ("5 09:00", "other_day")]
    waste = wasting(h10_00=15, h10_30=10, h17_00=5, h09_00=20)
    assert offered(slots, waste=waste) == [
        *(("3 12:00", "soon"), ("4 18:30", "out_of_work"), ("5 09:30", "other_day")),
    ]


def test_nobody_waits_longer_than_two_hours_or_another_day_for_a_tidy_agenda():
    slots = [slot("3 10:00"), slot("3 12:05"), slot("4 10:00")]
    assert offered(slots, waste=wasting(h10_00=15))[0] == ("3 10:00", "soonest")
    midnight = [slot("3 23:30"), slot("4 00:30")]
    assert offered(midnight, waste=wasting(h23_30=15))[0] == ("3 23:30", "soonest")


def test_of_two_that_waste_the_same_the_earlier():
    slots = [slot("3 10:00"), slot("3 10:30"), slot("3 11:00")]
    assert offered(slots, waste=wasting(h10_00=15)) == [
        *(("3 10:00", "soonest"), ("3 10:30", "soon"), ("3 11:00", "other_hour")),
    ]
    assert offered(slots, waste=wasting(h10_00=5, h10_30=5, h11_00=5))[0] == ("3 10:00", "soonest")


def test_only_a_few_places_are_weighed():
    slots = [
        slot(f"{day} {hour:02}:{minutes}")
        for day in range(3, 28)
        for hour in range(9, 18)
        for minutes in ("00", "30")
    ]
    weighed = []
    rules.suggestions(slots, PARIS, ADULT, ROUX, lambda one: weighed.append(one) or 0)
    assert len(weighed) <= rules.SEATS * 5


@pytest.mark.parametrize(("urgency", "may"), [("U0", 0), ("U1", 0), ("U2", 0), ("U3", 1), ("U4", 1)])
def test_who_is_in_a_hurry_gets_the_very_soonest(urgency, may):
    assert rules.may_be_tidy(urgency) == bool(may)


@pytest.mark.parametrize(
    ("text", "age", "key"),
    [
        ("4 14:00", CHILD, rules.OUT_OF_SCHOOL),  # a Wednesday
        ("4 09:00", CHILD, None),
        ("3 14:00", CHILD, None),
        ("3 17:00", TEEN, rules.OUT_OF_SCHOOL),
        ("7 09:00", TEEN, rules.WEEKEND),
        ("3 08:30", ADULT, rules.OUT_OF_WORK),
        ("3 08:30", TODDLER, rules.OUT_OF_WORK),  # the parents' hours
        ("3 09:00", ADULT, None),
        ("7 09:00", ADULT, rules.WEEKEND),
        ("3 10:00", ELDER, rules.QUIET_HOURS),
        ("3 08:30", ELDER, None),
        ("7 10:00", ELDER, None),
    ],
)
def test_hours_that_suit(text, age, key):
    assert rules.preferred_hours(slot(text).start, PARIS, age) == key


def test_days_are_those_of_the_site():
    """23:30 UTC on the third is the fourth in Paris."""
    late = slot("4 00:30")
    assert [day for day, _ in rules.by_day([slot("3 09:00"), late], PARIS)] == [
        *(date(2026, 3, 3), date(2026, 3, 4)),
    ]
    assert [day for day, _ in rules.by_day([late], ZoneInfo("UTC"))] == [date(2026, 3, 3)]
