"""Forms: every mistake is kept, and so is every typed word."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.forms import FormErrors, FormReader

TODAY = date(2026, 3, 3)


def mistakes(form: FormReader) -> dict[str, str]:
    with pytest.raises(FormErrors) as refused:
        form.finish()
    return {name: key for name, (key, _) in refused.value.mistakes.items()}


def test_a_form_without_mistakes_gives_its_values() -> None:
    wanted = uuid4()
    form = FormReader(
        {
            "name": "  Élodie   d’Arc-Martin ",
            "email": " Camille.Roche@Example.org ",
            "phone": "06 39 98 00 01",
            "born_day": "29",
            "born_month": "2",
            "born_year": "2024",
            "day": "2026-03-04",
            "kind": "b",
            "minutes": "25",
            "id": str(wanted),
            "agreed": "on",
        }
    )
    assert form.person_name("name") == "Élodie d’Arc-Martin"
    assert form.email("email") == "camille.roche@example.org"
    assert form.phone("phone") == "+33639980001"
    assert form.birth_date("born", TODAY) == date(2024, 2, 29)
    assert form.day("day") == date(2026, 3, 4)
    assert form.choice("kind", ["a", "b"]) == "b"
    assert form.number("minutes", 5, 180) == 25
    assert form.id("id") == wanted
    assert form.yes("agreed")
    form.finish()


def test_all_mistakes_come_at_once_with_what_was_typed() -> None:
    typed = {
        "name": "Léa 🦷",
        "email": "nobody",
        "phone": "12",
        "kind": "z",
        "minutes": "a few",
        "born_day": "31",
        "born_month": "2",
        "born_year": "2020",
        "day": "demain",
        "id": "1",
    }
    form = FormReader(typed)
    form.person_name("name")
    form.email("email")
    form.phone("phone")
    form.choice("kind", ["a"])
    form.number("minutes", 5, 180)
    form.birth_date("born", TODAY)
    form.day("day")
    form.id("id")
    form.text("missing")
    assert mistakes(form) == {
        "name": "kit.field_name",
        "email": "kit.field_email",
        "phone": "kit.field_phone",
        "kind": "kit.field_choose",
        "minutes": "kit.field_number",
        "born": "kit.field_date",
        "day": "kit.field_date",
        "id": "kit.field_choose",
        "missing": "kit.field_empty",
    }
    assert form.typed == typed


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("", "", ""), "kit.field_birth_date_empty"),
        (("29", "2", "2023"), "kit.field_date"),
        (("1", "13", "2020"), "kit.field_date"),
        (("4", "3", "2026"), "kit.field_birth_date"),
        (("1", "1", "1905"), "kit.field_birth_date"),
        (("²", "1", "2020"), "kit.field_date"),
        (("1", "1", "99999"), "kit.field_date"),
        (("-1", "1", "2020"), "kit.field_date"),
    ],
)
def test_wrong_birth_dates(parts: tuple[str, str, str], key: str) -> None:
    form = FormReader(dict(zip(("b_day", "b_month", "b_year"), parts, strict=True)))
    form.birth_date("b", TODAY)
    assert mistakes(form) == {"b": key}


def test_a_long_text_is_refused_whole_and_kept_whole() -> None:
    long = "é" * 20_000
    form = FormReader({"reason": long})
    assert form.text("reason", longest=1000) == long
    with pytest.raises(FormErrors) as refused:
        form.finish()
    assert refused.value.mistakes["reason"] == ("kit.field_too_long", {"longest": 1000, "length": 20_000})
    assert refused.value.typed["reason"] == long


def test_what_is_no_text_reads_as_nothing() -> None:
    form = FormReader({"name": object(), "file": b"bytes"})
    assert form.text("name", required=False) == ""
    assert form.typed == {"name": "", "file": ""}


def test_the_first_mistake_of_a_field_stays() -> None:
    form = FormReader({"name": ""})
    form.text("name")
    form.mistake("name", "kit.field_name")
    assert mistakes(form) == {"name": "kit.field_empty"}


@given(st.text(max_size=60))
def test_nothing_typed_breaks_a_reader(typed: str) -> None:
    names = ("a", "a_day", "a_month", "a_year")
    form = FormReader(dict.fromkeys(names, typed))
    text = form.text("a")
    form.person_name("a")
    form.email("a")
    form.phone("a")
    form.choice("a", ["x"])
    form.number("a", 1, 2)
    form.birth_date("a", TODAY)
    form.day("a")
    assert isinstance(form.id("a"), UUID)
    # PostgreSQL stores no NUL; a line break and a tab are the only control characters that stay.
    assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in text)
