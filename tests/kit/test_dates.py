"""What the examples in docstrings say holds, in the whole backend; and the corners of dates and sentences."""

import doctest
import importlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backend.kit import dates, i18n

BACKEND = Path(__file__).parents[2] / "backend"


def modules_with_examples() -> list[str]:
    return sorted(
        ".".join(path.relative_to(BACKEND.parent).with_suffix("").parts)
        for path in BACKEND.rglob("*.py")
        if ">>> " in path.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_every_day_and_month_has_its_word() -> None:
    first = date(2024, 1, 1)
    year = [date.fromordinal(first.toordinal() + number) for number in range(366)]
    week = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    assert [dates.weekday(day) for day in year[:7]] == week
    assert len({dates.month(day) for day in year}) == len({dates.month(day, "en") for day in year}) == 12
    assert dates.day_and_year(date(2024, 2, 1)) == "jeudi 1er février 2024"


def test_hours_are_those_of_the_place() -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert dates.moment(moment, "Europe/Paris").replace("\u202f", " ") == "jeudi 2 juillet à 0 h 30"
    assert (
        dates.moment(moment, "America/Martinique").replace("\u202f", " ") == "mercredi 1er juillet à 18 h 30"
    )
    assert dates.moment(moment, "Europe/Paris", "en") == "Thursday 2 July at 0:30"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        dates.hour(datetime(2026, 7, 1, 9), "Europe/Paris")  # noqa: DTZ001 - that is the point


def test_french_counts_nought_as_one() -> None:
    assert [i18n.tn("fr", "families.years", n).split()[-1] for n in (0, 1, 2)] == ["an", "an", "ans"]


def test_a_sentence_that_english_lacks_is_said_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    assert i18n.t("en", "kit.not_found") != i18n.t("fr", "kit.not_found")
    monkeypatch.delitem(i18n.sentences("en"), "kit.not_found")
    assert i18n.t("en", "kit.not_found") == i18n.t("fr", "kit.not_found")


def test_an_unknown_sentence_is_a_bug() -> None:
    with pytest.raises(KeyError):
        i18n.t("fr", "kit.never_written")


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "fr"),
        ("", "fr"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5", "en"),
        ("de", "fr"),
        ("FR-be", "fr"),
    ],
)
def test_the_first_language_that_we_speak(header: str | None, locale: str) -> None:
    assert i18n.best_locale(header) == locale
