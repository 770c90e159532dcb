"""A listing of `/api/v1/slots` as its readers take it apart."""

from collections.abc import Mapping
from typing import Any

from backend.kit.grid import moment


def places_of(listing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The places of a listing by start, each with what `/holds` asks for: `start` and `practitioner`."""
    return [
        {
            "start": f"{moment(start):%Y-%m-%dT%H:%M:%SZ}",
            "practitioner": listing["practitioners"][number]["id"],
        }
        for day in listing["days"]
        for start, number in day["starts"]
    ]
