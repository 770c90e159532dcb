"""When the demo's patients sat down and when their care was over, as its staff would have tapped. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from random import Random

from backend.booking.model import Status
from backend.booking.model.stages import ChairTimes

SINCE = timedelta(days=240)
"""The practice began to tap so long ago."""
SEED = 70
USUAL, SPREAD = 0.91, 0.12
# Whoever has the skill takes longer, or less long, for the care than it says.
UNUSUAL = {("CTRL", "PEDO"): 1.12, ("ORTHC", "ORTHO"): 0.68}


class RealTimes:
    """Draws the times of each visit from a row of numbers of its own, so that the visits stay the same."""

    def __init__(self, now: datetime) -> None:
        self.random, self.now = Random(SEED), now  # noqa: S311 - invented people, not secrets

    def of(
        self, care_key: str, skills: Collection[str], starts_at: datetime, minutes: int, status: Status
    ) -> ChairTimes:
        """What was tapped of a visit; of some only the end, of some the end too late, of some nothing."""
        draw = self.random.random()
        seated_at = starts_at + timedelta(seconds=self.random.randint(-120, 480))
        factor = next((UNUSUAL[care_key, one] for one in skills if (care_key, one) in UNUSUAL), USUAL)
        lasted = minutes * factor * self.random.lognormvariate(0, SPREAD)
        late = timedelta(minutes=self.random.randint(150, 240)) if draw > 0.98 else timedelta(0)
        if starts_at < self.now - SINCE or draw < 0.1 or status not in (Status.DONE, Status.ARRIVED):
            return ChairTimes()
        if status is Status.ARRIVED:
            return ChairTimes(min(seated_at, self.now))
        finished_at = min(seated_at + timedelta(minutes=lasted) + late, self.now)
        return ChairTimes(None if draw < 0.14 else min(seated_at, finished_at), finished_at)
