"""The bars, and what was found of each. Ratios alone: a machine's speed meets or misses none of them."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple


class Spread(NamedTuple):
    """A figure over the rounds."""

    median: float
    least: float
    most: float


class Goal(NamedTuple):
    """Its name, what it compares, the bar, what was found (median, least to most); whether that meets it,
    None when not run."""

    name: str
    text: str
    bar: str
    value: str
    range: str
    met: bool | None


def spread(values: Iterable[float]) -> Spread:
    """The median of the rounds, with the least and the most."""
    every = list(values)
    return Spread(median(every), min(every), max(every))


def goals(found: Mapping[str, Any]) -> list[Goal]:
    """Every goal that this run can judge."""
    return [
        *_listing(found["listing"], found["growth"]),
        *_engine(found["engine"]),
        *_booking(found["booking"]),
    ]


def _listing(listing: Mapping[str, Any], growth: Mapping[str, Spread]) -> list[Goal]:
    base = listing["base"]
    return [
        _most("L1", "listing of 28 days / floor", base["c1"]["ours_over_floor"], 2.0),
        _least("L2", "peer / listing, one browser", base["c1"]["peer_over_ours"], 400),
        _least("L2", "listings / peer's, 16 browsers", base["c16"]["ours_per_peer"], 1000),
        _most("L4", "growth from 28 to 180 days", growth["h180"], 1.3),
        _most("L4", "growth from 1 to 20 practitioners", growth["p20"], 2.0),
        _most("L4", "growth from 200 to 20,000 visits", growth["a20k"], 1.05),
    ]


def _engine(engine: Mapping[str, Any]) -> list[Goal]:
    return [
        _least("L5", "cal.com's engine / ours", engine["calcom_over_ours"], 1000),
        _most("L6", "3 × 3 × 2 resources / one practitioner", engine["conjunction_over_one"], 2.5),
    ]


def _booking(booking: Mapping[str, Any]) -> list[Goal]:
    contended, calm = booking["contended"], booking["uncontended"]["p50_ms"]
    broken = contended["overlaps"] + contended["deadlocks"]
    peer = booking["peer"]["bookings_per_second"]
    beside_peer = Spread(*(one / peer for one in booking["bookings_per_second"]))
    waits = contended["p99_ms"] / calm
    return [
        Goal(
            *("B1", "double bookings, deadlocks and faults in 1,600 contended requests", "0"),
            *(str(broken), "", broken == 0),
        ),
        Goal("B2", "contended p99 / uncontended p50", "≤ 4", f"{waits:.2f}", "", waits <= 4),
        _least("B3", "visits a second / pgbench's", booking["ours_over_pgbench"], 0.25),
        _least("B4", "visits a second / peer's", beside_peer, 50),
    ]


def _most(name: str, text: str, value: Sequence[float], bar: float) -> Goal:
    median, least, most = value
    return Goal(name, text, f"≤ {bar:g}", f"{median:.2f}", f"{least:.2f}-{most:.2f}", median <= bar)


def _least(name: str, text: str, value: Sequence[float] | None, bar: float) -> Goal:
    if value is None:
        return Goal(name, text, f"≥ {bar:g}", "-", "", None)
    median, least, most = (f"{one:.2f}" if bar < 1 else f"{one:.0f}" for one in value)
    return Goal(name, text, f"≥ {bar:g}", median, f"{least}-{most}", value[0] >= bar)
