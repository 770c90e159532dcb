"""What was measured as a page for people, beside the JSON: `docs/performance.md`."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.data import SIZES
from tests.bench.goals import Goal, goals

_HEAD = """# How fast it is

Written by `make bench`; the numbers behind it are in [performance.json](performance.json). **Read the
ratios**: all contenders take turns in one run on one machine, so a busy neighbour slows all of them.
Absolute times move by a third from run to run and far more on a shared machine.

The product is measured with sign-in, cross-site check, journal and headers on, over keep-alive HTTP
without compression, on a PostgreSQL that writes every commit to the disk. The floor is the same
framework and server with one `select 1`. The peer is {peer} in its best light: no session, no cross-site
check, nobody signs in, every day in one request. Before anything is timed both must list the same
places, and those that the generator left free.
"""


def page(found: Mapping[str, Any]) -> str:
    """The whole page."""
    machine = found["machine"]
    lines = [
        _HEAD.format(peer=found["peer"]),
        f"{found['date']}, {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, "
        f"{machine['system']}, Python {machine['python']}, PostgreSQL {machine['postgres']}; "
        f"load when it began: {machine['load']}. Seed of practitioner *n*: 1000 × *n* + days. "
        f"First day: {found['first_day']}.\n",
        "## Goals\n",
        "Found is the median of the rounds.\n",
        *_table(("", "goal", "bar", "found", "least-most", ""), [_goal(*goal) for goal in goals(found)]),
        "\n## Where the time goes\n",
        *_anatomy(found),
        "\n## Listing, one browser\n",
        "Median (least to most) of the rounds' medians, in milliseconds. "
        "`base`: 1 practitioner, 28 days; `h180`: 180 days; `p20`: 20 practitioners; `a20k`: 20,000 "
        "past visits. People take turns. `after a change`: ours / floor when every resource has just "
        "changed, so that nothing kept is good. For L4 the sizes took turns in rounds of their own.\n",
        *_table(
            ("", "floor", "ours", "peer", "ours / floor", "after a change", "peer / ours", "kB"),
            _listing(found["listing"]),
        ),
        "\n## Listing, 16 browsers, `base`, answers a second\n",
        *_crowd(found["listing"]["base"]["c16"]),
        "\n## Booking\n",
        *_booking(found["booking"]),
        "\n## The engine alone\n",
        *_engine(found["engine"]),
    ]
    return "\n".join(lines) + "\n"


def _goal(name: str, text: str, bar: str, value: str, range: str, met: bool | None) -> tuple[str, ...]:
    return (name, text, bar, value, range, "not run" if met is None else "met" if met else "**missed**")


def _anatomy(found: Mapping[str, Any]) -> list[str]:
    c1, engine = found["listing"]["base"]["c1"], found["engine"]
    statements = "; ".join(f"{name} {ms:.2f}" for name, ms in found["anatomy"]["statements"].items())
    return [
        f"- One listing over HTTP: {c1['ours']['ms']:.2f} ms, the floor {c1['floor']['ms']:.2f} ms.",
        *(
            f"- {said}: {_profile(found['anatomy'][who])}."
            for who, said in (("floor", "The floor"), ("ours", "One listing"))
        ),
        f"- Its statements alone, on a connection of their own, in ms: {statements}.",
        f"- Its bitmaps from raw intervals {engine['ours_ms']:.2f} ms; a listing finds them kept.",
        *(f"- {_WHY[goal.name]}" for goal in _missed(found)),
    ]


def _profile(measured: Mapping[str, Any]) -> str:
    packages = ", ".join(f"{name} {share:.0%}" for name, share in measured["shares"].items())
    return f"{measured['cpu_ms']:.2f} ms of CPU without the server, of which under the profiler {packages}"


def _missed(found: Mapping[str, Any]) -> list[Goal]:
    """One goal of each name that was missed."""
    return list({goal.name: goal for goal in goals(found) if goal.met is False}.values())


_WHY = {
    "L1": "L1: one statement as the floor has, but one that finds who asks, decides rights, reads the visit "
    "and the stamps and writes the line of the journal; around it the framework reads the query and the "
    "cookie, asks the guard and writes the headers.",
    "L2": "L2: what L1 says, by the peer's measure. With sixteen browsers the two cores carry app, "
    "PostgreSQL and browsers at once: the floor itself answers not twice what the bar asks for.",
    "L4": "L4: the answer grows with the days, and with each practitioner a line of names.",
    "L5": "L5: turning raw intervals into bitmaps takes half of it, reading the starts a third. A listing "
    "finds the bitmaps kept.",
    "L6": "L6: three practitioners, three chairs and two machines are eight bitmaps for two.",
    "B1": "B1: see the counts below.",
    "B2": "B2: the losers of a race wait for the winner's commit, then look for three other places.",
    "B3": "B3: pgbench sends the two statements that write and nothing else. Around them a visit is two "
    "requests over HTTP, each of which finds the session, and the first what the answers ask for.",
    "B4": "B4: with one practitioner everybody queues at one row, each for one statement and its commit; "
    "spread over twenty hardly anybody waits, and the two cores are what is left: they carry the app, "
    "PostgreSQL and the clients. What a visit takes of them (below) would have to be fifty times less than "
    "what the peer takes, which signs nobody in, locks nothing and gives a place away several times.",
}


def _listing(listing: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = []
    for size in SIZES:
        c1 = listing[size.name]["c1"]
        cells = [f"{c1[who]['ms']:.2f} ({c1[who]['ms_least']:.2f}-{c1[who]['ms_most']:.2f})" for who in _WHO]
        ratios = (
            f"{c1['ours_over_floor'][0]:.1f}",
            f"{listing[size.name]['changed_over_floor'][0]:.1f}",
            f"{c1['peer_over_ours'][0]:.0f}",
        )
        rows.append((f"`{size.name}`", *cells, *ratios, f"{listing[size.name]['bytes'] / 1000:.0f}"))
    return rows


_WHO = ("floor", "ours", "peer")


def _crowd(c16: Mapping[str, Any]) -> list[str]:
    rates = tuple(f"{c16[who]['per_second']:.1f}" for who in _WHO)
    return _table((*_WHO, "ours / peer"), [(*rates, f"{c16['ours_per_peer'][0]:.0f}")])


def _booking(booking: Mapping[str, Any]) -> list[str]:
    contended, calm, peer = booking["contended"], booking["uncontended"], booking["peer"]
    least, middle, most = peer["winners_per_place"]
    pgbench = booking["pgbench_per_second"]
    return [
        f"- 100 places × 16 people over 2 processes, after {contended['warm']} that do not count (a "
        f"connection plans its statements first): {contended['statuses']}, "
        f"{contended['overlaps']} overlaps, {contended['deadlocks']} deadlocks; p50 "
        f"{contended['p50_ms']:.0f} ms, p99 {contended['p99_ms']:.0f} ms.",
        "- 16 at once after places of their own, all with one practitioner: a hold takes "
        f"{calm['p50_ms']:.0f} ms (p50), {_range(booking['bookings_per_second'])} visits a second, each held "
        f"and then confirmed; spread over 20 practitioners {_range(booking['spread_per_second'])}.",
        f"- Of the processor a visit takes, in ms: {_shares(booking['processor_ms'])}. Of the sessions that "
        f"did something, {_waiting(booking['sessions']):.0%} waited for a lock.",
        "- Without the triggers of the desk's live view (docs/decisions, 2026-11-22): "
        f"{_range(booking['without_live_view_per_second'])} visits a second, "
        f"{booking['without_live_view_over_ours'][0]:.2f} times as many.",
        "- pgbench with the statements of `tests/bench/booking.sql`, same triggers: "
        f"{_range(pgbench)} visits a second."
        if pgbench
        else "- pgbench: not on this machine.",
        f"- The peer gives one place to {least} to {most} of 16 (median {middle:g}); "
        f"{peer['bookings_per_second']:.0f} visits a second.",
    ]


def _shares(milliseconds: Mapping[str, float]) -> str:
    return ", ".join(f"{who} {ms:.1f}" for who, ms in milliseconds.items())


def _waiting(sessions: Mapping[str, int]) -> float:
    return sessions.get("for_a_lock", 0) / max(1, sum(sessions.values()))


def _range(spread: Sequence[float]) -> str:
    return f"{spread[0]:.0f} ({spread[1]:.0f}-{spread[2]:.0f})"


def _engine(engine: Mapping[str, Any]) -> list[str]:
    calcom = engine["calcom_ms"]
    return [
        f"- 28 days from raw intervals: ours {engine['ours_ms']:.2f} ms (with each place's resources "
        f"{engine['ours_with_places_ms']:.2f} ms), "
        + (
            f"cal.com's {calcom:.0f} ms; same starts."
            if calcom
            else f"cal.com's not run: {engine['calcom_missing']}."
        ),
        *_same_work(engine),
        f"- 3 practitioners × 3 chairs × 2 machines {engine['three_by_three_by_two_ms']:.2f} ms, "
        f"one practitioner {engine['one_practitioner_ms']:.2f} ms.",
    ]


def _same_work(engine: Mapping[str, Any]) -> list[str]:
    if engine["calcom_ms"] is None:
        return []
    return [
        "- cal.com's engine makes days of the weekly hours each time, which ours finds kept. Both from the "
        f"weekly hours: ours {engine['ours_from_hours_ms']:.2f} ms, cal.com / ours "
        f"{_range(engine['from_hours_over_ours'])}. Both with the days' hours ready: cal.com's "
        f"{engine['calcom_opened_ms']:.0f} ms, cal.com / ours {_range(engine['opened_over_ours'])}.",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
