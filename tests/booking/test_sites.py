"""Two sites in two zones: one listing is of one site, at its own hours."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.booking import actions, group_actions, slot_actions, start_actions
from backend.booking.model import Book, Filters, Hold, HoldBundle, Move, PlannedVisit
from backend.booking.rules import planning
from backend.booking.rules.changes import NotOffered, SlotTaken
from backend.booking.rules.sites import site_shown, sites_for
from backend.booking.rules.slots import Calendar
from backend.demo.cast import demo_practice
from backend.kit.dates import NARROW_SPACE
from backend.kit.dates import hour as said_hour
from backend.kit.errors import NotFound
from backend.kit.grid import bits_of, moment, origin_of
from backend.practice.model import Opening
from backend.practice.rules import opening_masks
from backend.triage.model import Urgency
from tests.booking.test_groups import group
from tests.booking.test_pages import fields, text
from tests.sites import FAR, FAR_CHAIR, LYON, PARIS, PAYET, REUNION, ROUX, open_far_site, two_sites

NOW = datetime(2026, 12, 1, 9, tzinfo=PARIS)
PRACTICE = two_sites(NOW.date())
THERE = Filters(site_id=REUNION)
SURGERY = next(care.key for care in PRACTICE.care_types if care.skills == ("CHIR",))


@pytest.fixture
async def both(database):
    return await open_far_site()


def planned(care, usual=None, **changes):
    return PlannedVisit(
        **{
            "patient_id": UUID(int=9),
            "given_name": "Jean",
            "birth_date": date(1980, 1, 1),
            "care": PRACTICE.care_type(care),
            "urgency": "U4",
            "declared": (),
            "first_visit": False,
            "earliest": NOW,
            "latest": NOW + timedelta(days=30),
            "usual_practitioner_id": usual,
            **changes,
        }
    )


def shown(*visits, **filters):
    return site_shown(PRACTICE, visits, Filters(**filters)).id


def test_where_care_can_be_given():
    def where(*care):
        return [site.id for site in sites_for(PRACTICE, [planned(key) for key in care])]

    assert where("CTRL") == [LYON, REUNION]
    assert where(SURGERY) == where("CTRL", SURGERY) == [LYON]
    assert sites_for(demo_practice(NOW), [planned("CTRL")]) == demo_practice(NOW).sites


def test_which_site_is_shown_first():
    assert shown(planned("CTRL")) == LYON
    assert shown(planned("CTRL", PAYET)) == REUNION
    assert shown(planned(SURGERY, PAYET)) == LYON, "who sees Dre Payet needs somebody else for this"
    assert shown(planned("CTRL", ROUX), practitioner_id=PAYET) == REUNION
    assert shown(planned("CTRL", PAYET), site_id=LYON) == LYON
    with pytest.raises(NotFound):
        shown(planned("CTRL"), site_id=ROUX)


HOURS = st.lists(
    st.tuples(st.integers(1, 7), st.integers(4 * 12, 20 * 12), st.integers(6, 48)).map(
        lambda one: (one[0], one[1] * 5, min(one[1] * 5 + one[2] * 5, 23 * 60 + 55))
    ),
    max_size=4,
)


@given(HOURS, HOURS, st.sampled_from([date(2026, 12, 7), date(2027, 3, 24)]))
@settings(max_examples=40, deadline=None)
def test_starts_of_each_site_against_a_walk_over_its_own_clock(lyon, far, first):
    """Also in the week in which the clocks change in one of the zones."""
    opened = {ROUX: lyon, PAYET: far}
    openings = [
        Opening(resource_id=who, weekday=day, starts=clock(begins), ends=clock(ends))
        for who, hours in opened.items()
        for day, begins, ends in hours
    ]
    keeps = tuple(msgspec.structs.replace(site, keeps_public_holidays=False) for site in PRACTICE.sites)
    practice = msgspec.structs.replace(PRACTICE, sites=keeps, openings=tuple(openings), closures=())
    practice = msgspec.structs.replace(practice, emergency_places=())
    begin = datetime.combine(first, time(), FAR) - timedelta(days=1)
    visit = planned("CTRL", urgency="U2", earliest=begin, latest=begin + timedelta(days=9))
    for site, who in ((practice.sites[0], ROUX), (practice.sites[1], PAYET)):
        zone, run = site.timezone, (first, 7, site.timezone)
        needs = planning.needs_over(practice, visit, *run, Filters(site_id=site.id))
        calendar = Calendar(
            origin=origin_of(first, zone),
            bits=bits_of(*run),
            opening=opening_masks(practice, *run),
            busy={},
        )
        found = {one.start for one in planning.free_places(calendar, needs, visit)}
        assert {one for one in found if on_the_half_hour(one, zone)} == naive(opened[who], first, zone)


def clock(minutes):
    return time(minutes // 60, minutes % 60)


def on_the_half_hour(at, zone):
    return at.astimezone(zone).minute % 30 == 0


def naive(hours, first, zone):
    """Every half hour of the site's clock from which the next 20 minutes lie within hours."""
    half_hours = [
        datetime.combine(first + timedelta(days=day), clock(begins), zone)
        for day in range(7)
        for begins in range(0, 24 * 60, 30)
    ]
    return {
        at
        for at in half_hours
        if all(is_open(hours, moment_of(at, after), zone) for after in range(0, 20, 5))
    }


def moment_of(at, after):
    return moment(int(at.timestamp()) // 60 + after)


def is_open(hours, at, zone):
    there = at.astimezone(zone)
    minutes = there.hour * 60 + there.minute
    return any(day == there.isoweekday() and begins <= minutes < ends for day, begins, ends in hours)


async def check_hours(practice, steps):
    """Nine o'clock is nine o'clock there: Dre Payet is there from 9 h to 13 h and keeps 11 h to 12 h back."""
    viewer, triage_id = await steps.viewer_of("mother"), await steps.decided()
    for site in practice.sites:
        listing = await slot_actions.find_slots(viewer, triage_id, filters=Filters(site_id=site.id))
        slots = [slot for _, found in listing.days for slot in found]
        local = {slot.start.astimezone(site.timezone) for slot in slots}
        assert slots and {practice.site_of(slot.chair_id).id for slot in slots} == {site.id}
        assert [day for day, _ in listing.days] == sorted({one.date() for one in local})
        if site.id == REUNION:
            assert {slot.practitioner_id for slot in slots} == {PAYET}
            assert min(local).time().hour >= 9
            assert {one.hour for one in local} == {9, 10, 12}
            assert {one.astimezone(PARIS).hour for one in local} == {6, 7, 9}
        again = await start_actions.find_starts(viewer, triage_id, site_id=site.id)
        minutes = {moment(start) for _, starts in again.free.days for start, _ in starts}
        assert (again.zone, minutes) == (site.zone, {slot.start for slot in slots})


async def test_nine_o_clock_is_nine_o_clock_there(both, steps, clock):
    await clock.move_to(winter(await clock.now()))
    await check_hours(both, steps)


def winter(now):
    """A January morning, when Paris is three hours behind Saint-Denis."""
    return datetime(now.year + 1, 1, 11, 9, tzinfo=PARIS)


async def test_with_the_first_sites_zone_everywhere_that_fails(both, steps, clock, monkeypatch):
    await clock.move_to(winter(await clock.now()))
    sites = tuple(msgspec.structs.replace(site, zone="Europe/Paris") for site in both.sites)
    wrong = msgspec.structs.replace(both, sites=sites)

    async def load_wrong():
        return wrong

    for module in (slot_actions, start_actions):
        monkeypatch.setattr(module, "load_practice", load_wrong)
    with pytest.raises(AssertionError):
        await check_hours(both, steps)


async def slots_there(steps, triage_id, person="mother"):
    listing = await slot_actions.find_slots(await steps.viewer_of(person), triage_id, filters=THERE)
    return [slot for _, found in listing.days for slot in found]


async def test_held_booked_and_moved_there(both, steps):
    viewer, triage_id = await steps.viewer_of("mother"), await steps.decided()
    first, second = (await slots_there(steps, triage_id))[:2]
    held = await steps.held(first, triage_id)
    booked = await actions.book(viewer, Book(hold_id=held.id))
    assert (booked.site_id, booked.starts_at, booked.practitioner_id) == (REUNION, first.start, PAYET)
    listing = await slot_actions.find_slots_to_move(viewer, booked.id)
    assert listing.site_id == REUNION, "a visit is moved where it is, unless another site is asked for"
    wanted = Move(
        appointment_id=booked.id, version=1, practitioner_id=second.practitioner_id, starts_at=second.start
    )
    assert (await actions.move(viewer, wanted)).starts_at == second.start
    home = (await slot_actions.find_slots_to_move(viewer, booked.id, filters=Filters(site_id=LYON))).days[-1]
    slot = home[1][0]
    wanted = Move(
        appointment_id=booked.id, version=2, practitioner_id=slot.practitioner_id, starts_at=slot.start
    )
    assert (await actions.move(viewer, wanted)).site_id == LYON


async def test_when_a_place_there_is_gone_others_there_are_named(both, steps, database):
    triage_id = await steps.decided()
    slot = (await slots_there(steps, triage_id))[0]
    await database.execute(
        "insert into resource_use (id, resource_id, starts_at, ends_at) "
        "values (gen_random_uuid(), $1, $2, $3)",
        *(PAYET, slot.start, slot.end),
    )
    with pytest.raises(SlotTaken) as taken:
        await steps.held(slot, triage_id)
    assert len(taken.value.others) == 3
    assert {one.practitioner_id for one in taken.value.others} == {PAYET}
    nobody = Hold(triage_id=triage_id, practitioner_id=FAR_CHAIR, starts_at=slot.start)
    with pytest.raises(NotOffered):
        await actions.hold(await steps.viewer_of("mother"), nobody)


@pytest.mark.parametrize(("hour", "opened"), [(4, False), (6, True)])
async def test_what_is_kept_for_emergencies_opens_by_the_sites_clock(both, steps, clock, hour, opened):
    """Of today's, what is urgent within the week may have 11 h from 8 h there on, when Paris sleeps."""
    today = winter(await clock.now())
    await clock.move_to(today.replace(hour=hour))
    triage_id = await steps.decided(urgency=Urgency.U3, care="URG_SHORT")
    starts = [slot.start.astimezone(FAR) for slot in await slots_there(steps, triage_id)]
    kept = [one for one in starts if one.hour == 11]
    assert {one.date() for one in kept} == ({today.date()} if opened else set())


async def bundle_there(steps, database):
    opened = await group(steps)
    viewer = await steps.viewer_of("mother")
    listing = await group_actions.find_bundles(viewer, opened.id, None, REUNION)
    return viewer, opened, listing


async def test_a_bundle_is_at_one_site(both, steps, database):
    viewer, opened, listing = await bundle_there(steps, database)
    every = [bundle for _, found in listing.days for bundle in found]
    chairs = {place.slot.chair_id for bundle in every for place in bundle.places}
    assert (listing.site_id, listing.zone) == (REUNION, "Indian/Reunion")
    assert every and {both.site_of(chair).id for chair in chairs} == {REUNION}
    assert {bundle.start.astimezone(FAR).hour for bundle in every} <= {9, 10, 12}
    wanted = HoldBundle(
        group_id=opened.id, starts_at=every[0].start, arrangement=every[0].arrangement, site_id=REUNION
    )
    await group_actions.hold(viewer, wanted)
    booked = await group_actions.book(viewer, opened.id)
    assert {one.site_id for one in booked} == {REUNION}
    assert booked[0].starts_at == every[0].start


async def test_the_pages_ask_where_and_say_so(both, steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided()
    here = f"/prendre-rendez-vous/{triage_id}/creneaux"
    assert 'aria-current="true">Cabinet des Tilleuls' in (await mother.get(here)).text
    listing = await mother.get(f"{here}?site={REUNION}")
    assert 'aria-current="true">Cabinet des Filaos' in listing.text
    assert "Où ?" in text(listing) and "Dre Payet · Cabinet des Filaos" in text(listing)
    assert f'data-site="{REUNION}"' in listing.text, "the module asks for more days of the same site"
    slot = (await slots_there(steps, triage_id))[0]
    chosen = {"start": slot.start.isoformat(), "practitioner_id": str(PAYET)}
    held = await mother.post(f"/prendre-rendez-vous/{triage_id}/retenir?site={REUNION}", data=chosen)
    check = await mother.get(held.headers["location"])
    hour = said_hour(slot.start, FAR.key).replace(NARROW_SPACE, " ")
    assert "Cabinet des Filaos" in text(check) and f" à {hour}" in text(check).replace(NARROW_SPACE, " ")
    booked = (await mother.post(held.headers["location"], data=fields(check))).headers["location"]
    visit = text(await mother.get(booked)).replace(NARROW_SPACE, " ")
    assert "Cabinet des Filaos" in visit and f" à {hour}" in visit
    calendar = (await mother.get(booked.split("?")[0] + "/calendrier.ics")).text
    assert f"TZID=Indian/Reunion:{slot.start.astimezone(FAR):%Y%m%dT%H%M}" in calendar
    assert "Filaos" in calendar


async def test_the_json_says_and_asks_where(both, steps, as_person):
    mother, triage_id = await as_person("mother"), str(await steps.decided())
    asked = {"triage": triage_id, "site": str(REUNION)}
    listing = (await mother.get("/api/v1/slots", params=asked)).json()
    assert (listing["site"], listing["zone"]) == (str(REUNION), "Indian/Reunion")
    assert [one["id"] for one in listing["practitioners"]] == [str(PAYET)]
    assert (await mother.get("/api/v1/slots", params={**asked, "site": triage_id})).status_code == 404


async def test_with_one_site_nothing_is_asked(database, steps, as_person):
    mother, triage_id = await as_person("mother"), await steps.decided()
    listing = await mother.get(f"/prendre-rendez-vous/{triage_id}/creneaux")
    assert "Où ?" not in text(listing) and "site=" not in listing.text
