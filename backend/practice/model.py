"""The practice's words: what there is to book, who gives the care, and when the doors are open."""

from collections.abc import Iterator
from datetime import date, datetime, time
from enum import StrEnum
from itertools import chain
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.kit.grid import Span as Span

T = TypeVar("T")


class ResourceKind(StrEnum):
    """What can be occupied by an appointment."""

    PRACTITIONER = "practitioner"
    CHAIR = "chair"
    ASSISTANT = "assistant"
    MACHINE = "machine"


class Modifier(StrEnum):
    """What makes a visit longer than its care type says, in the order in which it applies."""

    CHILD_UNDER_6 = "child_under_6"
    VERY_ANXIOUS = "very_anxious"
    HANDICAP = "handicap"
    INTERPRETER = "interpreter"
    CHILD_6_11 = "child_6_11"
    MEOPA = "meopa"
    WHEELCHAIR_OR_75 = "wheelchair_or_75"
    HEARING = "hearing"
    LEGAL_GUARDIAN = "legal_guardian"
    FIRST_VISIT = "first_visit"
    ANTICOAGULATED_SURGERY = "anticoagulated_surgery"


class Lengthening(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a modifier makes a visit longer: to `percent` of its minutes but by `at_least` so many,
    then by `minutes`."""

    modifier: Modifier
    percent: int = 100
    at_least: int = 0
    minutes: int = 0


DEFAULT_LENGTHENINGS = (
    Lengthening(modifier=Modifier.CHILD_UNDER_6, percent=125, at_least=10),
    Lengthening(modifier=Modifier.VERY_ANXIOUS, percent=125),
    Lengthening(modifier=Modifier.HANDICAP, percent=150, at_least=20),
    Lengthening(modifier=Modifier.INTERPRETER, percent=150),
    Lengthening(modifier=Modifier.CHILD_6_11, minutes=5),
    Lengthening(modifier=Modifier.MEOPA, minutes=20),
    Lengthening(modifier=Modifier.WHEELCHAIR_OR_75, minutes=10),
    Lengthening(modifier=Modifier.HEARING, minutes=10),
    Lengthening(modifier=Modifier.LEGAL_GUARDIAN, minutes=10),
    Lengthening(modifier=Modifier.FIRST_VISIT, minutes=10),
    Lengthening(modifier=Modifier.ANTICOAGULATED_SURGERY, minutes=15),
)
"""What a new practice starts with: one for each modifier, in their order."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """An address where care is given.

    `zone` is an IANA name; `country` and `subdivision` say whose public holidays it keeps, with the
    codes of the `holidays` library, if it `keeps_public_holidays`. `school_zone` (A, B or C) says whose
    school holidays.
    """

    id: UUID
    name: str
    phone: str
    address: tuple[str, ...]
    zone: str
    country: str = "FR"
    subdivision: str | None = None
    school_zone: str | None = None
    keeps_public_holidays: bool = True

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which this site's opening hours are written."""
        return ZoneInfo(self.zone)


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Something that one visit at a time can use. `code` is what care types ask for ("PANO")."""

    id: UUID
    kind: ResourceKind
    name: str
    site_id: UUID
    code: str


class Practitioner(msgspec.Struct, frozen=True, kw_only=True):
    """A practitioner; `id` is also the resource's. `chair_ids` stand in order of preference."""

    id: UUID
    display_name: str
    short_name: str
    skills: tuple[str, ...]
    chair_ids: tuple[UUID, ...]


class FirstVisit(StrEnum):
    """Who may book a care type online, by whether the practice has seen them."""

    ANY = "any"
    ONLY = "only"
    NEVER = "never"


class CareType(msgspec.Struct, frozen=True, kw_only=True):
    """What is done in a visit, and what that takes.

    `minutes` is the care alone; `buffer` is the cleaning of the chair after it. One of `skills` is
    enough; every code of `machines` is needed. `practitioners` are the codes of those who give it; none
    named is everybody with such a skill. `phrase_*` is the name as it stands inside a sentence ("le
    contrôle"). `source` says where the minutes come from: V an official source, S a secondary page,
    P a default for a dentist to validate.

    `practitioner_minutes` ("0-10", "50-60") are the stretches of the care in which the practitioner is
    needed; none means all of it. `least_age` and `most_age` are whole years on the day of the visit.
    `to_know_*` is read before booking, `instructions_*` after it; `texts_signed_by` is the dentist who
    approved them, None while that is still to be done. One that is `retired` is no longer booked by
    anybody; it stays for the visits that name it.
    """

    key: str
    name_fr: str
    name_en: str
    phrase_fr: str
    phrase_en: str
    minutes: int
    buffer: int
    skills: tuple[str, ...]
    machines: tuple[str, ...] = ()
    practitioners: tuple[str, ...] = ()
    is_first_consultation: bool = False
    is_ebd: bool = False
    is_surgery: bool = False
    is_emergency: bool = False
    instructions_fr: str | None = None
    instructions_en: str | None = None
    source: str = "P"
    practitioner_minutes: tuple[str, ...] = ()
    needs_assistant: bool = False
    least_age: int | None = None
    most_age: int | None = None
    first_visit: FirstVisit = FirstVisit.ANY
    bookable_online: bool = True
    to_know_fr: str | None = None
    to_know_en: str | None = None
    texts_signed_by: str | None = None
    retired: bool = False

    def name(self, locale: str) -> str:
        """The name that patients read; French where the locale has none."""
        return self.name_en if locale == "en" else self.name_fr

    def phrase(self, locale: str) -> str:
        """The name with its article, for use inside a sentence."""
        return self.phrase_en if locale == "en" else self.phrase_fr

    def instructions(self, locale: str) -> str | None:
        """What to do or bring before the visit, if anything; French where no translation exists."""
        if locale == "en" and self.instructions_en:
            return self.instructions_en
        return self.instructions_fr

    def to_know(self, locale: str) -> str | None:
        """What to know before booking, if anything; French where no translation exists."""
        return (self.to_know_en if locale == "en" else None) or self.to_know_fr

    @property
    def practitioner_spans(self) -> tuple[tuple[int, int], ...]:
        """From which minute of the care to which the practitioner is needed."""
        return tuple(
            (int(start), int(end)) for start, end in (span.split("-") for span in self.practitioner_minutes)
        )


class Weeks(StrEnum):
    """In which weeks an opening holds; even and odd are ISO week numbers."""

    ALL = "all"
    EVEN = "even"
    ODD = "odd"


class School(StrEnum):
    """When an opening holds, by the school holidays of the site's zone."""

    ANY = "any"
    TERM = "term"
    HOLIDAYS = "holidays"


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly opening of a resource, in its site's local time. `weekday` 1 is Monday, 7 Sunday.

    `valid_from` and `valid_until` are its first and last day (a locum, new hours from a date on). One with
    `only_on` holds on that date and no other, also on a public holiday; on a date that has such openings the
    resource keeps these alone.
    """

    resource_id: UUID
    weekday: int
    starts: time
    ends: time
    weeks: Weeks = Weeks.ALL
    only_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    school: School = School.ANY


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """A closed stretch of one resource, or of the whole site when `resource_id` is None."""

    site_id: UUID
    resource_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    reason: str


class EmergencyPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly stretch kept back for emergencies, in the site's local time. `weekday` 1 is Monday."""

    practitioner_id: UUID
    weekday: int
    starts: time
    minutes: int


class CareMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """How long a practitioner takes for a care, instead of the care type's minutes."""

    practitioner_id: UUID
    care_key: str
    minutes: int


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a listing of free slots needs to know about the practice.

    `former_*` have left: nothing is found with them, but past visits still say their names.
    """

    sites: tuple[Site, ...]
    resources: tuple[Resource, ...]
    practitioners: tuple[Practitioner, ...]
    care_types: tuple[CareType, ...]
    openings: tuple[Opening, ...]
    closures: tuple[Closure, ...] = ()
    emergency_places: tuple[EmergencyPlace, ...] = ()
    care_minutes: tuple[CareMinutes, ...] = ()
    lengthenings: tuple[Lengthening, ...] = DEFAULT_LENGTHENINGS
    former_resources: tuple[Resource, ...] = ()
    former_practitioners: tuple[Practitioner, ...] = ()

    def site(self, site_id: UUID) -> Site:
        """The site of that id; KeyError when there is none."""
        return _first((site for site in self.sites if site.id == site_id), site_id)

    def resource(self, resource_id: UUID) -> Resource:
        """The resource of that id, a former one too; KeyError when there is none."""
        known = chain(self.resources, self.former_resources)
        return _first((found for found in known if found.id == resource_id), resource_id)

    def site_of(self, resource_id: UUID) -> Site:
        """Where a resource is, a former one too; KeyError when there is no such resource."""
        return self.site(self.resource(resource_id).site_id)

    def practitioner(self, practitioner_id: UUID) -> Practitioner:
        """The practitioner of that id, a former one too; KeyError when there is none."""
        known = chain(self.practitioners, self.former_practitioners)
        return _first((found for found in known if found.id == practitioner_id), practitioner_id)

    def care_type(self, key: str) -> CareType:
        """The care type of that key; KeyError when there is none."""
        return _first((care for care in self.care_types if care.key == key), key)

    def gives(self, practitioner: Practitioner, care: CareType) -> bool:
        """Whether somebody gives a care: with one of its skills, and named where it names anybody."""
        is_named = not care.practitioners or self.resource(practitioner.id).code in care.practitioners
        return is_named and not set(practitioner.skills).isdisjoint(care.skills)

    def own_minutes(self, care_key: str) -> dict[UUID, int]:
        """How long a care takes with those practitioners who have minutes of their own for it."""
        return {one.practitioner_id: one.minutes for one in self.care_minutes if one.care_key == care_key}


def _first(matches: Iterator[T], wanted: object) -> T:
    for match in matches:
        return match
    raise KeyError(wanted)
