"""`make races`: the races and the model of the agenda in full size, written to docs/races.md."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "races.md"
FLOWS = ("expiring_holds", "clock_changes", "waiting_list", "agenda_model", "slot_race")
HEAD = """# Races for a place

Written by `make races`, which runs what `make test` runs in small. Each line is one race and what it
counted; a control is the same race with one protection taken away, and must go wrong. `p95 s` is the time
within which 95 of 100 had their answer, in seconds, with the two hundred clients and the two server
processes on the same machine; the goal is 1 s.

- **R1** Two hundred people ask for one place at the same moment, over HTTP, of two server processes: one may
  have it (201), the others are refused (409) and named three other places.
- **R2** Holds run out within 50 ms of their confirmation, while somebody else wants the place: booked or
  released, not both, not neither.
- **R3** Freed places are offered to people who wait, while they answer, run out of time, and others book
  there: nothing given twice, every offer ends once.
- **R12** Ten zones, six changes of their clocks, every quarter hour of a week on either side: places,
  reminders and calendar files.
- **Model** Random lives of an agenda through HTTP; after each step the database says what a naive diary of
  who is where says.
"""


def main() -> int:
    """Run them, write the page; pytest's exit status."""
    os.environ["QUENOTTE_RACES"] = "full"
    load = os.getloadavg()[0]
    files = [str(ROOT / "tests" / "flows" / f"test_{name}.py") for name in FLOWS]
    status = pytest.main(["-p", "no:cacheprovider", *files])
    from tests.flows.crowd import FOUND, SEED

    lines = [
        HEAD,
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, "
        f"load {load:.1f} when it began, seed {SEED}: "
        f"{'all passed' if status == 0 else '**not all passed**'}.\n",
        "| race | s | counted |",
        "| --- | ---: | --- |",
    ]
    for found in FOUND:
        counts = ", ".join(f"{what}: {count}" for what, count in found.counts.items())
        lines.append(f"| {found.race} | {found.seconds:.0f} | {counts} |")
    PAGE.write_text("\n".join(lines) + "\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
