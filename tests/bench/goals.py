"""The bars, and what was found of each. Ratios alone: a machine's speed meets or misses none of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Goal(NamedTuple):
    """Its name, what it compares, the bar, what was found; whether that meets it, None when not run."""

    name: str
    text: str
    bar: str
    value: str
    met: bool | None


def goals(found: Mapping[str, Any]) -> list[Goal]:
    """Every goal that this run can judge."""
    return [*_listing(found["listing"]), *_engine(found["engine"]), *_booking(found["booking"])]


def _listing(listing: Mapping[str, Any]) -> list[Goal]:
    base = listing["base"]
    ours = {name: one["c1"]["ours"]["ms"] for name, one in listing.items()}
    growth = [ours[name] / ours["base"] for name in ("h180", "p20", "a20k")]
    most = (1.3, 2.0, 1.05)
    crowd = base["c16"]["ours_per_peer"]
    told = " · ".join(f"{one:.2f}" for one in growth)
    grows_little = all(one <= bar for one, bar in zip(growth, most, strict=True))
    return [
        _most("L1", "listing of 28 days / floor", base["c1"]["ours_over_floor"], 2.0),
        _least("L2", "peer / listing, one browser", base["c1"]["peer_over_ours"], 400),
        _least("L2", "listings / peer's, 16 browsers", crowd, 1000),
        Goal(
            "L4",
            "growth: 180 days · 20 practitioners · 20,000 past visits",
            "≤ 1.3 · 2.0 · 1.05",
            told,
            grows_little,
        ),
    ]


def _engine(engine: Mapping[str, Any]) -> list[Goal]:
    return [
        _least("L5", "cal.com's engine / ours", engine["calcom_over_ours"], 1000),
        _most("L6", "3 × 3 × 2 resources / one practitioner", engine["conjunction_over_one"], 2.5),
    ]


def _booking(booking: Mapping[str, Any]) -> list[Goal]:
    contended, rate = booking["contended"], booking["bookings_per_second"]
    broken = contended["overlaps"] + contended["deadlocks"]
    pgbench = booking["pgbench_per_second"]
    return [
        Goal(
            "B1",
            "double bookings, deadlocks and faults in 1,600 contended requests",
            "0",
            str(broken),
            broken == 0,
        ),
        _most(
            "B2", "contended p99 / uncontended p50", contended["p99_ms"] / booking["uncontended"]["p50_ms"], 4
        ),
        _least("B3", "visits a second / pgbench's", rate / pgbench if pgbench else None, 0.25),
        _least("B4", "visits a second / peer's", rate / booking["peer"]["bookings_per_second"], 50),
    ]


def _most(name: str, text: str, value: float, bar: float) -> Goal:
    return Goal(name, text, f"≤ {bar:g}", f"{value:.2f}", value <= bar)


def _least(name: str, text: str, value: float | None, bar: float) -> Goal:
    if value is None:
        return Goal(name, text, f"≥ {bar:g}", "-", None)
    return Goal(name, text, f"≥ {bar:g}", f"{value:.2f}" if bar < 1 else f"{value:.0f}", value >= bar)
