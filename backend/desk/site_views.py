"""Which site the desk looks at, where there are several: day and week are of one, on its own clock."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from backend.kit.errors import NotFound
from backend.practice.model import Practice, Site


class SiteLink(msgspec.Struct, frozen=True):
    """The same page of a site."""

    words: str
    href: str
    chosen: bool


def site_links(practice: Practice, shown: Site, href: Callable[[UUID], str]) -> list[SiteLink]:
    """One for each site; none where there is only one."""
    if len(practice.sites) == 1:
        return []
    return [SiteLink(site.name, href(site.id), site.id == shown.id) for site in practice.sites]


def named(practice: Practice, site: Site) -> UUID | None:
    """The site as addresses name it: not where there is only one."""
    return site.id if len(practice.sites) > 1 else None


def known_site(practice: Practice, site_id: UUID | None) -> Site:
    """The site of that id, the first without one; NotFound when there is no such site."""
    for site in practice.sites:
        if site_id in (None, site.id):
            return site
    raise NotFound


def of_site(practice: Practice, site: Site) -> Practice:
    """The practice with the resources and practitioners of one site alone: what its pages show and offer."""
    here = {one.id for one in practice.resources if one.site_id == site.id}
    return msgspec.structs.replace(
        practice,
        resources=tuple(one for one in practice.resources if one.id in here),
        practitioners=tuple(one for one in practice.practitioners if one.id in here),
    )
