"""Loading and storing the practice as one value.

Every listing of slots needs the whole of it and it changes a few times a year, so each process keeps it
for `KEPT_SECONDS`: a change made elsewhere is seen that much later, which is sooner than anybody walks
from the desk to a phone. Whoever changes it in this process sees it at once (`save_practice` forgets).
"""

from collections.abc import Iterable
from time import monotonic
from uuid import UUID

import msgspec

from backend.kit import db
from backend.kit.ids import new_id
from backend.practice.model import (
    DEFAULT_LENGTHENINGS,
    CareMinutes,
    CareType,
    Closure,
    EmergencyPlace,
    Lengthening,
    Opening,
    Practice,
    Practitioner,
    Resource,
    ResourceKind,
    Site,
)

KEPT_SECONDS = 5.0
_kept: list[tuple[float, Practice]] = []

_RESOURCES = "select id, kind, name, site_id, code from resource where active = $1 order by id"
_PRACTITIONERS = """
select p.id, p.display_name, p.short_name, p.skills, p.chair_ids
from practitioner p join resource r on r.id = p.id where r.active = $1 order by p.id
"""
_OPENINGS = """
select o.resource_id, o.weekday, o.starts, o.ends, o.weeks, o.only_on, o.valid_from, o.valid_until, o.school
from opening_hours o join resource r on r.id = o.resource_id where r.active
order by o.resource_id, o.weekday, o.starts, o.only_on, o.valid_from, o.weeks, o.school
"""
_EMERGENCY_PLACES = """
select e.practitioner_id, e.weekday, e.starts, e.minutes
from emergency_place e join resource r on r.id = e.practitioner_id where r.active
order by e.practitioner_id, e.weekday, e.starts, e.minutes
"""
_CARE_MINUTES = """
select c.practitioner_id, c.care_key, c.minutes
from practitioner_care c join resource r on r.id = c.practitioner_id where r.active
order by c.practitioner_id, c.care_key
"""
_CLOSURES = """
select site_id, resource_id, starts_at, ends_at, reason from closure
where ends_at > business_now() - interval '1 day' order by starts_at, id
"""


async def load_practice() -> Practice:
    """The practice, at most `KEPT_SECONDS` old: with its closures that are not over."""
    if _kept and monotonic() - _kept[0][0] < KEPT_SECONDS:
        return _kept[0][1]
    practice = await _read()
    if _kept and _kept[0][1] == practice:
        # The same object again: what others computed from it (opening masks) stays good.
        practice = _kept[0][1]
    _kept[:] = [(monotonic(), practice)]
    return practice


async def default_site() -> Site:
    """The practice's oldest site, for what belongs to no appointment: the frame of a page, a phone number."""
    return (await load_practice()).sites[0]


async def read_practice_anew() -> Practice:
    """The practice as it is stored at this moment, for those who are about to change it."""
    forget_practice()
    return await load_practice()


def forget_practice() -> None:
    """Read it anew next time."""
    _kept.clear()


def forget_when_committed() -> None:
    """The same once this transaction has ended: until then others read, and keep, what stood before."""

    async def forget() -> None:
        forget_practice()

    db.after_commit(forget)


async def lock_practice() -> None:
    """Let nobody else change the practice until this transaction ends."""
    await db.execute("lock table site in share row exclusive mode")


async def save_practice(practice: Practice) -> None:
    """Make the stored practice equal to this one.

    Sites, resources and care types are added or changed; a resource that is missing here becomes inactive,
    because past appointments speak of it. Opening hours, closures, emergency places and the minutes of
    single practitioners are replaced.
    """
    async with db.transaction():
        await _save_sites(practice)
        await _save_resources(practice)
        await _save_practitioners(practice)
        await save_care_types(practice.care_types)
        await save_lengthenings(practice.lengthenings)
        await _replace_hours(practice)
        await _replace_emergency_places(practice)
        await _replace_care_minutes(practice)
    forget_practice()


async def save_care_minutes(practitioner_id: UUID, care_key: str, minutes: int | None) -> None:
    """Let a care take that long with one practitioner; None: as long as the care type says.

    In a transaction that has locked the practice. Call `forget_practice` once it has ended.
    """
    await db.execute(
        "delete from practitioner_care where practitioner_id = $1 and care_key = $2",
        practitioner_id,
        care_key,
    )
    if minutes is not None:
        row = CareMinutes(practitioner_id=practitioner_id, care_key=care_key, minutes=minutes)
        await _add_care_minutes([row])


async def _read() -> Practice:
    sites = await db.fetch(
        "select id, name, phone, address, zone, country, subdivision, school_zone, keeps_public_holidays "
        "from site order by id"
    )
    care_types = await db.fetch(f"select {', '.join(CareType.__struct_fields__)} from care_type order by key")
    return Practice(
        sites=tuple(db.to_structs(Site, sites)),
        resources=tuple(db.to_structs(Resource, await db.fetch(_RESOURCES, True))),
        practitioners=tuple(db.to_structs(Practitioner, await db.fetch(_PRACTITIONERS, True))),
        care_types=tuple(db.to_structs(CareType, care_types)),
        openings=tuple(db.to_structs(Opening, await db.fetch(_OPENINGS))),
        closures=tuple(db.to_structs(Closure, await db.fetch(_CLOSURES))),
        emergency_places=tuple(db.to_structs(EmergencyPlace, await db.fetch(_EMERGENCY_PLACES))),
        care_minutes=tuple(db.to_structs(CareMinutes, await db.fetch(_CARE_MINUTES))),
        lengthenings=await _lengthenings(),
        former_resources=tuple(db.to_structs(Resource, await db.fetch(_RESOURCES, False))),
        former_practitioners=tuple(db.to_structs(Practitioner, await db.fetch(_PRACTITIONERS, False))),
    )


async def _lengthenings() -> tuple[Lengthening, ...]:
    """One for each modifier: the practice's own, or the default."""
    rows = await db.fetch("select modifier, percent, at_least, minutes from lengthening")
    own = {one.modifier: one for one in db.to_structs(Lengthening, rows)}
    return tuple(own.get(one.modifier, one) for one in DEFAULT_LENGTHENINGS)


async def _save_sites(practice: Practice) -> None:
    await db.execute_many(
        """
        insert into site
          (id, name, phone, address, zone, country, subdivision, school_zone, keeps_public_holidays)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (id) do update set name = excluded.name, phone = excluded.phone,
          address = excluded.address, zone = excluded.zone, country = excluded.country,
          subdivision = excluded.subdivision, school_zone = excluded.school_zone,
          keeps_public_holidays = excluded.keeps_public_holidays
        """,
        [
            (
                *(site.id, site.name, site.phone, site.address, site.zone),
                *(site.country, site.subdivision, site.school_zone, site.keeps_public_holidays),
            )
            for site in practice.sites
        ],
    )


async def _save_resources(practice: Practice) -> None:
    await db.execute(
        "update resource set active = false where not (id = any($1))",
        [resource.id for resource in practice.resources],
    )
    await db.execute_many(
        """
        insert into resource (id, site_id, kind, name, code, active) values ($1, $2, $3, $4, $5, true)
        on conflict (id) do update set site_id = excluded.site_id, kind = excluded.kind,
          name = excluded.name, code = excluded.code, active = true
        """,
        [(each.id, each.site_id, each.kind, each.name, each.code) for each in practice.resources],
    )


async def _save_practitioners(practice: Practice) -> None:
    people = {each.id for each in practice.resources if each.kind is ResourceKind.PRACTITIONER}
    assert all(each.id in people for each in practice.practitioners), "a practitioner without a resource"
    await db.execute_many(
        """
        insert into practitioner (id, display_name, short_name, skills, chair_ids)
        values ($1, $2, $3, $4, $5)
        on conflict (id) do update set display_name = excluded.display_name,
          short_name = excluded.short_name, skills = excluded.skills, chair_ids = excluded.chair_ids
        """,
        [
            (each.id, each.display_name, each.short_name, each.skills, each.chair_ids)
            for each in practice.practitioners
        ],
    )


async def save_care_types(care_types: Iterable[CareType]) -> None:
    """Add these or change them; others stay."""
    names = CareType.__struct_fields__
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != "key")
    await db.execute_many(
        f"insert into care_type ({', '.join(names)}) values ({places}) "
        f"on conflict (key) do update set {changes}",
        [tuple(getattr(care, name) for name in names) for care in care_types],
    )


async def save_lengthenings(lengthenings: Iterable[Lengthening]) -> None:
    """Store the values of these modifiers."""
    await db.execute_many(
        """
        insert into lengthening (modifier, percent, at_least, minutes) values ($1, $2, $3, $4)
        on conflict (modifier) do update set percent = excluded.percent, at_least = excluded.at_least,
          minutes = excluded.minutes
        """,
        [msgspec.structs.astuple(one) for one in lengthenings],
    )


async def _replace_hours(practice: Practice) -> None:
    await db.execute("delete from opening_hours")
    await db.execute_many(
        """
        insert into opening_hours
          (id, resource_id, weekday, starts, ends, weeks, only_on, valid_from, valid_until, school)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        [
            (
                *(new_id(), each.resource_id, each.weekday, each.starts, each.ends, each.weeks),
                *(each.only_on, each.valid_from, each.valid_until, each.school),
            )
            for each in practice.openings
        ],
    )
    await db.execute("delete from closure")
    await db.execute_many(
        """
        insert into closure (id, site_id, resource_id, starts_at, ends_at, reason)
        values ($1, $2, $3, $4, $5, $6)
        """,
        [
            (new_id(), each.site_id, each.resource_id, each.starts_at, each.ends_at, each.reason)
            for each in practice.closures
        ],
    )


async def _replace_emergency_places(practice: Practice) -> None:
    await db.execute("delete from emergency_place")
    await db.execute_many(
        "insert into emergency_place (id, practitioner_id, weekday, starts, minutes) "
        "values ($1, $2, $3, $4, $5)",
        [
            (new_id(), each.practitioner_id, each.weekday, each.starts, each.minutes)
            for each in practice.emergency_places
        ],
    )


async def _replace_care_minutes(practice: Practice) -> None:
    await db.execute("delete from practitioner_care")
    await _add_care_minutes(practice.care_minutes)


async def _add_care_minutes(rows: Iterable[CareMinutes]) -> None:
    await db.execute_many(
        "insert into practitioner_care (id, practitioner_id, care_key, minutes) values ($1, $2, $3, $4)",
        [(new_id(), each.practitioner_id, each.care_key, each.minutes) for each in rows],
    )
