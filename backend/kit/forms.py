"""Reading a posted form: every mistake is kept, and so is every typed word.

A form reader asks for each field in turn, then `finish()` raises `FormErrors` with all the mistakes at
once. The page prints them at the field and in a summary, with what the person typed still there.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import ClassVar
from uuid import UUID

import phonenumbers

from backend.kit.errors import Refusal

ONCE = "once"
"""The hidden field of a form that names the page's rendering: sent twice, it is done once."""

Mistake = tuple[str, dict[str, object]]
_EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,24}")
_IN_NAMES = frozenset(" -‐’'.·")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class FormErrors(Refusal):
    """All the mistakes of one form, field -> (sentence key, values), and what was typed."""

    key: ClassVar[str] = "kit.form_has_mistakes"
    status: ClassVar[int] = 422

    def __init__(self, mistakes: dict[str, Mistake], typed: dict[str, str]) -> None:
        super().__init__()
        self.mistakes = mistakes
        self.typed = typed


class FormReader:
    """Reads text fields; a field that was not sent reads as the empty text."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.typed = {name: value if isinstance(value, str) else "" for name, value in data.items()}
        self.mistakes: dict[str, Mistake] = {}

    def mistake(self, name: str, key: str, **values: object) -> None:
        """Note a mistake at a field; the first one of a field stays."""
        self.mistakes.setdefault(name, (key, values))

    def text(
        self, name: str, *, required: bool = True, longest: int = 200, empty: str = "kit.field_empty"
    ) -> str:
        """A line or lines of text, trimmed, without control characters.

        `empty` is said of a missing one: in the summary, a sentence that names its field helps most.
        """
        value = _CONTROL.sub("", self.typed.get(name, "").replace("\r\n", "\n")).strip()
        if not value and required:
            self.mistake(name, empty)
        if len(value) > longest:
            self.mistake(name, "kit.field_too_long", longest=longest, length=len(value))
        return value

    def person_name(self, name: str, *, longest: int = 80, empty: str = "kit.field_empty") -> str:
        """A person's name: letters of any script with their marks, spaces, hyphens, apostrophes, points.

        A drawing in a name would be lost in an SMS, on a printed form and at the health insurance.
        """
        value = unicodedata.normalize("NFC", " ".join(self.text(name, longest=longest, empty=empty).split()))
        fits = all(unicodedata.category(sign)[0] in "LM" or sign in _IN_NAMES for sign in value)
        if value and not (fits and any(sign.isalpha() for sign in value)):
            self.mistake(name, "kit.field_name")
        return value

    def choice(self, name: str, allowed: Collection[str], *, required: bool = True) -> str:
        """One of the values that the page offered."""
        value = self.typed.get(name, "").strip()
        if not value and not required:
            return ""
        if value not in allowed:
            self.mistake(name, "kit.field_choose")
        return value

    def yes(self, name: str) -> bool:
        """A ticked box."""
        return self.typed.get(name, "") in ("1", "on", "yes", "oui", "true")

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds; `least` where it is not one."""
        value = self.typed.get(name, "").strip()
        if not re.fullmatch(r"-?\d{1,9}", value) or not least <= int(value) <= most:
            self.mistake(name, "kit.field_number", least=least, most=most)
            return least
        return int(value)

    def id(self, name: str) -> UUID:
        """An id that the page sent along. A broken one is no typing mistake, but is said all the same."""
        try:
            return UUID(self.typed.get(name, ""))
        except ValueError:
            self.mistake(name, "kit.field_choose")
            return UUID(int=0)

    def email(self, name: str, *, required: bool = True) -> str:
        """An e-mail address, lower case. Only a message sent there shows that it works.

        Without accents: few mail servers take them, and an address typed with one is rather a slip.
        """
        value = self.text(name, required=required, longest=254, empty="kit.field_email").lower()
        if value and not (value.isascii() and _EMAIL.fullmatch(value)):
            self.mistake(name, "kit.field_email")
        return value

    def phone(self, name: str, *, required: bool = True) -> str:
        """A phone number in international form (E.164); national numbers are read as French."""
        value = self.text(name, required=required, longest=30, empty="kit.field_phone")
        if not value:
            return ""
        try:
            number = phonenumbers.parse(value, "FR")
        except phonenumbers.NumberParseException:
            self.mistake(name, "kit.field_phone")
            return value
        if not phonenumbers.is_possible_number(number):
            self.mistake(name, "kit.field_phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def birth_date(self, name: str, today: date) -> date:
        """Three fields, `<name>_day`, `_month`, `_year`; not in the future, not over 120 years ago."""
        parts = [self.typed.get(f"{name}_{part}", "").strip() for part in ("year", "month", "day")]
        try:
            if not all(part.isascii() and part.isdigit() for part in parts):
                raise ValueError
            value = date(*map(int, parts))
        except (ValueError, OverflowError):
            key = "kit.field_date" if any(parts) else "kit.field_birth_date_empty"
            self.mistake(name, key)
            return today
        if value > today or value.year < today.year - 120:
            self.mistake(name, "kit.field_birth_date")
        return value

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day as the browser's date field sends it, YYYY-MM-DD."""
        value = self.typed.get(name, "").strip()
        if not value and not required:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.mistake(name, "kit.field_date")
            return None

    def finish(self) -> None:
        """Raise `FormErrors` if there was any mistake."""
        if self.mistakes:
            raise FormErrors(self.mistakes, self.typed)
