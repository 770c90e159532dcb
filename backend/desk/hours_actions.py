"""Hours and what is booked: which visits a change would leave outside, told before it is stored."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import msgspec

from backend.booking.resource_repository import ComingUse, coming_uses
from backend.identity.model import Viewer
from backend.kit.errors import Refusal
from backend.kit.grid import Span, bits_of, minute, minute_after, origin_of, outer_bits
from backend.practice.model import Practice, Site
from backend.practice.plan_actions import Plan, opening_masks, save_plan


class VisitsChanged(Refusal):
    """Other visits fall outside the hours now than when the page was shown."""

    key: ClassVar[str] = "desk.hours_visits_changed"
    status: ClassVar[int] = 409


class OutsideVisit(msgspec.Struct, frozen=True, order=True):
    """A booked visit that would lie outside the hours."""

    starts_at: datetime
    id: UUID


def site_of(practice: Practice, owner_id: UUID) -> Site:
    """The site itself, or that of a resource; KeyError when there is neither."""
    for site in practice.sites:
        if site.id == owner_id:
            return site
    return practice.site(practice.resource(owner_id).site_id)


async def visits_outside(before: Practice, after: Practice, owner_id: UUID) -> list[OutsideVisit]:
    """Coming visits that lie within the hours before and outside those after, in their order."""
    ids = {one.id for one in after.resources if owner_id in (one.id, one.site_id)}
    uses = await coming_uses(ids)
    if not uses:
        return []
    were, are = (_closed_of(practice, uses, site_of(after, owner_id)) for practice in (before, after))
    return sorted({OutsideVisit(use.visit_starts_at, use.appointment_id) for use in are - were})


def mark_of(visits: Sequence[OutsideVisit]) -> str:
    """A short mark of a list of visits, for the page to send back."""
    return hashlib.sha256(msgspec.json.encode(visits)).hexdigest()[:16] if visits else ""


async def save(viewer: Viewer, owner_id: UUID, plan: Plan, seen: str, shown: str) -> None:
    """Store a plan whose consequences were `shown` (their mark). No visit is cancelled.

    Raises NotFound, PracticeChanged, VisitsChanged.
    """

    async def agreed(before: Practice, after: Practice) -> None:
        if mark_of(await visits_outside(before, after, owner_id)) != shown:
            raise VisitsChanged

    await save_plan(viewer, owner_id, plan, seen, agreed)


def _closed_of(practice: Practice, uses: Sequence[ComingUse], site: Site) -> set[ComingUse]:
    """Those uses that do not lie wholly within the opening hours of what they use."""
    zone = site.timezone
    first = min(use.starts_at for use in uses).astimezone(zone).date()
    days = (max(use.ends_at for use in uses).astimezone(zone).date() - first + timedelta(days=1)).days
    used = {use.resource_id for use in uses}
    only = tuple(one for one in practice.resources if one.id in used)
    masks = opening_masks(msgspec.structs.replace(practice, resources=only), first, days, zone)
    origin, bits = origin_of(first, zone), bits_of(first, days, zone)
    return {
        use
        for use in uses
        if outer_bits(Span(minute(use.starts_at), minute_after(use.ends_at)), origin, bits)
        & ~masks[use.resource_id]
    }
