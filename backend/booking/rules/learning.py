"""What the real times say of a care's length with one practitioner, and when another one is proposed.

The base of a care is learnt: what it takes when nothing makes it longer. So only visits count that nothing
made longer or shorter. To take the additions off the others would be to believe minutes that nobody has
measured, and to put their mistakes into everybody's base.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import msgspec

from backend.booking.rules.durations import LONGEST, STEP

ENOUGH = 20
"""So many cases before anything is proposed; so many more after a decision before it is proposed again."""
SHARE = 70
"""Of a hundred visits, so many ended within the length that is proposed."""
LATEST = 100
WITHIN = timedelta(days=365)
LEAST_SHOWN = 5
"""With fewer cases no figure is told: one visit would be recognised."""
LONGEST_TIMES, SHORTEST_PART = 3, 4
"""Beyond three times the plan, or under a quarter of it, somebody forgot to tap."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A visit of which both times are known, aware and in the site's own zone.

    `planned` minutes include what made it longer or shorter; `plain` says that nothing did.
    """

    planned: int
    seated_at: datetime
    finished_at: datetime
    plain: bool

    @property
    def minutes(self) -> int:
        """The real length, to the nearest minute."""
        return round((self.finished_at.timestamp() - self.seated_at.timestamp()) / 60)


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """What the visits of one practitioner and care say.

    `cases` count. `not_plain` and `implausible` do not, and are told so that nobody wonders. `median` and
    `upper` (the 70th percentile) are real minutes, None below `LEAST_SHOWN` cases. `proposal` is in minutes
    on the grid; None when there is nothing to decide.
    """

    cases: int
    not_plain: int
    implausible: int
    median: int | None
    upper: int | None
    proposal: int | None


def learn(
    visits: Iterable[Case], *, planned_now: int, now: datetime, decided_at: datetime | None = None
) -> Learnt:
    """What to tell and what to propose, from the visits of one practitioner and care, in any order.

    `planned_now` is the base that holds for them. `decided_at` is when the owner decided last: accepted,
    declined or set another length by hand.
    """
    recent = [case for case in visits if now - WITHIN < case.finished_at <= now]
    plain = [case for case in recent if case.plain]
    told = [case for case in plain if plausible(case)]
    counted = sorted(told, key=lambda case: case.finished_at)[-LATEST:]
    minutes = [case.minutes for case in counted]
    shown = len(counted) >= LEAST_SHOWN
    further = [case for case in counted if decided_at is None or case.finished_at > decided_at]
    proposal = proposed(minutes) if len(further) >= ENOUGH else None
    return Learnt(
        cases=len(counted),
        not_plain=len(recent) - len(plain),
        implausible=len(plain) - len(told),
        median=percentile(minutes, 50) if shown else None,
        upper=percentile(minutes, SHARE) if shown else None,
        proposal=None if proposal == planned_now else proposal,
    )


def plausible(case: Case) -> bool:
    """Whether both taps can be believed: the same day, and a length that is not absurd for the plan."""
    same_day = case.seated_at.date() == case.finished_at.date()
    least, most = case.planned / SHORTEST_PART, case.planned * LONGEST_TIMES
    return same_day and case.minutes > 0 and least <= case.minutes <= most


def proposed(minutes: Collection[int]) -> int:
    """The length within which `SHARE` of a hundred visits ended, rounded up to the grid; at least one."""
    return min(-(-percentile(minutes, SHARE) // STEP) * STEP, LONGEST)


def percentile(minutes: Collection[int], share: int) -> int:
    """The nearest-rank percentile: the least value that `share` per cent of all values do not exceed.

    >>> percentile([20, 25, 30, 45], 70)
    30
    """
    rank = max(1, -(-share * len(minutes) // 100))
    return sorted(minutes)[rank - 1]
