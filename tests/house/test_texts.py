"""Sentences: French is complete, English adds nothing of its own, and every key that is named exists."""

import re
import string
from pathlib import Path

from backend.kit import i18n

ROOT = Path(__file__).parents[2]
KEY = r"""["']([a-z]+\.[a-z0-9_.]+)["']"""
IN_TEMPLATES = re.compile(r"\btn?\(\s*" + KEY)
# `key: ClassVar[str] = "booking.slot_taken"`, `form.mistake(name, "kit.field_empty")`, `t(locale, "…")`.
IN_CODE = re.compile(r"(?:key(?:: ClassVar\[str\])? = |mistake\([^,]+, |\btn?\([^,]+, )" + KEY)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def missing(keys: set[str], known: set[str]) -> list[str]:
    plurals = {key.rsplit(".", 1)[0] for key in known if key.endswith((".one", ".other"))}
    return sorted(key for key in keys if key not in known | plurals)


def _named(folder: str, kind: str, pattern: re.Pattern[str]) -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob(kind))
    # A key that ends in "_" is only the beginning of one: `t("shell.nav_" ~ name)`.
    return {key for text in texts for key in pattern.findall(text) if not key.endswith("_")}


def test_every_sentence_that_is_named_exists() -> None:
    known = set(i18n.sentences("fr"))
    assert missing(_named("pwa/templates", "*.html", IN_TEMPLATES), known) == []
    assert missing(_named("backend", "*.py", IN_CODE), known) == []


def test_a_missing_sentence_would_be_found() -> None:
    assert missing({"kit.not_found", "kit.never_written"}, set(i18n.sentences("fr"))) == ["kit.never_written"]


def test_english_says_nothing_that_french_does_not() -> None:
    french, english = i18n.sentences("fr"), i18n.sentences("en")
    assert sorted(set(english) - set(french)) == []
    differing = [key for key in english if _fields(english[key]) - _fields(french[key])]
    assert differing == []


# `f"{when} : {reason}"`: what is put together in code passes no reader that would set no-break spaces.
BREAKABLE = re.compile(r"""f["'][^"'\n]*(?:\} [:;?!»]|« \{)""")


def test_no_french_sentence_is_put_together_with_plain_spaces() -> None:
    code = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "backend").rglob("*.py"))}
    assert [(path.name, found) for path, text in code.items() for found in BREAKABLE.findall(text)] == []


def test_a_plain_space_before_a_french_sign_would_be_found() -> None:
    assert BREAKABLE.search('return f"{when} : {reason}"')
    assert BREAKABLE.search("f'dit « {words} »'")
    assert not BREAKABLE.search('f"{when}: {reason}"')
