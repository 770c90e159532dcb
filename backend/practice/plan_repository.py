"""Storing when one person, chair or site is open, without touching the others."""

from uuid import UUID

from backend.kit import db
from backend.kit.ids import new_id
from backend.practice.model import Closure, EmergencyPlace, Opening


async def replace_openings(resource_id: UUID, openings: tuple[Opening, ...]) -> None:
    """These are the openings of that resource from now on."""
    await db.execute("delete from opening_hours where resource_id = $1", resource_id)
    await db.execute_many(
        """
        insert into opening_hours
          (id, resource_id, weekday, starts, ends, weeks, only_on, valid_from, valid_until, school)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        [
            (
                *(new_id(), resource_id, each.weekday, each.starts, each.ends, each.weeks),
                *(each.only_on, each.valid_from, each.valid_until, each.school),
            )
            for each in openings
        ],
    )


async def replace_closures(site_id: UUID, resource_id: UUID | None, closures: tuple[Closure, ...]) -> None:
    """These are the closures of a resource, or of the whole site, that are not over."""
    await db.execute(
        """
        delete from closure where site_id = $1 and resource_id is not distinct from $2
          and ends_at > business_now() - interval '1 day'
        """,
        site_id,
        resource_id,
    )
    await db.execute_many(
        "insert into closure (id, site_id, resource_id, starts_at, ends_at, reason) "
        "values ($1, $2, $3, $4, $5, $6)",
        [(new_id(), site_id, resource_id, each.starts_at, each.ends_at, each.reason) for each in closures],
    )


async def replace_emergency_places(practitioner_id: UUID, places: tuple[EmergencyPlace, ...]) -> None:
    """These are the places that a practitioner keeps back."""
    await db.execute("delete from emergency_place where practitioner_id = $1", practitioner_id)
    await db.execute_many(
        "insert into emergency_place (id, practitioner_id, weekday, starts, minutes) "
        "values ($1, $2, $3, $4, $5)",
        [(new_id(), practitioner_id, each.weekday, each.starts, each.minutes) for each in places],
    )


async def save_site_rules(site_id: UUID, *, keeps_public_holidays: bool, school_zone: str | None) -> None:
    """Whether a site works on public holidays, and whose school holidays it knows."""
    await db.execute(
        "update site set keeps_public_holidays = $2, school_zone = $3 where id = $1",
        site_id,
        keeps_public_holidays,
        school_zone,
    )
