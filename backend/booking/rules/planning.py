"""From a visit that has no place yet to what is looked for: which days, which length, which candidates."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.booking.model import (
    Appointment,
    Duration,
    Filters,
    FreeSlot,
    OwnMinutes,
    PartOfDay,
    PlannedVisit,
    SlotQuery,
)
from backend.booking.rules.changes import NotOffered, Window, held_until
from backend.booking.rules.durations import LONGEST, STEP, adjusted, duration, modifiers_for
from backend.booking.rules.gaps import shortest_usual
from backend.booking.rules.needs import need_of
from backend.booking.rules.slots import Calendar, Candidate, Need, each_start_once, nearest
from backend.booking.rules.suggestions import may_be_tidy
from backend.families.model import Patient
from backend.kit.days import runs_of_one_age
from backend.practice.model import CareType, Modifier, Practice

LIST_STEP = 30
MOST_OTHERS = 3
_REACHES = (timedelta(hours=3), timedelta(days=2), timedelta(days=365))
_PARTS = {
    PartOfDay.MORNING: (time(0), time(12)),
    PartOfDay.AFTERNOON: (time(12), time(17)),
    PartOfDay.EVENING: (time(17), time.max),
}


def duration_on(
    practice: Practice, visit: PlannedVisit, day: date, practitioner_id: UUID | None = None
) -> Duration:
    """How long the visit takes on that day with that practitioner: the age counts on the day itself.

    Without a practitioner it takes as long as the care type says.
    """
    modifiers = modifiers_for(visit.care, visit.birth_date, day, visit.declared, visit.first_visit)
    own = own_minutes(practice, visit.care, practitioner_id)
    planned = duration(visit.care, modifiers, visit.lengthenings, own)
    if not visit.desk_minutes:
        return planned
    return adjusted(planned, min(max(planned.minutes + visit.desk_minutes, STEP), LONGEST))


def own_minutes(practice: Practice, care: CareType, practitioner_id: UUID | None) -> OwnMinutes | None:
    """A practitioner's own minutes for a care; None where the care type's hold."""
    minutes = practice.own_minutes(care.key).get(practitioner_id) if practitioner_id else None
    if minutes is None or practitioner_id is None:
        return None
    return OwnMinutes(minutes, practice.practitioner(practitioner_id).short_name)


def visit_to_move(appointment: Appointment, patient: Patient, care: CareType, limits: Window) -> PlannedVisit:
    """The visit of an appointment that is to have another place: what made it longer still does."""
    modifiers = appointment.duration.modifiers
    return PlannedVisit(
        patient_id=patient.id,
        given_name=patient.given_name,
        birth_date=patient.birth_date,
        care=care,
        urgency=appointment.urgency,
        declared=modifiers,
        first_visit=Modifier.FIRST_VISIT in modifiers,
        earliest=limits.earliest,
        latest=limits.latest,
        usual_practitioner_id=appointment.practitioner_id,
        desk_minutes=_desk_minutes(appointment),
        now_at=(appointment.starts_at, appointment.practitioner_id),
    )


def needs_over(
    practice: Practice, visit: PlannedVisit, first_day: date, days: int, zone: ZoneInfo, filters: Filters
) -> list[Need]:
    """What to look for in a run of days: one need for each length that the visit has in it.

    A child's sixth birthday among the days makes two, and so do practitioners with minutes of their own.
    """
    found = [
        need
        for who in _alike(practice, visit.care, filters.practitioner_id)
        for need in _needs_with(practice, visit, who, filters.site_id, first_day, days, zone)
    ]
    return [need for need in found if need.candidates] or found


def free_places(calendar: Calendar, needs: Sequence[Need], visit: PlannedVisit) -> list[FreeSlot]:
    """One place for each start that is free, by start: the usual practitioner's, else the first need's."""
    usual = visit.usual_practitioner_id
    found: dict[datetime, FreeSlot] = {}
    for need in needs:
        for slot in each_start_once(calendar, need, usual, visit.now_at):
            if slot.start not in found or slot.practitioner_id == usual:
                found[slot.start] = slot
    return [found[start] for start in sorted(found)]


def nearest_places(
    calendar: Calendar, needs: Sequence[Need], visit: PlannedVisit, wanted: datetime
) -> list[FreeSlot]:
    """The three free places nearest to a wanted start, by start: `nearest` of `free_places`.

    Looks near first: what lies farther than three that were found is not nearer.
    """
    found: list[FreeSlot] = []
    for reach in _REACHES:
        near = [
            msgspec.structs.replace(
                need, earliest=max(need.earliest, wanted - reach), latest=min(need.latest, wanted + reach)
            )
            for need in needs
        ]
        found = nearest(free_places(calendar, near, visit), wanted, MOST_OTHERS)
        if len(found) == MOST_OTHERS:
            break
    return found


def _alike(practice: Practice, care: CareType, only: UUID | None) -> list[tuple[UUID, ...] | None]:
    """The practitioners in groups for whom the care takes as long; None is everybody."""
    if only is not None:
        return [(only,)]
    own = practice.own_minutes(care.key)
    if not own:
        return [None]
    groups: dict[int, list[UUID]] = {}
    for one in practice.practitioners:
        groups.setdefault(own.get(one.id, care.minutes), []).append(one.id)
    return [tuple(group) for group in groups.values()]


def _needs_with(
    practice: Practice,
    visit: PlannedVisit,
    who: tuple[UUID, ...] | None,
    site_id: UUID | None,
    first_day: date,
    days: int,
    zone: ZoneInfo,
) -> Iterator[Need]:
    def planned(run: tuple[date, date]) -> Duration:
        return duration_on(practice, visit, run[0], who[0] if who else None)

    runs = runs_of_one_age(visit.birth_date, first_day, first_day + timedelta(days=days - 1))
    for length, group in groupby(runs, key=planned):
        same = list(group)
        earliest = max(visit.earliest, datetime.combine(same[0][0], time(), zone))
        latest = min(visit.latest, datetime.combine(same[-1][1], time(23, 55), zone))
        query = _query(visit, length, earliest, latest, who, zone, site_id)
        need = need_of(practice, query, step=LIST_STEP)
        yield msgspec.structs.replace(need, least_rest=_least_rest(practice, visit, need))


def _least_rest(practice: Practice, visit: PlannedVisit, need: Need) -> int:
    """How long a rest must be for somebody else to be seen in it; 0 for who is in a hurry."""
    if not may_be_tidy(visit.urgency):
        return 0
    usual = [shortest_usual(practice, one.practitioner_id) for one in need.candidates]
    return min((sum(shortest) for shortest in usual if shortest), default=0)


def need_at(
    practice: Practice, visit: PlannedVisit, starts_at: datetime, practitioner_id: UUID, zone: ZoneInfo
) -> tuple[Need, Duration]:
    """What to look for at one start with one practitioner; NotOffered when there is no such practitioner."""
    if all(practitioner.id != practitioner_id for practitioner in practice.practitioners):
        raise NotOffered
    visit = msgspec.structs.replace(visit, lengthenings=practice.lengthenings)
    planned = duration_on(practice, visit, starts_at.astimezone(zone).date(), practitioner_id)
    query = _query(visit, planned, starts_at, starts_at, (practitioner_id,), zone)
    return need_of(practice, query), planned


def without_chairs(need: Need, chair_ids: Collection[UUID]) -> Need:
    """The same need without some chairs."""
    candidates = (
        msgspec.structs.replace(
            candidate, chair_ids=tuple(chair for chair in candidate.chair_ids if chair not in chair_ids)
        )
        for candidate in need.candidates
    )
    return msgspec.structs.replace(need, candidates=tuple(one for one in candidates if one.chair_ids))


def only_in(need: Need, chair_id: UUID) -> Need:
    """The same need in one chair."""
    candidates = (
        msgspec.structs.replace(candidate, chair_ids=(chair_id,))
        for candidate in need.candidates
        if chair_id in candidate.chair_ids
    )
    return msgspec.structs.replace(need, candidates=tuple(candidates))


def only_at(need: Need, slot: FreeSlot) -> Need:
    """The same need with the very resources of a slot, to check that they are still free."""
    candidate = Candidate(
        practitioner_id=slot.practitioner_id,
        chair_ids=(slot.chair_id,),
        machines=tuple((machine,) for machine in slot.machine_ids),
    )
    return msgspec.structs.replace(need, candidates=(candidate,))


def resources_of(needs: Iterable[Need]) -> set[UUID]:
    """Every resource that could serve."""
    return {
        resource
        for need in needs
        for candidate in need.candidates
        for resource in (candidate.practitioner_id, *candidate.chair_ids, *_flat(candidate.machines))
    }


def fits(slot: FreeSlot, zone: ZoneInfo, filters: Filters) -> bool:
    """Whether a slot passes the filters of day and hour."""
    if filters.weekday is None and filters.part is None:
        return True
    local = slot.start.astimezone(zone)
    if filters.weekday is not None and local.isoweekday() != filters.weekday:
        return False
    if filters.part is None:
        return True
    begins, ends = _PARTS[filters.part]
    return begins <= local.time() < ends


def _query(
    visit: PlannedVisit,
    planned: Duration,
    earliest: datetime,
    latest: datetime,
    who: tuple[UUID, ...] | None,
    zone: ZoneInfo,
    site_id: UUID | None = None,
) -> SlotQuery:
    return SlotQuery(
        care=visit.care,
        minutes=planned.minutes,
        modifiers=planned.modifiers,
        earliest=earliest,
        latest=latest,
        practitioner_ids=who,
        site_id=site_id,
        held_until=held_until(visit.urgency, visit.asked_at, zone) if visit.asked_at else None,
    )


def _flat(groups: Iterable[tuple[UUID, ...]]) -> Iterator[UUID]:
    for group in groups:
        yield from group


def _desk_minutes(appointment: Appointment) -> int:
    return sum(
        line.minutes for line in appointment.duration_lines if line.key.startswith("practice.duration.desk")
    )
