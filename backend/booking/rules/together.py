"""From the visits of several people to what is looked for, and which three bundles to offer first."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby, product
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.model import Bundle, BundleSuggestion, Filters, PlannedVisit
from backend.booking.rules.bundles import Wish, best_by_start, bundles, rank
from backend.booking.rules.planning import LIST_STEP, needs_over
from backend.booking.rules.slots import Calendar, Need
from backend.booking.rules.suggestions import SEATS, SOONEST, suggestions
from backend.practice.model import Practice, Site

SHORTEST = "booking.suggestion.shortest"


def youngest_first(visits: Iterable[PlannedVisit]) -> tuple[PlannedVisit, ...]:
    """In the order in which they are best seen."""
    return tuple(sorted(visits, key=lambda visit: (visit.birth_date, visit.patient_id), reverse=True))


def needs_of(
    practice: Practice, visits: Sequence[PlannedVisit], first_day: date, days: int, site: Site
) -> list[list[Need]]:
    """What each of them needs in a run of days at a site; more than one need where a length changes in it."""
    here = Filters(site_id=site.id)
    return [needs_over(practice, visit, first_day, days, site.timezone, here) for visit in visits]


def free_bundles(
    calendar: Calendar, visits: Sequence[PlannedVisit], needs: Sequence[Sequence[Need]], step: int = LIST_STEP
) -> list[Bundle]:
    """Every bundle for these visits, by start, the best of a start first.

    A move puts everybody somewhere else: what leaves one of them where they are is not offered.
    """
    found: list[Bundle] = []
    for chosen in product(*needs):
        wishes = [
            Wish(patient_id=visit.patient_id, need=need, usual_practitioner_id=visit.usual_practitioner_id)
            for visit, need in zip(visits, chosen, strict=True)
        ]
        found += bundles(calendar, wishes, step)
    now_at = {visit.patient_id: visit.now_at for visit in visits}
    kept = (bundle for bundle in found if not _stays(bundle, now_at))
    return sorted(kept, key=lambda bundle: (bundle.start, rank(bundle)))


def put_forward(
    found: Sequence[Bundle], zone: ZoneInfo, age: int, usual_practitioner_id: UUID | None
) -> list[BundleSuggestion]:
    """Up to three bundles: the best, then the soonest and the soonest at hours that suit, by start.

    `found` has one bundle for each start; `age` and the usual practitioner are the youngest person's.
    """
    if not found:
        return []
    by_start = {bundle.start: bundle for bundle in found}
    best = min(found, key=rank)
    best_key = SOONEST if best is found[0] else SHORTEST
    firsts = [bundle.places[0].slot for bundle in found]
    others = [
        BundleSuggestion(bundle=by_start[each.slot.start], key=each.key)
        for each in suggestions(firsts, zone, age, usual_practitioner_id)
        if each.slot.start != best.start
    ]
    return [BundleSuggestion(bundle=best, key=best_key), *others[: SEATS - 1]]


def by_day(found: Iterable[Bundle], zone: ZoneInfo) -> list[tuple[date, list[Bundle]]]:
    """Bundles, one for each start, grouped by their day in `zone`."""
    return [
        (day, list(group))
        for day, group in groupby(
            best_by_start(found), key=lambda bundle: bundle.start.astimezone(zone).date()
        )
    ]


def nearest(found: Iterable[Bundle], wanted: datetime, n: int = 3) -> list[Bundle]:
    """The `n` bundles closest to a wanted start, in the order of the day."""
    closest = sorted(best_by_start(found), key=lambda bundle: (abs(bundle.start - wanted), bundle.start))
    return sorted(closest[:n], key=lambda bundle: bundle.start)


def _stays(bundle: Bundle, now_at: dict[UUID, tuple[datetime, UUID] | None]) -> bool:
    return any(
        (place.slot.start, place.slot.practitioner_id) == now_at[place.patient_id] for place in bundle.places
    )
