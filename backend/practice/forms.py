"""The owner's forms: what was posted becomes a care type, or values of modifiers, or all the mistakes."""

import re
from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec

from backend.kit.forms import FormReader
from backend.practice.defaults import MOST_ADDED, MOST_PERCENT, SKILLS, SOURCES, TEXTS, in_order
from backend.practice.model import CareType, FirstVisit, Lengthening, Modifier
from backend.practice.plans import Lengthenings

KEY = re.compile(r"[A-Z][A-Z0-9_]{1,15}")
SEEN = "vu"
LONGEST, LONGEST_BUFFER, OLDEST, LONGEST_TEXT = 180, 60, 120, 1000
_SPANS = re.compile(r"\d{1,3}-\d{1,3}(, *\d{1,3}-\d{1,3})*")
_FLAGS = (
    *("is_first_consultation", "is_ebd", "is_surgery", "is_emergency"),
    *("needs_assistant", "bookable_online"),
)

_FRESH = CareType(
    key="", name_fr="", name_en="", phrase_fr="", phrase_en="", minutes=30, buffer=10, skills=("OMNI",)
)


def read_key(posted: Mapping[str, object]) -> tuple[str, FormReader]:
    """The key of a new care type, and the reader that goes on with the rest."""
    form = FormReader(posted)
    key = form.text("key", longest=16).upper()
    if key and not KEY.fullmatch(key):
        form.mistake("key", "practice.wrong_key")
    return key, form


def read_care(
    form: FormReader,
    key: str,
    before: CareType | None,
    machines: Collection[str],
    givers: Mapping[str, Collection[str]],
    signers: Collection[str],
) -> CareType:
    """Everything that a care type has, but whether it is retired. Raises FormErrors.

    `machines`, `givers` (by code, with their skills) and `signers` are what the page offered; skills and
    machines of `before` keep their order.
    """
    skills = dict.fromkeys((*(before.skills if before else ()), *sorted(SKILLS)))
    machines = dict.fromkeys((*(before.machines if before else ()), *machines))
    name, phrase = form.text("name_fr", longest=80), form.text("phrase_fr", longest=80)
    care = CareType(
        key=key,
        name_fr=name,
        phrase_fr=phrase,
        name_en=form.text("name_en", required=False, longest=80) or name,
        phrase_en=form.text("phrase_en", required=False, longest=80) or phrase,
        minutes=_in_fives(form, "minutes", 5, LONGEST),
        buffer=_in_fives(form, "buffer", 0, LONGEST_BUFFER),
        skills=_ticked(form, "skill_", skills),
        machines=_ticked(form, "machine_", machines),
        practitioners=_ticked(form, "practitioner_", givers),
        source=form.choice("source", sorted(SOURCES)),
        practitioner_minutes=_spans(form),
        least_age=_age(form, "least_age"),
        most_age=_age(form, "most_age"),
        first_visit=_first_visit(form),
        texts_signed_by=form.choice("texts_signed_by", signers, required=False) or None,
    )
    care = msgspec.structs.replace(
        care, **{name: form.yes(name) for name in _FLAGS}, **{name: _lines(form, name) for name in TEXTS}
    )
    _check_together(form, care, givers)
    form.finish()
    return care


def _first_visit(form: FormReader) -> FirstVisit:
    value = form.choice("first_visit", list(FirstVisit))
    return FirstVisit(value) if value in list(FirstVisit) else FirstVisit.ANY


def _check_together(form: FormReader, care: CareType, givers: Mapping[str, Collection[str]]) -> None:
    if not care.skills:
        form.mistake("skill_CHIR", "practice.no_skill")
    for code in care.practitioners:
        if care.skills and set(care.skills).isdisjoint(givers[code]):
            form.mistake(f"practitioner_{code}", "practice.giver_without_skill")
    if care.least_age is not None and care.most_age is not None and care.least_age > care.most_age:
        form.mistake("most_age", "practice.ages_crossed")
    if care.practitioner_minutes and not in_order(care):
        form.mistake("practitioner_minutes", "practice.wrong_spans")


def read_lengthenings(posted: Mapping[str, object]) -> Lengthenings:
    """The values of every modifier, three fields each: `percent_…`, `at_least_…`, `minutes_…`. FormErrors."""
    form = FormReader(posted)
    found = tuple(
        Lengthening(
            modifier=modifier,
            percent=form.number(f"percent_{modifier}", 100, MOST_PERCENT),
            at_least=_in_fives(form, f"at_least_{modifier}", 0, MOST_ADDED),
            minutes=_in_fives(form, f"minutes_{modifier}", 0, MOST_ADDED),
        )
        for modifier in Modifier
    )
    form.finish()
    return found


def read_seen(posted: Mapping[str, object]) -> str:
    """The mark of the state that the page showed."""
    return FormReader(posted).typed.get(SEEN, "")


def read_change(posted: Mapping[str, object]) -> UUID:
    """The change before which to go back."""
    form = FormReader(posted)
    change_id = form.id("changement")
    form.finish()
    return change_id


def typed_of(care: CareType) -> dict[str, object]:
    """The fields of the form as they stand for a care type; what is ticked is True."""
    told = msgspec.structs.asdict(care)
    return {
        **{name: "" if value is None else value for name, value in told.items()},
        "practitioner_minutes": ", ".join(care.practitioner_minutes),
        **{f"skill_{code}": code in care.skills for code in SKILLS},
        **{f"machine_{code}": True for code in care.machines},
        **{f"practitioner_{code}": True for code in care.practitioners},
    }


def typed_of_new() -> dict[str, object]:
    """The fields of the form for a care type that is still to be written."""
    return typed_of(_FRESH)


def _in_fives(form: FormReader, name: str, least: int, most: int) -> int:
    value = form.number(name, least, most)
    if value % 5:
        form.mistake(name, "practice.not_in_fives")
    return value


def _lines(form: FormReader, name: str) -> str | None:
    return form.text(name, required=False, longest=LONGEST_TEXT) or None


def _age(form: FormReader, name: str) -> int | None:
    return form.number(name, 0, OLDEST) if form.text(name, required=False) else None


def _ticked(form: FormReader, prefix: str, codes: Collection[str]) -> tuple[str, ...]:
    return tuple(code for code in codes if form.yes(prefix + code))


def _spans(form: FormReader) -> tuple[str, ...]:
    text = form.text("practitioner_minutes", required=False, longest=60)
    if text and not _SPANS.fullmatch(text):
        form.mistake("practitioner_minutes", "practice.wrong_spans")
        return ()
    return tuple(part.strip() for part in text.split(",")) if text else ()
