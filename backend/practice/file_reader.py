"""Reading a practice file. Every mistake is collected and told by its line, with its cure."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from backend.kit.ids import new_id
from backend.kit.toml_lines import Path, line_at, lines_of
from backend.practice.defaults import SKILLS, care_types, cure, wrong
from backend.practice.file_hours import (
    BACKWARDS,
    closed_span,
    emergency_place,
    hours_cure,
    in_order,
    opening,
    special_opening,
)
from backend.practice.file_minutes import Written, care_minutes, givers_cure, minutes_cures
from backend.practice.file_sites import place_cures
from backend.practice.file_words import (
    SECTIONS,
    BrokenPracticeFile,
    Closed,
    Mistake,
    Person,
    Place,
    Thing,
)
from backend.practice.model import (
    DEFAULT_LENGTHENINGS,
    CareType,
    Closure,
    EmergencyPlace,
    Lengthening,
    Modifier,
    Opening,
    Practice,
    Practitioner,
    Resource,
    ResourceKind,
    Site,
)

K = TypeVar("K")
_DEFAULTS = "default_care_types"


def read_practice(text: str, before: Practice | None, today: date) -> Practice:
    """The practice that a file describes, with everything in the order of the ids.

    What bears no id is found in the practice `before` by its code and name, or gets a new one. `today` is
    the day from which relative closures count. Raises BrokenPracticeFile.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise BrokenPracticeFile((Mistake(line, f"this is not TOML: {error}"),)) from error
    reader = _Reader(document, lines_of(text), before, today)
    practice = reader.practice()
    if reader.mistakes:
        raise BrokenPracticeFile(tuple(sorted(set(reader.mistakes))))
    return practice


class _Reader:
    def __init__(
        self, document: dict[str, Any], lines: dict[Path, int], before: Practice | None, today: date
    ) -> None:
        self.document, self.lines, self.before, self.today = document, lines, before or _NOTHING, today
        self.mistakes: list[Mistake] = []
        self.ids: set[UUID] = set()
        self.sites: list[Site] = []
        self.resources: list[Resource] = []
        self.practitioners: list[Practitioner] = []
        self.openings: list[Opening] = []
        self.closures: list[Closure] = []
        self.emergency_places: list[EmergencyPlace] = []
        self.takes: list[Written] = []

    def practice(self) -> Practice:
        self._only(self.document, {"site", "care", "lengthening", _DEFAULTS}, ())
        for path, entry in self._tables(self.document, "site", ()):
            self._site(path, entry)
        if not self.document.get("site"):
            self._wrong((), "no site; write [[site]] with name, phone, address and zone")
        care_types = self._care_types()
        self._check_minutes(care_types)
        return Practice(
            sites=tuple(sorted(self.sites, key=lambda site: site.id)),
            resources=tuple(sorted(self.resources, key=lambda one: one.id)),
            practitioners=tuple(sorted(self.practitioners, key=lambda one: one.id)),
            care_types=care_types,
            openings=tuple(sorted(self.openings, key=in_order)),
            closures=tuple(sorted(self.closures, key=lambda one: one.starts_at)),
            emergency_places=tuple(sorted(self.emergency_places, key=msgspec.structs.astuple)),
            care_minutes=care_minutes(self.takes),
            lengthenings=self._lengthenings(),
        )

    def _site(self, path: Path, entry: dict[str, Any]) -> None:
        alone = {name: value for name, value in entry.items() if name not in SECTIONS}
        place = self._read(alone, Place, path)
        if place is None or not self._place_is_right(place, path):
            return
        old = next((one for one in self.before.sites if one.name == place.name), None)
        site = Site(
            id=self._id(place.id, old.id if old else None, path),
            **{name: getattr(place, name) for name in Site.__struct_fields__ if name != "id"},
        )
        self.sites.append(site)
        self._close(place.closed, site, None, path)
        for section, kind in SECTIONS.items():
            for inner, thing in self._tables(entry, section, path):
                self._resource(inner, thing, site, kind)

    def _place_is_right(self, place: Place, path: Path) -> bool:
        wrong = list(place_cures(place, {site.name for site in self.sites}, self.today.year))
        for field, told in wrong:
            self._wrong((*path, field), told)
        return not wrong

    def _resource(self, path: Path, entry: dict[str, Any], site: Site, kind: ResourceKind) -> None:
        is_person = kind is ResourceKind.PRACTITIONER
        thing = self._read(entry, Person, path) if is_person else self._read(entry, Thing, path)
        if thing is None:
            return
        same = (one for one in self.resources if (one.site_id, one.kind) == (site.id, kind))
        if kind is not ResourceKind.MACHINE and any(one.code == thing.code for one in same):
            self._wrong((*path, "code"), f"two of them have the code {thing.code}; give one another code")
        known = self._known(site, kind, thing)
        resource = Resource(
            id=self._id(thing.id, known, path), kind=kind, name=thing.name, site_id=site.id, code=thing.code
        )
        self.resources.append(resource)
        self._open(thing, resource, site, path)
        self._close(thing.closed, site, resource, path)
        if isinstance(thing, Person):
            self._practitioner(thing, resource, path)

    def _practitioner(self, person: Person, resource: Resource, path: Path) -> None:
        chairs = {
            one.code: one.id
            for one in self.resources
            if (one.site_id, one.kind) == (resource.site_id, ResourceKind.CHAIR)
        }
        for number, code in enumerate(person.chairs):
            if code not in chairs:
                told = (
                    f"no chair {code} at this site; write one of {', '.join(chairs) or 'its [[site.chair]]'}"
                )
                self._wrong((*path, "chairs", number), told)
        if not person.chairs:
            self._wrong((*path, "chairs"), "no chair; name at least one by its code")
        if not person.skills or not SKILLS.issuperset(person.skills):
            self._wrong((*path, "skills"), f"name at least one of {', '.join(sorted(SKILLS))}, and no other")
        self._keep_back(person, resource, path)
        self.takes += [((*path, "takes", n), resource.id, one) for n, one in enumerate(person.takes)]
        self.practitioners.append(
            Practitioner(
                id=resource.id,
                display_name=person.display_name,
                short_name=person.short_name,
                skills=person.skills,
                chair_ids=tuple(chairs[code] for code in person.chairs if code in chairs),
            )
        )

    def _keep_back(self, person: Person, resource: Resource, path: Path) -> None:
        for number, place in enumerate(person.emergency):
            if not 5 <= place.minutes <= 180 or place.minutes % 5:
                self._wrong((*path, "emergency", number), "minutes: give a multiple of 5 from 5 to 180")
            self.emergency_places.append(emergency_place(place, resource))

    def _open(self, thing: Thing | Person, resource: Resource, site: Site, path: Path) -> None:
        for number, one in enumerate(thing.hours):
            if told := hours_cure(one, site):
                self._wrong((*path, "hours", number), told)
            self.openings.append(opening(one, resource))
        for number, day in enumerate(thing.special):
            if day.starts >= day.ends:
                self._wrong((*path, "special", number), BACKWARDS)
            self.openings.append(special_opening(day, resource))

    def _close(self, closed: Iterable[Closed], site: Site, resource: Resource | None, path: Path) -> None:
        for number, one in enumerate(closed):
            span = closed_span(one, site.timezone, self.today)
            where = (*path, "closed", number)
            if span is None:
                ways = "give day, or day and last_day, or starts and ends, or weekday and after_days"
                self._wrong(where, f"when is it closed? {ways}")
            elif span[0] >= span[1]:
                self._wrong(where, "this closure ends before it begins; swap its ends")
            else:
                self.closures.append(
                    Closure(
                        site_id=site.id,
                        resource_id=resource.id if resource else None,
                        starts_at=span[0],
                        ends_at=span[1],
                        reason=one.reason,
                    )
                )

    def _care_types(self) -> tuple[CareType, ...]:
        wants_defaults = self.document.get(_DEFAULTS, False)
        if not isinstance(wants_defaults, bool):
            self._wrong((_DEFAULTS,), "write true or false")
        found = {care.key: care for care in care_types()} if wants_defaults is True else {}
        written, skills = set(), self._skills()
        for path, entry in self._tables(self.document, "care", ()):
            self._only(entry, set(CareType.__struct_fields__), path)
            care = self._read(entry, CareType, path)
            if care is None:
                continue
            if care.key in written:
                self._wrong((*path, "key"), f"{care.key} stands twice; keep one of them")
            elif told := cure(care) or givers_cure(care, skills):
                self._wrong(path, f"{care.key}: {told}")
            written.add(care.key)
            found[care.key] = care
        if not found and not self.mistakes:
            self._wrong((), f"no care type; write {_DEFAULTS} = true at the top, or [[care]] for each")
        return tuple(sorted(found.values(), key=lambda care: care.key))

    def _skills(self) -> dict[str, set[str]]:
        """What the practitioners of a code can do, at whichever site."""
        codes, found = {one.id: one.code for one in self.resources}, dict[str, set[str]]()
        for person in self.practitioners:
            found.setdefault(codes[person.id], set()).update(person.skills)
        return found

    def _check_minutes(self, care_types: Iterable[CareType]) -> None:
        # Care types that the file leaves out stay.
        known = {care.key for care in (*care_types, *self.before.care_types)}
        for path, told in minutes_cures(self.takes, known):
            self._wrong(path, told)

    def _lengthenings(self) -> tuple[Lengthening, ...]:
        """One for each modifier: as the file says, or the default."""
        found: dict[Modifier, Lengthening] = {}
        for path, entry in self._tables(self.document, "lengthening", ()):
            self._only(entry, set(Lengthening.__struct_fields__), path)
            one = self._read(entry, Lengthening, path)
            if one is None:
                continue
            if told := "this modifier stands twice; keep one" if one.modifier in found else wrong(one):
                self._wrong(path, told)
            found[one.modifier] = one
        return tuple(found.get(one.modifier, one) for one in DEFAULT_LENGTHENINGS)

    def _read(self, entry: dict[str, Any], kind: type[K], path: Path) -> K | None:
        try:
            return msgspec.convert(entry, kind)
        except msgspec.ValidationError as error:
            told, _, where = str(error).partition(" - at `$")
            inner = tuple(int(part) if part.isdigit() else part for part in re.findall(r"\w+", where))
            unknown = re.fullmatch(r"Object contains unknown field `(.+)`", told)
            if unknown:
                inner, told = (*inner, unknown[1]), f"take out {unknown[1]}: there is no such field"
            elif missing := re.fullmatch(r"Object missing required field `(.+)`", told):
                told = f"{missing[1]} is missing; write it"
            else:
                told = f"{'.'.join(map(str, inner))}: {told.lower()}"
            self._wrong((*path, *inner), told)
            return None

    def _tables(self, entry: dict[str, Any], name: str, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        found = entry.get(name, [])
        header = ".".join(("site", name) if path else (name,))
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self._wrong((*path, name), f"write it as [[{header}]], once for each")
            return
        for number, one in enumerate(found):
            yield (*path, name, number), one

    def _only(self, entry: dict[str, Any], known: set[str], path: Path) -> None:
        for name in sorted(set(entry) - known):
            self._wrong((*path, name), f"take out {name}: there is no such field")

    def _known(self, site: Site, kind: ResourceKind, thing: Thing | Person) -> UUID | None:
        """The resource of that code, which may have been renamed; of machines, of that code and name."""
        for one in self.before.resources:
            same = (one.site_id, one.kind, one.code) == (site.id, kind, thing.code)
            if same and (kind is not ResourceKind.MACHINE or one.name == thing.name):
                return one.id
        return None

    def _id(self, written: UUID | None, known: UUID | None, path: Path) -> UUID:
        chosen = written or known or new_id()
        if chosen in self.ids:
            self._wrong((*path, "id"), "this id stands twice; take it out here to get a new one")
        self.ids.add(chosen)
        return chosen

    def _wrong(self, path: Path, cure: str) -> None:
        self.mistakes.append(Mistake(line_at(self.lines, path), cure))


_NOTHING = Practice(sites=(), resources=(), practitioners=(), care_types=(), openings=())
