"""What changed between two states of the practice, in lines that people can read. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from backend.practice.model import (
    Closure,
    Lengthening,
    Opening,
    Practice,
    Practitioner,
    Resource,
    School,
    Site,
    Weeks,
)

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Change(msgspec.Struct, frozen=True):
    """`what` ("care CTRL", "hours of Dre Roux") came, went or changed; `field` where one is meant."""

    what: str
    field: str | None
    before: str | None
    after: str | None

    def __str__(self) -> str:
        """`+ care NEW`, `- chair Fauteuil 2`, `~ care CTRL, minutes: 20 -> 25`."""
        if self.before is None:
            return f"+ {self.what}{f': {self.after}' if self.after else ''}"
        if self.after is None:
            return f"- {self.what}{f': {self.before}' if self.before else ''}"
        return f"~ {self.what}, {self.field}: {self.before} -> {self.after}"


def changes(before: Practice, after: Practice) -> list[Change]:
    """Everything that is not the same, from sites and people to care types, modifiers, hours and closures.

    Care types that are missing in `after` do not count: past visits name them, so they stay.
    """
    found = [
        *_compare("site", _by(before.sites, "id"), _by(after.sites, "id")),
        *_compare("", _by(before.resources, "id"), _by(after.resources, "id")),
        *_compare("practitioner", _by(before.practitioners, "id"), _by(after.practitioners, "id")),
    ]
    kept = {care.key for care in after.care_types}
    old = [care for care in before.care_types if care.key in kept]
    found += _compare("care", _by(old, "key"), _by(after.care_types, "key"))
    values = (_by(before.lengthenings, "modifier"), _by(after.lengthenings, "modifier"))
    found += _compare("lengthening", *values)
    found += _rows("hours of", _openings(before), _openings(after))
    found += _rows("emergency places of", _emergency_places(before), _emergency_places(after))
    found += _rows("minutes of", _care_minutes(before), _care_minutes(after))
    return found + _rows("closed:", _closures(before), _closures(after))


def _by(things: Iterable[msgspec.Struct], name: str) -> dict[object, msgspec.Struct]:
    return {getattr(thing, name): thing for thing in things}


def _compare(
    kind: str, before: Mapping[object, msgspec.Struct], after: Mapping[object, msgspec.Struct]
) -> Iterator[Change]:
    for key in (*before, *(key for key in after if key not in before)):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            there = old or new
            assert there is not None
            yield Change(_name(kind, there), None, *(None if one is None else "" for one in (old, new)))
            continue
        for field in old.__struct_fields__:
            was, now = getattr(old, field), getattr(new, field)
            if was != now:
                yield Change(_name(kind, new), field, _said(was), _said(now))


def _name(kind: str, thing: msgspec.Struct) -> str:
    if isinstance(thing, Resource):
        return f"{thing.kind} {thing.name}"
    if isinstance(thing, Practitioner):
        return f"{kind} {thing.short_name}"
    if isinstance(thing, Lengthening):
        return f"{kind} {thing.modifier}"
    return f"{kind} {thing.name if isinstance(thing, Site) else getattr(thing, 'key', '')}"


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)


def _rows(kind: str, before: list[tuple[str, str]], after: list[tuple[str, str]]) -> list[Change]:
    gone = [Change(f"{kind} {who}", None, what, None) for who, what in before if (who, what) not in after]
    came = [Change(f"{kind} {who}", None, None, what) for who, what in after if (who, what) not in before]
    return gone + came


def _openings(practice: Practice) -> list[tuple[str, str]]:
    names = {resource.id: resource.name for resource in practice.resources}
    return [(names.get(at.resource_id, "somebody"), _opening(at)) for at in practice.openings]


def _opening(at: Opening) -> str:
    span = f"{at.starts:%H:%M}-{at.ends:%H:%M}"
    if at.only_on:
        return f"{at.only_on} {span}"
    limits = (
        f"{at.weeks} weeks" if at.weeks is not Weeks.ALL else None,
        f"from {at.valid_from}" if at.valid_from else None,
        f"until {at.valid_until}" if at.valid_until else None,
        f"school: {at.school}" if at.school is not School.ANY else None,
    )
    return ", ".join((f"{_DAYS[at.weekday - 1]} {span}", *filter(None, limits)))


def _emergency_places(practice: Practice) -> list[tuple[str, str]]:
    names = {resource.id: resource.name for resource in practice.resources}
    return [
        (
            names.get(place.practitioner_id, "somebody"),
            f"{_DAYS[place.weekday - 1]} {place.starts:%H:%M}, {place.minutes} min",
        )
        for place in practice.emergency_places
    ]


def _care_minutes(practice: Practice) -> list[tuple[str, str]]:
    names = {resource.id: resource.name for resource in practice.resources}
    return [
        (names.get(one.practitioner_id, "somebody"), f"{one.care_key}, {one.minutes} min")
        for one in practice.care_minutes
    ]


def _closures(practice: Practice) -> list[tuple[str, str]]:
    return [_closure(practice, closure) for closure in practice.closures]


def _closure(practice: Practice, closure: Closure) -> tuple[str, str]:
    site = practice.site(closure.site_id)
    names = {resource.id: resource.name for resource in practice.resources}
    who = names.get(closure.resource_id, "somebody") if closure.resource_id else site.name
    return who, f"{_local(closure.starts_at, site)} to {_local(closure.ends_at, site)} ({closure.reason})"


def _local(at: datetime, site: Site) -> str:
    return f"{at.astimezone(site.timezone):%Y-%m-%d %H:%M}"
