"""Several people at once: held, booked, moved, cancelled and confirmed together, all of it or nothing."""

import asyncio
from datetime import timedelta

import pytest

from backend.booking import actions, group_actions, jobs, party_actions
from backend.booking.model import (
    Arrangement,
    Book,
    Cancel,
    Hold,
    HoldBundle,
    Member,
    MoveTogether,
    Status,
)
from backend.booking.rules.changes import (
    BookTogether,
    BundleTaken,
    CannotBook,
    ChangedMeanwhile,
    HeldByOther,
    HoldExpired,
    NotTogether,
)
from backend.kit.errors import NotFound

CHILDREN = ("daughter", "teen")


async def group(steps, people=CHILDREN, person="mother", care="CTRL"):
    """A group with its answers."""
    members = [
        Member(patient_id=steps.cast[one].patient_id, triage_id=await steps.decided(person, one, care=care))
        for one in people
    ]
    return await party_actions.begin(await steps.viewer_of(person), members)


async def listed(steps, group_id, person="mother"):
    listing = await group_actions.find_bundles(await steps.viewer_of(person), group_id)
    return [bundle for _, found in listing.days for bundle in found]


def hold_of(group_id, bundle):
    return HoldBundle(group_id=group_id, starts_at=bundle.start, arrangement=bundle.arrangement)


async def held(steps, nth=0, **how):
    opened = await group(steps, **how)
    bundle = (await listed(steps, opened.id))[nth]
    await group_actions.hold(await steps.viewer_of("mother"), hold_of(opened.id, bundle))
    return opened, bundle


async def booked(steps, **how):
    opened, bundle = await held(steps, **how)
    return opened, await group_actions.book(await steps.viewer_of("mother"), opened.id), bundle


def versions(found):
    return {one.id: one.version for one in found}


async def test_two_children_come_together(steps, database):
    opened, found, bundle = await booked(steps)
    assert [(one.patient_id, one.starts_at, one.practitioner_id) for one in found] == [
        (place.patient_id, place.slot.start, place.slot.practitioner_id) for place in bundle.places
    ]
    assert {one.group_id for one in found} == {opened.id}
    assert await database.fetchval("select count(*) from hold") == 0
    names = [row["name"] for row in await database.fetch("select name from outbox_event")]
    assert names == ["AppointmentBooked"] * 2


async def test_the_first_suggestion_is_the_shortest_presence(steps):
    opened = await group(steps)
    listing = await group_actions.find_bundles(await steps.viewer_of("mother"), opened.id)
    every = [bundle for _, found in listing.days for bundle in found]
    first = listing.suggestions[0].bundle
    assert first.presence == min(bundle.presence for bundle in every)
    assert len({each.bundle.start for each in listing.suggestions}) == 3
    assert len({bundle.start for bundle in every}) == len(every)


async def test_confirming_twice_gives_the_same_visits(steps, database):
    opened, found, _ = await booked(steps)
    again = await group_actions.book(await steps.viewer_of("mother"), opened.id)
    assert again == found
    assert await database.fetchval("select count(*) from appointment") == 2


async def test_two_taps_at_once_book_once(steps, database):
    opened, _ = await held(steps)
    viewer = await steps.viewer_of("mother")
    first, second = await asyncio.gather(*(group_actions.book(viewer, opened.id) for _ in range(2)))
    assert first == second
    assert await database.fetchval("select count(*) from appointment") == 2


async def test_when_one_place_is_gone_nothing_is_held_and_three_others_are_named(steps, database):
    opened = await group(steps)
    bundle = next(one for one in await listed(steps, opened.id) if one.arrangement is Arrangement.CONSECUTIVE)
    # Every practitioner who could see the second child then has somebody else.
    taken = bundle.places[1].slot
    await database.execute(
        """
        insert into resource_use (id, resource_id, starts_at, ends_at)
        select gen_random_uuid(), id, $1, $2 from resource where kind = 'practitioner'
        """,
        taken.start,
        taken.end,
    )
    with pytest.raises(BundleTaken) as refused:
        await group_actions.hold(await steps.viewer_of("mother"), hold_of(opened.id, bundle))
    assert len({one.start for one in refused.value.others}) == 3
    assert await database.fetchval("select count(*) from hold") == 0


async def test_a_place_that_is_lost_before_the_lock_takes_the_whole_bundle_elsewhere(steps, database):
    """Two families and single patients want the same hour: whoever gets it gets it whole."""
    mine, theirs = await group(steps), await group(steps, ("outsider", "outsider_child"), "outsider")
    bundle = (await listed(steps, mine.id))[0]
    lone = await steps.decided("elder", "elder")
    slot = bundle.places[0].slot
    single = Hold(triage_id=lone, practitioner_id=slot.practitioner_id, starts_at=slot.start)
    outcomes = await asyncio.gather(
        group_actions.hold(await steps.viewer_of("mother"), hold_of(mine.id, bundle)),
        group_actions.hold(await steps.viewer_of("outsider"), hold_of(theirs.id, bundle)),
        actions.hold(await steps.viewer_of("elder"), single),
        return_exceptions=True,
    )
    assert any(not isinstance(outcome, Exception) for outcome in outcomes)
    for opened in (mine, theirs):
        count = await database.fetchval("select count(*) from hold where group_id = $1", opened.id)
        assert count in (0, 2)


async def test_a_hold_of_a_group_is_not_booked_alone(steps):
    opened, _ = await held(steps)
    viewer = await steps.viewer_of("mother")
    first, _ = await group_actions.read_holds(viewer, opened.id)
    with pytest.raises(BookTogether):
        await actions.book(viewer, Book(hold_id=first.id))


async def test_after_ten_minutes_nothing_of_it_is_left(steps, clock, database):
    opened, _ = await held(steps)
    await clock.forward(minutes=11)
    viewer = await steps.viewer_of("mother")
    with pytest.raises(HoldExpired):
        await group_actions.read_holds(viewer, opened.id)
    with pytest.raises(HoldExpired):
        await group_actions.book(viewer, opened.id)
    assert await database.fetchval("select count(*) from appointment") == 0


async def test_a_new_hold_replaces_the_whole_bundle(steps, database):
    opened, _ = await held(steps)
    single = await steps.decided("mother", "mother")
    await steps.held((await steps.slots(single))[-1], single)
    with pytest.raises(HoldExpired):
        await group_actions.read_holds(await steps.viewer_of("mother"), opened.id)
    open_holds = "select count(*) from hold where expires_at > business_now()"
    assert await database.fetchval(open_holds) == 1


async def test_the_other_parent_waits_until_the_hold_ends(steps, clock):
    await held(steps)
    father = await steps.viewer_of("father")
    triage_id = await steps.decided("father", "daughter")
    slot = (await steps.slots(triage_id, "father"))[-1]
    wanted = Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=slot.start)
    with pytest.raises(HeldByOther):
        await actions.hold(father, wanted)
    await clock.forward(minutes=11)
    assert (await actions.hold(father, wanted)).patient_id == steps.cast["daughter"].patient_id


async def test_they_move_together_and_their_old_places_are_free(steps, database):
    opened, found, _ = await booked(steps)
    viewer = await steps.viewer_of("mother")
    listing = await group_actions.find_bundles_to_move(viewer, opened.id)
    bundle = listing.days[-1][1][-1]
    wanted = MoveTogether(versions=versions(found), starts_at=bundle.start, arrangement=bundle.arrangement)
    moved = await group_actions.move(viewer, opened.id, wanted)
    assert {one.version for one in moved} == {2}
    assert moved[0].starts_at == bundle.start
    assert await group_actions.move(viewer, opened.id, wanted) == moved
    starts = await database.fetch("select distinct starts_at from resource_use")
    assert {row["starts_at"] for row in starts} == {one.starts_at for one in moved}


async def test_they_move_onto_a_time_that_overlaps_their_own(steps):
    opened, found, bundle = await booked(steps)
    viewer = await steps.viewer_of("mother")
    listing = await group_actions.find_bundles_to_move(viewer, opened.id)
    own = (bundle.start, bundle.end)
    over = next(
        one
        for _, day in listing.days
        for one in day
        if one.start < own[1] and own[0] < one.end and one.start != own[0]
    )
    wanted = MoveTogether(versions=versions(found), starts_at=over.start, arrangement=over.arrangement)
    moved = await group_actions.move(viewer, opened.id, wanted)
    assert moved[0].starts_at == over.start


async def test_without_places_for_all_everybody_stays(steps, database):
    opened, found, bundle = await booked(steps)
    viewer = await steps.viewer_of("mother")
    later = bundle.start + timedelta(hours=2)
    await database.execute(
        """
        insert into resource_use (id, resource_id, starts_at, ends_at)
        select gen_random_uuid(), id, $1, $2 from resource where kind = 'chair'
        """,
        later,
        later + timedelta(hours=1),
    )
    wanted = MoveTogether(versions=versions(found), starts_at=later, arrangement=bundle.arrangement)
    with pytest.raises(BundleTaken):
        await group_actions.move(viewer, opened.id, wanted)
    assert await group_actions.book(viewer, opened.id) == found


async def test_they_are_cancelled_together_or_one_by_one(steps, database):
    opened, found, _ = await booked(steps)
    viewer = await steps.viewer_of("mother")
    first, second = found
    await actions.cancel(viewer.actor, Cancel(appointment_id=first.id, version=1))
    with pytest.raises(ChangedMeanwhile):
        await group_actions.cancel(viewer, opened.id, versions(found), None)
    await group_actions.cancel(viewer, opened.id, versions([second]), None)
    left = await group_actions.book(viewer, opened.id)
    assert {one.status for one in left} == {Status.CANCELLED}
    assert await database.fetchval("select count(*) from resource_use") == 0


async def test_both_parents_confirm_and_the_other_families_see_nothing(steps):
    opened, found, _ = await booked(steps)
    await group_actions.confirm(await steps.viewer_of("father"), opened.id, versions(found))
    after = await group_actions.book(await steps.viewer_of("mother"), opened.id)
    assert all(one.confirmed_at for one in after)
    with pytest.raises(NotFound):
        await group_actions.confirm(await steps.viewer_of("outsider"), opened.id, versions(found))


async def test_a_group_has_two_to_four_people_for_whom_one_may_book(steps, cast):
    mother = await steps.viewer_of("mother")
    one = Member(patient_id=cast["daughter"].patient_id)
    for members in ([one], [one, one], [one] * 5):
        with pytest.raises(NotTogether):
            await party_actions.begin(mother, members)
    with pytest.raises(NotFound):
        await party_actions.begin(mother, [one, Member(patient_id=cast["outsider_child"].patient_id)])
    with pytest.raises((CannotBook, NotFound)):
        helper = await steps.viewer_of("helper")
        await party_actions.begin(helper, [one, Member(patient_id=cast["elder"].patient_id)])


async def test_of_a_group_that_came_to_nothing_nothing_is_kept(steps, clock, database):
    opened = await group(steps)
    await booked(steps, care="CTRL")
    assert await jobs.forget_groups() == 0
    await clock.forward(days=1, minutes=1)
    assert await jobs.forget_groups() == 1
    left = await database.fetch("select id from booking_group")
    assert opened.id not in {row["id"] for row in left}
    assert len(left) == 1
