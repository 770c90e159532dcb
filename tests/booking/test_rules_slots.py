"""Where a visit fits: cases by hand, then random practices against a naive search."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.booking.model import SlotQuery
from backend.booking.rules.needs import need_of
from backend.booking.rules.slots import (
    Calendar,
    Candidate,
    Need,
    busy_mask,
    each_start_once,
    free_starts,
    nearest,
    notice,
)
from backend.kit.grid import Span, bits_of, minute, origin_of
from backend.practice.defaults import care_types
from backend.practice.model import Modifier, Practice, Practitioner, Resource, ResourceKind, Site

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 12, 1)
DENTIST, SURGEON, CHAIR_1, CHAIR_2, PANO = (UUID(int=number) for number in range(1, 6))
CARE = {care.key: care for care in care_types()}


def at(text, day=TUESDAY):
    """A local time of the Tuesday, "9:05"."""
    hour, minutes = text.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minutes), tzinfo=PARIS).astimezone(UTC)


def span(text):
    """ "9:00-9:30" of the Tuesday, in minutes."""
    starts, ends = text.split("-")
    return Span(minute(at(starts)), minute(at(ends)))


def calendar(opening, **busy):
    """A Tuesday on which everybody has the same hours; `busy` by the name of the resource."""
    origin, bits = origin_of(TUESDAY, PARIS), bits_of(TUESDAY, 1, PARIS)
    ids = {"dentist": DENTIST, "surgeon": SURGEON, "chair_1": CHAIR_1, "chair_2": CHAIR_2, "pano": PANO}
    opened = busy_mask(map(span, opening), origin, bits)
    return Calendar(
        origin=origin,
        bits=bits,
        opening=dict.fromkeys(ids.values(), opened),
        busy={ids[name]: busy_mask(map(span, spans), origin, bits) for name, spans in busy.items()},
    )


ROUX = Candidate(practitioner_id=DENTIST, chair_ids=(CHAIR_1, CHAIR_2))


def need(minutes=30, buffer=10, candidates=(ROUX,), earliest="0:00", latest="23:55", step=5):
    return Need(
        minutes=minutes,
        buffer=buffer,
        candidates=candidates,
        earliest=at(earliest),
        latest=at(latest),
        step=step,
    )


def hours(slots):
    return [f"{slot.start.astimezone(PARIS):%-H:%M}" for slot in slots]


def test_each_start_once_with_the_usual_practitioner_first():
    two = (ROUX, Candidate(practitioner_id=SURGEON, chair_ids=(CHAIR_2,)))
    both = calendar(["9:00-10:00"], dentist=["9:30-10:00"], chair_1=["9:30-10:00"])
    wanted = need(candidates=two, buffer=0, step=30)

    def who(**of_the_visit):
        found = each_start_once(both, wanted, **of_the_visit)
        return [(f"{slot.start.astimezone(PARIS):%-H:%M}", slot.practitioner_id) for slot in found]

    assert who() == [("9:00", DENTIST), ("9:30", SURGEON)]
    assert who(usual=SURGEON) == [("9:00", SURGEON), ("9:30", SURGEON)]
    assert who(now_at=(at("9:00"), DENTIST)) == [("9:00", SURGEON), ("9:30", SURGEON)]


def test_it_works():
    slots = free_starts(calendar(["9:00-9:40"]), need())
    assert hours(slots) == ["9:00", "9:05", "9:10"]
    assert slots[0].end == at("9:30")
    assert (slots[0].practitioner_id, slots[0].chair_id, slots[0].machine_ids) == (DENTIST, CHAIR_1, ())


def test_care_ends_by_closing_but_cleaning_may_run_past():
    assert hours(free_starts(calendar(["9:00-9:30"]), need(minutes=30, buffer=20))) == ["9:00"]
    assert hours(free_starts(calendar(["9:00-9:30"]), need(minutes=35, buffer=0))) == []


def test_cleaning_must_not_meet_the_next_visit_on_the_chair():
    one_chair = (Candidate(practitioner_id=DENTIST, chair_ids=(CHAIR_1,)),)
    busy = calendar(["9:00-10:00"], chair_1=["9:45-10:00"])
    assert hours(free_starts(busy, need(buffer=10, candidates=one_chair))) == ["9:00", "9:05"]
    assert hours(free_starts(busy, need(buffer=0, candidates=one_chair))) == ["9:00", "9:05", "9:10", "9:15"]


def test_the_practitioner_needs_no_cleaning_and_takes_the_next_chair():
    busy = calendar(["9:00-10:00"], dentist=["9:00-9:30"], chair_1=["9:00-9:40"])
    slots = free_starts(busy, need(latest="9:40"))
    assert hours(slots) == ["9:30"]
    assert slots[0].chair_id == CHAIR_2


def test_the_preferred_chair_comes_first_whenever_it_is_free():
    slots = free_starts(calendar(["9:00-11:00"], chair_1=["9:00-9:40"]), need(step=30))
    chairs = {hours([slot])[0]: slot.chair_id for slot in slots}
    assert chairs["9:00"] == CHAIR_2
    assert chairs["10:00"] == CHAIR_1


def test_one_chair_must_be_free_for_the_whole_care():
    """Each chair is free half of the time; together they would make an hour, apart they do not."""
    busy = calendar(["9:00-10:00"], chair_1=["9:00-9:30"], chair_2=["9:30-10:00"])
    assert free_starts(busy, need(minutes=60, buffer=0)) == []


def test_every_machine_must_be_free_too():
    with_pano = (Candidate(practitioner_id=DENTIST, chair_ids=(CHAIR_1,), machines=((PANO,),)),)
    slots = free_starts(calendar(["9:00-10:00"], pano=["9:00-9:20"]), need(candidates=with_pano))
    assert hours(slots) == ["9:20", "9:25", "9:30"]
    assert slots[0].machine_ids == (PANO,)


def test_nothing_across_lunch():
    assert hours(free_starts(calendar(["9:00-9:30", "9:45-10:15"]), need())) == ["9:00", "9:45"]


def test_earliest_and_latest_are_both_included():
    assert hours(free_starts(calendar(["9:00-11:00"]), need(earliest="9:20", latest="9:30"))) == [
        *("9:20", "9:25", "9:30"),
    ]
    assert hours(free_starts(calendar(["9:00-11:00"]), need(earliest="9:21", latest="9:29"))) == ["9:25"]
    assert free_starts(calendar(["9:00-11:00"]), need(earliest="10:00", latest="9:00")) == []


def test_the_step_keeps_what_touches_another_visit():
    """Every 15 minutes, and 10:25 because it begins where a visit ends, and the last before noon."""
    busy = calendar(["9:00-12:00"], dentist=["9:50-10:25"])
    assert hours(free_starts(busy, need(minutes=40, buffer=0, step=15))) == [
        *("9:00", "9:10"),
        *("10:25", "10:30", "10:45", "11:00", "11:15", "11:20"),
    ]


def test_starts_of_the_step_that_leave_too_little_beside_them_are_not_offered():
    """Of half an hour: 9:30 leaves 30 minutes before and 45 after, 10:00 would leave 15 after, 10:15 none."""
    busy = calendar(["9:00-12:00"], dentist=["10:45-12:00"])
    wanted = need(minutes=30, buffer=0, step=30)
    assert hours(free_starts(busy, wanted)) == ["9:00", "9:30", "10:00", "10:15"]
    tidy = msgspec.structs.replace(wanted, least_rest=25)
    assert hours(free_starts(busy, tidy)) == ["9:00", "9:30", "10:15"]
    assert hours(free_starts(busy, msgspec.structs.replace(tidy, least_rest=35))) == ["9:00", "10:15"]


@pytest.mark.parametrize("length", range(30, 200, 5))
@pytest.mark.parametrize("least_rest", [5, 20, 25, 40])
def test_what_is_offered_leaves_nothing_or_enough(length, least_rest):
    """Every free stretch, against the same said in minutes; its two ends are offered in any case."""
    begins = minute(at("9:00"))
    free = calendar([], chair_1=[])
    opened = busy_mask([Span(begins, begins + length)], free.origin, free.bits)
    free = msgspec.structs.replace(free, opening=dict.fromkeys(free.opening, opened))
    wanted = need(minutes=30, buffer=0, step=15)
    starts = {
        before
        for before in range(0, length - 25, 5)
        if before in (0, length - 30)
        or (before % 15 == 0 and before >= least_rest and length - 30 - before >= least_rest)
    }
    found = free_starts(free, msgspec.structs.replace(wanted, least_rest=least_rest))
    assert {minute(slot.start) - begins for slot in found} == starts


def test_two_practitioners_at_one_start_stand_in_the_order_asked():
    both = (Candidate(practitioner_id=SURGEON, chair_ids=(CHAIR_2,)), ROUX)
    slots = free_starts(calendar(["9:00-9:30"]), need(candidates=both))
    assert [slot.practitioner_id for slot in slots] == [SURGEON, DENTIST]


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2027, 3, 27, 9, tzinfo=PARIS), datetime(2027, 3, 28, 10, tzinfo=PARIS)),
        (datetime(2026, 10, 24, 9, tzinfo=PARIS), datetime(2026, 10, 25, 8, tzinfo=PARIS)),
        (datetime(2026, 12, 1, 9, tzinfo=PARIS), datetime(2026, 12, 2, 9, tzinfo=PARIS)),
    ],
)
def test_notice_counts_real_hours(now, start):
    assert notice(now, 24) == start
    assert (notice(now, 24).timestamp() - now.timestamp()) / 3600 == 24


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_on_the_day_of_a_change_starts_stay_on_the_local_quarter(day):
    origin, bits = origin_of(day, PARIS), bits_of(day, 1, PARIS)
    opened = busy_mask([Span(minute(at("9:00", day)), minute(at("10:00", day)))], origin, bits)
    sunday = Calendar(origin=origin, bits=bits, opening=dict.fromkeys((DENTIST, CHAIR_1), opened), busy={})
    wanted = Need(
        minutes=15,
        buffer=5,
        candidates=(Candidate(practitioner_id=DENTIST, chair_ids=(CHAIR_1,)),),
        earliest=at("0:00", day),
        latest=at("23:55", day),
        step=15,
    )
    assert hours(free_starts(sunday, wanted)) == ["9:00", "9:15", "9:30", "9:45"]


def test_nearest_are_three_other_starts_in_order():
    both = (ROUX, Candidate(practitioner_id=SURGEON, chair_ids=(CHAIR_2,)))
    slots = free_starts(calendar(["9:00-12:00"]), need(candidates=both, step=15))
    assert hours(nearest(slots, at("10:20"))) == ["10:00", "10:15", "10:30"]
    assert hours(nearest(slots, at("8:00"), 2)) == ["9:00", "9:15"]
    assert nearest([], at("8:00")) == []


SITE, ELSEWHERE = UUID(int=10), UUID(int=11)


def practice():
    def resource(number, kind, code, site_id=SITE):
        return Resource(id=number, kind=kind, name=code, site_id=site_id, code=code)

    return Practice(
        sites=tuple(
            Site(id=site_id, name="Site", phone="+33465710012", address=(), zone="Europe/Paris")
            for site_id in (SITE, ELSEWHERE)
        ),
        resources=(
            resource(DENTIST, ResourceKind.PRACTITIONER, "ROUX"),
            resource(SURGEON, ResourceKind.PRACTITIONER, "VIDAL", ELSEWHERE),
            resource(CHAIR_1, ResourceKind.CHAIR, "F1"),
            resource(CHAIR_2, ResourceKind.CHAIR, "F2", ELSEWHERE),
            resource(PANO, ResourceKind.MACHINE, "PANO"),
        ),
        practitioners=(
            Practitioner(
                id=DENTIST, display_name="", short_name="", skills=("OMNI", "PEDO"), chair_ids=(CHAIR_1,)
            ),
            Practitioner(
                id=SURGEON, display_name="", short_name="", skills=("CHIR", "OMNI"), chair_ids=(CHAIR_2,)
            ),
        ),
        care_types=(),
        openings=(),
    )


def candidates(care, modifiers=(), practitioner_ids=None):
    query = SlotQuery(
        care=CARE[care],
        minutes=CARE[care].minutes,
        modifiers=modifiers,
        earliest=at("8:00"),
        latest=at("9:00"),
        practitioner_ids=practitioner_ids,
    )
    return [candidate.practitioner_id for candidate in need_of(practice(), query).candidates]


def test_who_can_give_the_care():
    assert candidates("CTRL") == [DENTIST, SURGEON]
    assert candidates("CTRL", practitioner_ids=(SURGEON, DENTIST)) == [SURGEON, DENTIST]
    assert candidates("PULPT") == [DENTIST]
    assert candidates("ORTHC") == []


def test_the_machine_must_stand_at_the_same_site():
    assert candidates("CONS1") == [DENTIST]
    assert candidates("SAG1") == []


def test_meopa_needs_the_kit():
    assert candidates("CTRL", (Modifier.MEOPA,)) == []


def test_a_month_of_two_practitioners():
    origin, bits = origin_of(TUESDAY, PARIS), bits_of(TUESDAY, 28, PARIS)
    days = [TUESDAY + timedelta(days=index) for index in range(28)]
    opened = busy_mask([Span(minute(at("9:00", d)), minute(at("18:00", d))) for d in days], origin, bits)
    taken = busy_mask([Span(minute(at("10:00", d)), minute(at("15:35", d))) for d in days], origin, bits)
    month = Calendar(
        origin=origin,
        bits=bits,
        opening=dict.fromkeys((DENTIST, SURGEON, CHAIR_1, CHAIR_2), opened),
        busy={DENTIST: taken, SURGEON: taken},
    )
    both = (ROUX, Candidate(practitioner_id=SURGEON, chair_ids=(CHAIR_2,)))
    wanted = Need(
        minutes=30,
        buffer=10,
        candidates=both,
        earliest=at("0:00"),
        latest=at("0:00") + timedelta(days=28),
        step=15,
    )
    slots = free_starts(month, wanted)
    # In the morning 9:00, 9:15, 9:30; in the afternoon 15:35, then every quarter from 15:45 to 17:30.
    assert len(slots) == 28 * 2 * (3 + 1 + 8)
