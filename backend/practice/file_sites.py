"""What is wrong with a site as a practice file writes it, and how to mend it. Pure."""

import re
from collections.abc import Collection, Iterator
from zoneinfo import available_timezones

from backend.kit.days import SCHOOL_ZONES, public_holidays
from backend.practice.file_words import Place

_PHONE = re.compile(r"\+[1-9]\d{5,14}")


def place_cures(place: Place, known: Collection[str], year: int) -> Iterator[tuple[str, str]]:
    """Each mistake as its field and its cure. `known` are the sites above it, `year` is that of holidays."""
    if place.name in known:
        yield "name", f"two sites are called {place.name!r}; rename one"
    if not _PHONE.fullmatch(place.phone):
        yield "phone", f"{place.phone!r} is no number; write it as +33465710012"
    if place.zone not in available_timezones():
        yield "zone", f"no time zone {place.zone!r}; write one such as Europe/Paris"
    if place.school_zone not in (None, *SCHOOL_ZONES):
        yield "school_zone", f"write one of {', '.join(SCHOOL_ZONES)}, or take it out"
    try:
        public_holidays(place.country, place.subdivision, year)
    except NotImplementedError:
        yield "country", "no such country or subdivision; write FR, and 6AE for Alsace"
