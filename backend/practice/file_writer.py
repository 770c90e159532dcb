"""Writing a practice as a file that `file_reader` reads back to the same practice."""

from collections.abc import Iterator
from datetime import time, timedelta
from uuid import UUID

import msgspec

from backend.kit.toml_text import table
from backend.practice.file_words import SECTIONS, Weekday
from backend.practice.model import (
    CareType,
    Closure,
    Lengthening,
    Practice,
    Resource,
    ResourceKind,
    School,
    Site,
    Weeks,
)

HEAD = """\
# A practice: `quenotte practice load FILE --check` says what would change, and every mistake by its line.
# Hours are local to the site; `closed` days come on top of public holidays. No patient stands here."""


def practice_text(practice: Practice) -> str:
    """The whole practice as TOML: sites, who and what is in them, hours, closures, care types."""
    care = map(_care, practice.care_types)
    return "\n\n".join((HEAD, *_sites(practice), *care, *_lengthenings(practice))) + "\n"


def _sites(practice: Practice) -> Iterator[str]:
    for site in practice.sites:
        entries = {
            **{name: getattr(site, name) for name in ("name", "phone", "address", "zone")},
            "country": site.country if site.country != "FR" else None,
            "subdivision": site.subdivision,
            "school_zone": site.school_zone,
            "keeps_public_holidays": None if site.keeps_public_holidays else False,
            "id": site.id,
            "closed": _closed(practice, site, None),
        }
        yield table(("site",), entries)
        for section, kind in SECTIONS.items():
            for resource in practice.resources:
                if resource.site_id == site.id and resource.kind is kind:
                    yield table(("site", section), _resource(practice, site, resource))


def _resource(practice: Practice, site: Site, resource: Resource) -> dict[str, object]:
    entries: dict[str, object] = {"code": resource.code, "name": resource.name}
    if resource.kind is ResourceKind.PRACTITIONER:
        person = practice.practitioner(resource.id)
        entries |= {
            "display_name": person.display_name,
            "short_name": person.short_name,
            "skills": person.skills,
            "chairs": [practice.resource(chair).code for chair in person.chair_ids],
        }
    return entries | {
        "id": resource.id,
        "hours": _hours(practice, resource),
        "special": _special(practice, resource),
        "emergency": [
            {"on": Weekday.of(place.weekday), "at": place.starts, "minutes": place.minutes}
            for place in practice.emergency_places
            if place.practitioner_id == resource.id
        ],
        "takes": [
            {"care": one.care_key, "minutes": one.minutes}
            for one in practice.care_minutes
            if one.practitioner_id == resource.id
        ],
        "closed": _closed(practice, site, resource.id),
    }


def _hours(practice: Practice, resource: Resource) -> list[dict[str, object]]:
    return [
        {
            "on": Weekday.of(opening.weekday),
            "from": opening.starts,
            "to": opening.ends,
            "weeks": opening.weeks if opening.weeks is not Weeks.ALL else None,
            "valid_from": opening.valid_from,
            "valid_until": opening.valid_until,
            "school": opening.school if opening.school is not School.ANY else None,
        }
        for opening in sorted(practice.openings, key=lambda at: (at.weekday, at.starts))
        if opening.resource_id == resource.id and not opening.only_on
    ]


def _special(practice: Practice, resource: Resource) -> list[dict[str, object]]:
    return [
        {"day": opening.only_on, "from": opening.starts, "to": opening.ends}
        for opening in practice.openings
        if opening.resource_id == resource.id and opening.only_on
    ]


def _closed(practice: Practice, site: Site, resource_id: UUID | None) -> list[dict[str, object]]:
    return [
        {**_span(closure, site), "reason": closure.reason}
        for closure in practice.closures
        if (closure.site_id, closure.resource_id) == (site.id, resource_id)
    ]


def _span(closure: Closure, site: Site) -> dict[str, object]:
    starts, ends = closure.starts_at.astimezone(site.timezone), closure.ends_at.astimezone(site.timezone)
    if starts.time() != time() or ends.time() != time() or starts.date() >= ends.date():
        return {"starts": starts, "ends": ends}
    last = ends.date() - timedelta(days=1)
    return {"day": starts.date(), "last_day": last if last != starts.date() else None}


def _lengthenings(practice: Practice) -> Iterator[str]:
    for one in practice.lengthenings:
        yield table(("lengthening",), _written(one))


def _care(care: CareType) -> str:
    return table(("care",), _written(care))


def _written(thing: CareType | Lengthening) -> dict[str, object]:
    """What is required, and what is not as it would be if it were left out."""
    return {
        field.name: getattr(thing, field.name)
        for field in msgspec.structs.fields(type(thing))
        if field.required or getattr(thing, field.name) != field.default
    }
