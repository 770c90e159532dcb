"""What the owner's pages about care print. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t
from backend.practice.change_repository import Edit
from backend.practice.defaults import SKILLS
from backend.practice.model import CareType, FirstVisit, Lengthening, Practice, ResourceKind
from backend.practice.plans import Lengthenings

S = TypeVar("S")
_MINUTES = ("minutes", "buffer", "at_least")
_TEXTS = ("instructions_fr", "to_know_fr")
_GROUPS = ("emergency", "first", "ebd", "surgery", "ortho", "usual", "retired")


class Option(msgspec.Struct, frozen=True):
    """One of several to choose from."""

    value: str
    label: str
    hint: str = ""


class CareLine(msgspec.Struct, frozen=True):
    """A care type in the list; `nobody` when no practitioner of the practice can give it."""

    key: str
    name: str
    detail: str
    nobody: bool
    online: bool
    waiting: bool


class CareGroup(msgspec.Struct, frozen=True):
    """Care types that belong together."""

    id: str
    title: str
    lines: list[CareLine]


class CareListView(msgspec.Struct, frozen=True):
    """The page of all care types."""

    groups: list[CareGroup]


class EditView(msgspec.Struct, frozen=True):
    """A change in the history; `can_go_back` where something stood before it."""

    id: UUID
    when: str
    who: str
    lines: list[str]
    can_go_back: bool


class Faster(msgspec.Struct, frozen=True):
    """Somebody changed it meanwhile: who, and what now stands where something else was typed."""

    sentence: str
    lines: list[str]


class CareView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one care type, or of a new one (`key` empty)."""

    key: str
    title: str
    known: dict[str, Any]
    skills: list[Option]
    machines: list[Option]
    practitioners: list[Option]
    sources: list[Option]
    first_visits: list[Option]
    signers: list[Option]
    own_minutes: list[str]
    stamp: str
    retired: bool
    waiting: bool
    differs: list[str]
    is_proposed: bool
    history: list[EditView]
    form: FormErrors | None
    faster: Faster | None
    done: bool


class ValueView(msgspec.Struct, frozen=True):
    """A modifier with its three fields."""

    key: str
    name: str
    percent: int
    at_least: int
    minutes: int


class LengtheningsView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of the modifiers' values."""

    values: list[ValueView]
    stamp: str
    differs: list[str]
    history: list[EditView]
    form: FormErrors | None
    faster: Faster | None
    done: bool


def care_list(practice: Practice, locale: str) -> CareListView:
    """Every care type, in groups."""
    groups: dict[str, list[CareLine]] = {name: [] for name in _GROUPS}
    for care in sorted(practice.care_types, key=lambda one: one.name(locale).casefold()):
        groups[_group(care)].append(_line(care, practice, locale))
    titles = {name: t(locale, f"practice.group_{name}") for name in _GROUPS}
    return CareListView([CareGroup(name, titles[name], lines) for name, lines in groups.items() if lines])


def _group(care: CareType) -> str:
    belongs = {
        "retired": care.retired,
        "emergency": care.is_emergency,
        "first": care.is_first_consultation,
        "ebd": care.is_ebd,
        "surgery": care.is_surgery,
        "ortho": care.skills == ("ORTHO",),
    }
    return next((name for name, it_does in belongs.items() if it_does), "usual")


def _line(care: CareType, practice: Practice, locale: str) -> CareLine:
    who = givers(care, practice)
    parts = [t(locale, "practice.line_minutes", minutes=care.minutes, buffer=care.buffer)]
    parts.append(", ".join(who) if who else t(locale, "practice.nobody"))
    if care.machines:
        parts.append(", ".join(care.machines))
    online = care.bookable_online and not care.retired
    parts.append(t(locale, "practice.online" if online else "practice.not_online"))
    return CareLine(care.key, care.name(locale), " · ".join(parts), not who, online, waits(care))


def givers(care: CareType, practice: Practice) -> list[str]:
    """Who of the practice can give that care."""
    return [one.short_name for one in practice.practitioners if practice.gives(one, care)]


def waits(care: CareType) -> bool:
    """Whether a dentist has yet to approve what patients read about it."""
    return care.texts_signed_by is None and any(getattr(care, name) for name in _TEXTS)


def skill_options(practice: Practice, locale: str) -> list[Option]:
    """Every skill, with those of the practice who have it."""
    return [
        Option(
            code,
            t(locale, f"practice.skill_{code}"),
            ", ".join(one.short_name for one in practice.practitioners if code in one.skills)
            or t(locale, "practice.nobody"),
        )
        for code in sorted(SKILLS)
    ]


def own_minutes(practice: Practice, key: str, locale: str) -> list[str]:
    """With whom that care takes other minutes: 'Avec Dre Roux : 25 min'."""
    return [
        t(locale, "practice.own_minutes", who=practice.practitioner(who).short_name, minutes=minutes)
        for who, minutes in practice.own_minutes(key).items()
    ]


def machine_codes(practice: Practice, care: CareType | None) -> list[str]:
    """The machines of the practice, and those that the care asks for all the same."""
    there = {one.code for one in practice.resources if one.kind is ResourceKind.MACHINE}
    return sorted(there | set(care.machines if care else ()))


def giver_skills(practice: Practice, care: CareType | None) -> dict[str, set[str]]:
    """The practitioners by code with their skills, and those whom the care names though they have left."""
    found: dict[str, set[str]] = {}
    for one in practice.practitioners:
        found.setdefault(practice.resource(one.id).code, set()).update(one.skills)
    if care is not None:
        for code in care.practitioners:
            found.setdefault(code, set(care.skills))
    return found


def giver_options(practice: Practice, care: CareType | None) -> list[Option]:
    """The same to choose from, each by name."""
    names = {practice.resource(one.id).code: one.short_name for one in practice.practitioners}
    return [Option(code, names.get(code, code)) for code in giver_skills(practice, care)]


def signers(practice: Practice, care: CareType | None) -> list[str]:
    """The dentists who may have approved the texts, those who did before they left among them."""
    names = [one.display_name for one in practice.practitioners]
    signed = care.texts_signed_by if care else None
    return [*names, signed] if signed and signed not in names else names


def history_views(edits: Iterable[Edit], kind: type[S], site_zone: str, locale: str) -> list[EditView]:
    """The history in words, the newest change first."""
    return [
        EditView(
            one.id,
            when_words(one, site_zone, locale),
            one.who or t(locale, "practice.by_file"),
            list(differences(one.state_before(kind), one.state_after(kind), locale))
            or [t(locale, "practice.added")],
            one.before is not None,
        )
        for one in edits
    ]


def when_words(edit: Edit, zone: str, locale: str) -> str:
    """'3 mars 2026 à 9 h 30'."""
    day = dates.date_and_year(dates.local(edit.changed_at, zone).date(), locale)
    return t(locale, "practice.at", day=day, hour=dates.hour(edit.changed_at, zone, locale))


def differences(before: Any, after: Any, locale: str) -> Iterator[str]:
    """'Durée : 20 min → 25 min', a line for each field that differs; none where it is new."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        known = {one.modifier: one for one in before}
        for one in after:
            name = t(locale, f"practice.name_{one.modifier}")
            yield from (f"{name}, {line}" for line in _fields(known[one.modifier], one, locale))
    elif before is not None:
        yield from _fields(before, after, locale)


def _fields(before: CareType | Lengthening, after: CareType | Lengthening, locale: str) -> Iterator[str]:
    for field in before.__struct_fields__:
        was, now = getattr(before, field), getattr(after, field)
        added = field == "minutes" and isinstance(before, Lengthening)
        if was != now:
            yield t(
                locale,
                "practice.change",
                field=t(locale, f"practice.field_{'added' if added else field}"),
                before=said(field, was, locale),
                after=said(field, now, locale),
            )


def said(field: str, value: object, locale: str) -> str:
    """The value of a field in words."""
    if isinstance(value, bool):
        return t(locale, "practice.yes" if value else "practice.no")
    if value in (None, ()):
        return t(locale, "practice.nothing")
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if field in _MINUTES:
        return t(locale, "practice.so_many_minutes", minutes=value)
    if isinstance(value, FirstVisit):
        return t(locale, f"practice.first_visit_{value}")
    return f"{value} %" if field == "percent" else str(value)


def faster(who: str | None, typed: object, now: object, locale: str) -> Faster:
    """What to tell whoever comes second: `typed` is None where what they typed cannot be read."""
    sentence = t(locale, "practice.faster", who=who or t(locale, "practice.by_file"))
    return Faster(sentence, [] if typed is None else list(differences(now, typed, locale)))


def value_views(values: Lengthenings, locale: str) -> list[ValueView]:
    """The modifiers in their order."""
    return [
        ValueView(
            one.modifier, t(locale, f"practice.name_{one.modifier}"), one.percent, one.at_least, one.minutes
        )
        for one in values
    ]
