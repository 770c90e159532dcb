"""From a visit that has no place yet to what is looked for: which days, which length, which candidates."""

from collections.abc import Collection, Iterable, Iterator
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
    PartOfDay,
    PlannedVisit,
    SlotQuery,
)
from backend.booking.rules.changes import NotOffered, Window
from backend.booking.rules.durations import LONGEST, STEP, adjusted, duration, modifiers_for
from backend.booking.rules.slots import Candidate, Need, need_of
from backend.families.model import Patient
from backend.kit.days import age_on
from backend.practice.model import CareType, Modifier, Practice

LIST_STEP = 30
_PARTS = {
    PartOfDay.MORNING: (time(0), time(12)),
    PartOfDay.AFTERNOON: (time(12), time(17)),
    PartOfDay.EVENING: (time(17), time.max),
}


def duration_on(visit: PlannedVisit, day: date) -> Duration:
    """How long the visit takes on that day: the age counts on the day itself."""
    modifiers = modifiers_for(visit.care, visit.birth_date, day, visit.declared, visit.first_visit)
    planned = duration(visit.care, modifiers, visit.lengthenings)
    if not visit.desk_minutes:
        return planned
    return adjusted(planned, min(max(planned.minutes + visit.desk_minutes, STEP), LONGEST))


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

    A child's sixth birthday among the days makes two.
    """
    run = (first_day + timedelta(days=number) for number in range(days))
    at_age: dict[int, Duration] = {}

    def planned_on(day: date) -> Duration:
        """The length of a day is that of an age, and worked out once for it."""
        age = age_on(visit.birth_date, day)
        if age not in at_age:
            at_age[age] = duration_on(visit, day)
        return at_age[age]

    needs = []
    for planned, group in groupby(run, key=planned_on):
        same = list(group)
        earliest = max(visit.earliest, datetime.combine(same[0], time(), zone))
        latest = min(visit.latest, datetime.combine(same[-1], time(23, 55), zone))
        query = _query(visit, planned, earliest, latest, filters.practitioner_id)
        needs.append(need_of(practice, query, step=LIST_STEP))
    return needs


def need_at(
    practice: Practice, visit: PlannedVisit, starts_at: datetime, practitioner_id: UUID, zone: ZoneInfo
) -> tuple[Need, Duration]:
    """What to look for at one start with one practitioner; NotOffered when there is no such practitioner."""
    if all(practitioner.id != practitioner_id for practitioner in practice.practitioners):
        raise NotOffered
    visit = msgspec.structs.replace(visit, lengthenings=practice.lengthenings)
    planned = duration_on(visit, starts_at.astimezone(zone).date())
    return need_of(practice, _query(visit, planned, starts_at, starts_at, practitioner_id)), planned


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
    visit: PlannedVisit, planned: Duration, earliest: datetime, latest: datetime, practitioner_id: UUID | None
) -> SlotQuery:
    return SlotQuery(
        care=visit.care,
        minutes=planned.minutes,
        modifiers=planned.modifiers,
        earliest=earliest,
        latest=latest,
        practitioner_ids=None if practitioner_id is None else (practitioner_id,),
        held_until=visit.held_until,
    )


def _flat(groups: Iterable[tuple[UUID, ...]]) -> Iterator[UUID]:
    for group in groups:
        yield from group


def _desk_minutes(appointment: Appointment) -> int:
    return sum(
        line.minutes for line in appointment.duration_lines if line.key.startswith("practice.duration.desk")
    )
