"""The page says what the numbers say, also where ours would be the worse."""

import json

from tests.year.__main__ import DOCS
from tests.year.report import page


def found():
    return json.loads((DOCS / "figures.json").read_text())


def test_the_page_is_that_of_the_numbers():
    assert (DOCS / "figures.md").read_text() == page(found())


def test_what_is_worse_is_called_worse():
    swapped = found()
    arms = swapped["arms"]
    arms["ours"], arms["first fit"] = arms["first fit"], arms["ours"]
    seeds = len(swapped["seeds"])
    assert "unusable gaps -" in page(found())
    assert f"better in {seeds} of {seeds} seeds" in page(found())
    assert "unusable gaps +" in page(swapped)
    assert f"(better in 0 of {seeds} seeds)" in page(swapped)
