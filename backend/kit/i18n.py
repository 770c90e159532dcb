"""Sentences by key. French is complete; another language falls back to it, sentence by sentence."""

import json
import re
from functools import cache
from pathlib import Path

LOCALES = ("fr", "en")
FOLDER = Path(__file__).parents[2] / "shared" / "locales"
# French sets a space before these signs and within these quotes, at which no line may end.
_BEFORE, _AFTER = re.compile(" ([:;?!»])"), re.compile("« ")


@cache
def sentences(locale: str) -> dict[str, str]:
    """All sentences of a locale, `"feature.name"` -> text, from `shared/locales/<locale>/*.json`."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / locale).glob("*.json")):
        for key, text in json.loads(path.read_text(encoding="utf-8")).items():
            if not key.startswith(f"{path.stem}."):
                raise ValueError(f"{path.name}: the key {key!r} must begin with '{path.stem}.'")
            found[key] = kept_together(text) if locale == "fr" else text
    return found


def kept_together(text: str) -> str:
    """A French text whose spaces beside : ; ? ! « » are no-break spaces.

    >>> kept_together("« Oui » : quand ?").replace(chr(0xA0), "_")
    '«_Oui_»_: quand_?'
    """
    return _AFTER.sub("«\u00a0", _BEFORE.sub("\u00a0\\1", text))


def t(locale: str, key: str, **values: object) -> str:
    """The sentence for `key`, its braces filled from `values`.

    An unknown key or a missing value is a bug and raises KeyError.
    """
    text = sentences(locale).get(key) or sentences("fr")[key]
    return text.format_map(values) if values or "{" in text else text


def tn(locale: str, key: str, n: int, **values: object) -> str:
    """The same with a number: `key.one` or `key.other`, `{n}` filled.

    French counts 0 and 1 as one, English only 1.
    """
    one = abs(n) < 2 if locale == "fr" else n == 1
    return t(locale, f"{key}.{'one' if one else 'other'}", n=n, **values)


def best_locale(header: str | None) -> str:
    """The first language of an Accept-Language header that we speak, else French."""
    for part in (header or "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LOCALES:
            return tag
    return "fr"
