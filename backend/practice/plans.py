"""When one person, chair or site is open, taken out of the practice as one thing and put back. Pure."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

import msgspec

from backend.practice.model import Closure, EmergencyPlace, Lengthening, Opening, Practice

Lengthenings = tuple[Lengthening, ...]
Thing = tuple[str, str]
"""What a history is kept of: a kind and a key."""
CARE, LENGTHENINGS, PLAN = "care", "lengthenings", "plan"
OF_ALL: Thing = (LENGTHENINGS, "")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The openings, closures and kept places of a resource; of a site its closures and what it keeps.

    `keeps_public_holidays` is None for a resource, which follows its site.
    """

    openings: tuple[Opening, ...] = ()
    closures: tuple[Closure, ...] = ()
    emergency_places: tuple[EmergencyPlace, ...] = ()
    keeps_public_holidays: bool | None = None
    school_zone: str | None = None


def stamp(state: object) -> str:
    """A short mark of a state: a page sends back that of what it showed, so that nobody overwrites unseen."""
    return hashlib.sha256(msgspec.json.encode(state)).hexdigest()[:16]


def plan_of(practice: Practice, owner_id: UUID) -> Plan | None:
    """The plan of a resource or site, in a stable order; None where there is no such thing."""
    for site in practice.sites:
        if site.id == owner_id:
            return in_order(
                Plan(
                    closures=_closures(practice, owner_id),
                    keeps_public_holidays=site.keeps_public_holidays,
                    school_zone=site.school_zone,
                )
            )
    if all(one.id != owner_id for one in practice.resources):
        return None
    return in_order(
        Plan(
            openings=tuple(one for one in practice.openings if one.resource_id == owner_id),
            closures=tuple(one for one in practice.closures if one.resource_id == owner_id),
            emergency_places=tuple(
                one for one in practice.emergency_places if one.practitioner_id == owner_id
            ),
        )
    )


def with_plan(practice: Practice, owner_id: UUID, plan: Plan) -> Practice:
    """The practice with that plan instead of the one that the resource or site has."""
    sites = practice.sites
    if plan.keeps_public_holidays is not None:
        rules = {"keeps_public_holidays": plan.keeps_public_holidays, "school_zone": plan.school_zone}
        sites = tuple(
            msgspec.structs.replace(one, **rules) if one.id == owner_id else one for one in practice.sites
        )
        kept = tuple(one for one in practice.closures if (one.site_id, one.resource_id) != (owner_id, None))
    else:
        kept = tuple(one for one in practice.closures if one.resource_id != owner_id)
    others = tuple(one for one in practice.openings if one.resource_id != owner_id)
    places = tuple(one for one in practice.emergency_places if one.practitioner_id != owner_id)
    return msgspec.structs.replace(
        practice,
        sites=sites,
        openings=(*others, *plan.openings),
        closures=(*kept, *plan.closures),
        emergency_places=(*places, *plan.emergency_places),
    )


def _closures(practice: Practice, site_id: UUID) -> tuple[Closure, ...]:
    """Those of the whole site."""
    return tuple(one for one in practice.closures if (one.site_id, one.resource_id) == (site_id, None))


def in_order(plan: Plan) -> Plan:
    """The same, sorted, so that equal plans look equal."""
    return msgspec.structs.replace(
        plan,
        openings=tuple(
            sorted(
                plan.openings,
                key=lambda one: (
                    *(str(one.only_on or ""), one.weekday, one.starts, str(one.valid_from or "")),
                    *(one.weeks, one.school, one.ends, str(one.valid_until or "")),
                ),
            )
        ),
        closures=tuple(sorted(plan.closures, key=lambda one: (one.starts_at, one.ends_at, one.reason))),
        emergency_places=tuple(
            sorted(plan.emergency_places, key=lambda one: (one.weekday, one.starts, one.minutes))
        ),
    )


def changed_things(before: Practice, after: Practice) -> Iterator[tuple[Thing, object, object]]:
    """Everything that a history is kept of and that is not the same: (thing, before or None, after)."""
    known = {care.key: care for care in before.care_types}
    for care in after.care_types:
        if known.get(care.key) != care:
            yield (CARE, care.key), known.get(care.key), care
    if before.lengthenings != after.lengthenings:
        yield OF_ALL, before.lengthenings, after.lengthenings
    for owner_id in (*(one.id for one in after.sites), *(one.id for one in after.resources)):
        was, now = plan_of(before, owner_id), plan_of(after, owner_id)
        if was != now:
            yield (PLAN, str(owner_id)), was, now
