"""The simulated years as a page for people: docs/figures.md."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from tests.year import demand, offering
from tests.year.figures import FILLING, FIRST, LATE, LONGER, MEASURED, MONTH

_HEAD = """# A simulated year

Written by `make year` from [figures.json](figures.json): {seeds} seeds ({names}), each a year of the
generated practice (`shared/demo/practice.toml`, {patients} patients of `backend/demo`) from {first},
{measured} weeks that count after {filling} in which the diary fills. Every figure is the median of the seeds,
with the least and the most beside it. The product's own rules decide (`rules/slots`, `suggestions`, `gaps`,
`waiting`, `learning`, `changes`); patients are invented. For one seed the same people ask for the same care
at the same moments under every way of offering.

**These figures compare ways of offering under assumptions about patients. They do not say what a practice
will see.**
"""
_ASSUMED = """## What is assumed

A fact: {miss:.1%} of visits are missed after two reminders (Steiner et al., Am J Manag Care
2018;24(8):377-384). The rest are assumptions of ours:

- Requests: the demo's mix of care by practitioner, until {load:.0%} of the practitioners' minutes are asked
  for (cleaning of an only chair included), at even moments from 8 h to 22 h. {at_once:.0%} want to come as
  soon as possible, the others one to eight weeks ahead. Emergencies are U2; {soon:.0%} of fillings and
  extractions are U3.
- Choice: {listed:.0%} take any place of the list by day; of the others {first:.0%} take the first suggestion,
  the rest another one. U2 takes the soonest. Who finds nothing within {patience} days asks elsewhere.
- {cancel:.0%} cancel, half of them 2 to 48 hours ahead, half 2 to 21 days ahead. Nobody who cancels asks
  again.
- {wait:.0%} of those booked more than three days ahead ask for an earlier place (half at any hour, a quarter
  in the morning, a quarter in the afternoon, with one of the four notices). Offers are accepted by
  {accept:.0%}, refused by {refuse:.0%}, left without answer by the others; half of the answers come within
  25 minutes.
- Real lengths: the care's minutes times a factor of practitioner and care (log-normal, sigma 0.22) times the
  day's chance (0.22). Everybody comes on time.
"""

Figure = str | Callable[[Mapping[str, Any]], float]
"""One of a year's figures by its key, or made of several."""


def page(found: Mapping[str, Any]) -> str:
    """The whole page."""
    arms, seeds = found["arms"], found["seeds"]
    ours = arms["ours"]
    count = [_of(ours, key, "{:.0f}") for key in ("requests", "visits", "freed")]
    lines = [
        _HEAD.format(
            seeds=len(seeds),
            names=", ".join(map(str, seeds)),
            patients=demand.PATIENTS,
            first=FIRST.isoformat(),
            measured=MEASURED,
            filling=FILLING,
        ),
        f"A year has {count[0]} requests, {count[1]} visits kept, {count[2]} cancelled.\n",
        "## Slots that waste little\n",
        "*First fit*: the same patients, each suggestion the soonest that fits, every start of the step in "
        "the list. *Soonest*: nobody has a choice, each gets the very soonest. All with the waiting list. "
        "*Unusable* is free time in rests that a practitioner's shortest usual visit (20 + 5 minutes) does "
        f"not fit; beside it, rests too short for {LONGER.minutes} + {LONGER.buffer} minutes.\n",
        *_table(("", "ours", "first fit", "soonest"), _gaps(arms)),
        "",
        _verdict(arms),
        "\nThe soonest place for everybody packs better than ours: the rest is the price of choice. Most of "
        "the U2 that find nothing ask on a Friday or a Saturday, when nobody is there for 24 hours; they "
        "become a call-back.\n",
        "## Places that came free\n",
        f"Cancelled places of which at least half is used in the end; late is less than "
        f"{LATE.total_seconds() / 3600:.0f} h ahead. Without the list, too, whoever asks may book them.\n",
        *_table(("", "with the list", "without"), _refill(arms)),
        "\n## Lengths that are learnt\n",
        "The second half of the year, once with the care types' minutes, once with an owner who looks every "
        "Sunday and accepts what is proposed (70th percentile, from 20 cases on).\n",
        *_table(("", "as planned by the table", "learnt"), _learnt(arms)),
        "\nWhat is planned longer takes more of the day: punctuality is paid for in visits, which is why the "
        "owner decides.\n",
        _ASSUMED.format(
            miss=demand.MISS,
            load=demand.LOAD,
            at_once=demand.AT_ONCE,
            soon=demand.SOON,
            listed=offering.FROM_THE_LIST,
            first=offering.FIRST_SEAT,
            patience=offering.PATIENCE.days,
            cancel=demand.CANCEL,
            wait=demand.WAIT,
            accept=demand.ACCEPT,
            refuse=demand.REFUSE,
        ),
    ]
    return "\n".join(lines)


def _gaps(arms: Mapping[str, Any]) -> list[tuple[str, ...]]:
    ways = ("ours", "first fit", "soonest")
    rows = (
        ("unusable gaps, of the open minutes, year", "lost", "{:.2%}"),
        (f"the same, month after week {MONTH[0]}", "lost_in_month", "{:.2%}"),
        ("in rests too short for a longer visit", "short_rests", "{:.2%}"),
        ("used minutes of the open ones", "used", "{:.1%}"),
        ("days from wanted to first place, U4, median", "waited_days", "{:.1f}"),
    )
    told = [(name, *(_of(arms[way], key, shape) for way in ways)) for name, key, shape in rows]
    refused = (
        ("nothing found, " + urgency, *(_of(arms[way], _refused(urgency), "{:.0f}") for way in ways))
        for urgency in ("U2", "U3", "U4")
    )
    return [*told, *refused]


def _refused(urgency: str) -> Callable[[Mapping[str, Any]], float]:
    return lambda year: year["refused"].get(urgency, 0)


def _verdict(arms: Mapping[str, Any]) -> str:
    """In words, whichever way it went: seed by seed, the same demand."""
    told = []
    for key, what in (("lost", "unusable gaps"), ("used", "used minutes")):
        pairs = [(a[key], b[key]) for a, b in zip(arms["ours"], arms["first fit"], strict=True)]
        change = median(ours / theirs - 1 for ours, theirs in pairs)
        better = sum(ours < theirs if key == "lost" else ours > theirs for ours, theirs in pairs)
        told.append(f"{what} {change:+.1%} (better in {better} of {len(pairs)} seeds)")
    return f"Ours against first fit, seed by seed: {'; '.join(told)}."


def _refill(arms: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = (
        ("cancelled places", "freed", "{:.0f}"),
        ("used again", "refilled", "{:.1%}"),
        ("used again, by minutes", "refilled_minutes", "{:.1%}"),
        ("cancelled late", "freed_late", "{:.0f}"),
        ("used again, of the late ones", "refilled_late", "{:.1%}"),
        ("offers made", "offers", "{:.0f}"),
        ("offers accepted", "accepted", "{:.0f}"),
    )
    return [(name, *(_of(arms[arm], key, shape) for arm in ("ours", "no list"))) for name, key, shape in rows]


def _learnt(arms: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows: tuple[tuple[str, Figure, str], ...] = (
        ("visits counted", "played", "{:.0f}"),
        ("lengths learnt", "own_minutes", "{:.0f}"),
        ("minutes between planned and real, mean", "error_minutes", "{:.1f}"),
        ("visits longer than planned", "overran", "{:.1%}"),
        ("minutes that a patient waits, mean", "late_minutes", "{:.1f}"),
        ("patients who wait over ten minutes", "late_over_10", "{:.1%}"),
        ("used minutes of the open ones, whole year", "used", "{:.1%}"),
        ("visits kept, whole year", "visits", "{:.0f}"),
        ("nothing found, whole year", lambda year: sum(year["refused"].values()), "{:.0f}"),
    )
    both = arms["ours"], arms["learning"]
    return [(name, *(_of(years, key, shape) for years in both)) for name, key, shape in rows]


def _of(years: Sequence[Mapping[str, Any]], key: Figure, shape: str) -> str:
    values = [key(year) if callable(key) else year[key] for year in years]
    middle, least, most = (shape.format(one) for one in (median(values), min(values), max(values)))
    return f"{middle} ({least} to {most})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
