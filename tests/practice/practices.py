"""Random practices, as the repository would give them: for properties of the practice file."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from backend.practice.defaults import SKILLS
from backend.practice.file_hours import in_order
from backend.practice.model import (
    DEFAULT_LENGTHENINGS,
    CareMinutes,
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
    School,
    Site,
    Weeks,
)

_PLACES = {one.modifier: place for place, one in enumerate(DEFAULT_LENGTHENINGS)}
ZONES = ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe"]
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=30
) | st.sampled_from(['"', "\\", "l’été\n", "# no comment", "'''", '"""', "[[site]]", "\x7f\x00\t", "= {"])
minutes = st.integers(0, 24 * 12 - 1).map(lambda step: time(step // 12, step % 12 * 5))


def numbered(kind: int, number: int) -> UUID:
    return UUID(f"01970000-0000-7000-8000-{kind:06d}{number:06d}")


@st.composite
def practices(draw: Any) -> Practice:
    sites = tuple(
        Site(
            id=numbered(1, number),
            name=f"{number}{draw(texts)}",
            phone="+33465710012",
            address=tuple(draw(st.lists(texts, max_size=2))),
            zone=draw(st.sampled_from(ZONES)),
            subdivision=draw(st.sampled_from([None, "974", "6AE"])),
            school_zone=draw(st.sampled_from("ABC")),
            keeps_public_holidays=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 2)))
    )
    resources: list[Resource] = []
    for site in sites:
        for kind in ResourceKind:
            for _ in range(draw(st.integers(1, 2))):
                number = len(resources)
                code = "PANO" if kind is ResourceKind.MACHINE else f"{number}{draw(texts)}"
                resources.append(
                    Resource(id=numbered(2, number), kind=kind, name=draw(texts), site_id=site.id, code=code)
                )
    people = tuple(
        draw(practitioners(one, resources)) for one in resources if one.kind is ResourceKind.PRACTITIONER
    )
    codes = [one.code for one in resources if one.id in {who.id for who in people if "OMNI" in who.skills}]
    named = st.just(()) if not codes else st.lists(st.sampled_from(codes), unique=True).map(tuple)
    care = tuple(msgspec.structs.replace(one, practitioners=draw(named)) for one in draw(care_types()))
    return Practice(
        sites=sites,
        resources=tuple(resources),
        practitioners=people,
        care_types=care,
        openings=tuple(draw(openings(resources))),
        closures=tuple(draw(closures(resources))),
        emergency_places=tuple(draw(emergency_places(resources))),
        lengthenings=draw(lengthenings()),
        care_minutes=tuple(draw(care_minutes(resources, care))),
    )


@st.composite
def practitioners(draw: Any, resource: Resource, resources: list[Resource]) -> Practitioner:
    chairs = [
        one.id for one in resources if one.kind is ResourceKind.CHAIR and one.site_id == resource.site_id
    ]
    return Practitioner(
        id=resource.id,
        display_name=draw(texts),
        short_name=draw(texts),
        skills=tuple(draw(st.lists(st.sampled_from(sorted(SKILLS)), min_size=1, unique=True))),
        chair_ids=tuple(draw(st.lists(st.sampled_from(chairs), min_size=1, unique=True))),
    )


def care_types() -> st.SearchStrategy[list[CareType]]:
    one = st.builds(
        CareType,
        key=st.sampled_from(["CTRL", "DETA", "NEW"]),
        name_fr=texts,
        name_en=texts,
        phrase_fr=texts,
        phrase_en=texts,
        minutes=st.integers(1, 36).map(lambda step: step * 5),
        buffer=st.integers(0, 4).map(lambda step: step * 5),
        skills=st.just(("OMNI",)),
        machines=st.sampled_from([(), ("PANO",), ("PANO", "MIC")]),
        is_first_consultation=st.booleans(),
        is_surgery=st.booleans(),
        instructions_fr=st.none() | texts,
        source=st.sampled_from(["V", "S", "P"]),
    )
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda care: care.key).map(
        lambda found: sorted(found, key=lambda care: care.key)
    )


def openings(resources: list[Resource]) -> st.SearchStrategy[list[Opening]]:
    one = st.builds(
        Opening,
        resource_id=st.sampled_from([one.id for one in resources]),
        weekday=st.integers(1, 7),
        starts=minutes,
        ends=st.just(time(23, 59)),
        weeks=st.sampled_from(Weeks),
        valid_from=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        valid_until=st.none() | st.dates(date(2027, 1, 1), date(2027, 12, 31)),
        school=st.sampled_from(School),
    )
    special = st.builds(
        _on_one_day,
        st.sampled_from([one.id for one in resources]),
        st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        minutes,
    )
    return st.lists(
        one | special, max_size=6, unique_by=lambda at: (at.resource_id, at.weekday, at.starts)
    ).map(lambda found: sorted(found, key=in_order))


def _on_one_day(resource_id: UUID, day: date, starts: time) -> Opening:
    return Opening(
        resource_id=resource_id, weekday=day.isoweekday(), starts=starts, ends=time(23, 59), only_on=day
    )


def lengthenings() -> st.SearchStrategy[tuple[Lengthening, ...]]:
    """One for each modifier, as everywhere."""
    added = st.integers(0, 24).map(lambda step: step * 5)
    return st.tuples(
        *(
            st.builds(
                Lengthening,
                modifier=st.just(modifier),
                percent=st.integers(100, 300),
                at_least=added,
                minutes=added,
            )
            for modifier in Modifier
        )
    ).map(lambda found: tuple(sorted(found, key=lambda one: _PLACES[one.modifier])))


def emergency_places(resources: list[Resource]) -> st.SearchStrategy[list[EmergencyPlace]]:
    one = st.builds(
        EmergencyPlace,
        practitioner_id=st.sampled_from(
            [one.id for one in resources if one.kind is ResourceKind.PRACTITIONER]
        ),
        weekday=st.integers(1, 7),
        starts=minutes,
        minutes=st.integers(1, 6).map(lambda step: step * 5),
    )
    return st.lists(one, max_size=4, unique=True).map(
        lambda found: sorted(found, key=msgspec.structs.astuple)
    )


def care_minutes(
    resources: list[Resource], care: tuple[CareType, ...]
) -> st.SearchStrategy[list[CareMinutes]]:
    pairs = [
        (one.id, each.key) for one in resources if one.kind is ResourceKind.PRACTITIONER for each in care
    ]
    if not pairs:
        return st.just([])
    lengths = st.integers(1, 36).map(lambda step: step * 5)
    return st.dictionaries(st.sampled_from(pairs), lengths, max_size=4).map(
        lambda found: [
            CareMinutes(practitioner_id=who, care_key=key, minutes=found[who, key])
            for who, key in sorted(found)
        ]
    )


@st.composite
def closures(draw: Any, resources: list[Resource]) -> list[Closure]:
    found = []
    hours = st.integers(0, 20_000)
    for number, start in enumerate(sorted(draw(st.lists(hours, max_size=4, unique=True)))):
        one = draw(st.sampled_from(resources))
        starts_at = datetime(2026, 1, 1, 23, tzinfo=UTC) + timedelta(hours=start)
        found.append(
            Closure(
                site_id=one.site_id,
                resource_id=draw(st.sampled_from([None, one.id])),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=draw(st.sampled_from([1, 24, 72]))),
                reason=f"{number}{draw(texts)}",
            )
        )
    return found
