"""`make year`: five seeds under each way of offering, written to docs/figures.md and docs/figures.json."""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter

from tests.year import report
from tests.year.figures import Year, figures
from tests.year.offering import Way

SEEDS = (1, 2, 3, 4, 5)
ARMS = {
    "ours": {},
    "first fit": {"way": Way.FIRST_FIT},
    "soonest": {"way": Way.SOONEST},
    "no list": {"waiting": False},
    "learning": {"learning": True},
}
DOCS = Path(__file__).parents[2] / "docs"


def main() -> None:
    """Live through every year, and write what they say."""
    began = perf_counter()
    years = {(arm, seed): Year(seed=seed, **choices) for arm, choices in ARMS.items() for seed in SEEDS}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        told = dict(zip(years, pool.map(figures, years.values()), strict=True))
    found = {"seeds": SEEDS, "arms": {arm: [told[arm, seed] for seed in SEEDS] for arm in ARMS}}
    (DOCS / "figures.json").write_text(json.dumps(found, indent=1) + "\n")
    (DOCS / "figures.md").write_text(report.page(found))
    print((DOCS / "figures.md").read_text(), f"{perf_counter() - began:.0f} s", sep="\n")


if __name__ == "__main__":
    main()
