"""Where a visit may be: one listing is of one site, and has its zone."""

from collections.abc import Sequence
from uuid import UUID

from backend.booking.model import Filters, PlannedVisit
from backend.booking.rules.changes import NotOffered
from backend.booking.rules.needs import candidates
from backend.kit.errors import NotFound
from backend.practice.model import Practice, Site


def sites_for(practice: Practice, visits: Sequence[PlannedVisit]) -> tuple[Site, ...]:
    """The sites at which the care of every one of these visits can be given, in the practice's order."""
    if len(practice.sites) == 1:
        return practice.sites
    able = [_able(practice, visit) for visit in visits]
    return tuple(site for site in practice.sites if all(site.id in ids for ids in able))


def site_shown(practice: Practice, visits: Sequence[PlannedVisit], filters: Filters) -> Site:
    """The site of a listing: the one asked for, else that of the practitioner asked for, else the first at
    which somebody usually goes there, else the first that can give the care.

    Raises NotFound for a site that the practice does not have.
    """
    if filters.site_id is not None:
        return _of_id(practice, filters.site_id)
    if len(practice.sites) == 1:
        return practice.sites[0]
    able = sites_for(practice, visits) or practice.sites
    if filters.practitioner_id is not None and _is_known(practice, filters.practitioner_id):
        return practice.site_of(filters.practitioner_id)
    for visit in visits:
        if visit.usual_practitioner_id and _is_known(practice, visit.usual_practitioner_id):
            usual = practice.site_of(visit.usual_practitioner_id)
            if usual in able:
                return usual
    return able[0]


def site_of(practice: Practice, practitioner_id: UUID) -> Site:
    """Where a practitioner gives care; NotOffered when there is no such practitioner."""
    if not _is_known(practice, practitioner_id):
        raise NotOffered
    return practice.site_of(practitioner_id)


def _able(practice: Practice, visit: PlannedVisit) -> set[UUID]:
    found = candidates(practice, visit.care, visit.declared)
    return {practice.resource(one.practitioner_id).site_id for one in found if one.chair_ids}


def _is_known(practice: Practice, practitioner_id: UUID) -> bool:
    return any(one.id == practitioner_id for one in practice.practitioners)


def _of_id(practice: Practice, site_id: UUID) -> Site:
    try:
        return practice.site(site_id)
    except KeyError:
        raise NotFound from None
