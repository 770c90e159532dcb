"""Sentences as they are shown: what belongs together does not part at the end of a line."""

import re

from backend.kit.i18n import sentences, t

PARTED = re.compile(r" [:;?!»]|« ")


def test_french_signs_stay_with_their_words() -> None:
    assert t("fr", "booking.ask_who") == "Pour qui\u00a0?"
    assert [key for key, text in sentences("fr").items() if PARTED.search(text)] == []


def test_english_is_as_it_was_written() -> None:
    assert [key for key, text in sentences("en").items() if "\u00a0:" in text] == []
