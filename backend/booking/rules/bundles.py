"""Where several people fit together: one after the other on one chair, or side by side on several.

A bundle is a pattern (who begins how many steps after the first, with whom, on which chair) laid over the
calendar: shift each person's bitmap of possible starts by their steps, and what is common to all are the
pattern's starts. Patterns are tried from the best to the worst, and each start belongs to the first that
fits, so that no two bundles are ever compared one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import combinations, groupby, permutations, product
from operator import and_, or_
from typing import NamedTuple
from uuid import UUID

import msgspec

from backend.booking.model import Arrangement, Bundle, BundlePlace, FreeSlot
from backend.booking.rules.slots import (
    Calendar,
    Need,
    care_starts,
    chair_starts,
    practitioner_starts,
    step_mask,
    steps_of,
    window_bits,
)
from backend.kit.grid import GRID, moment, positions

APART = 10 // GRID
"""Side by side, the last begins at most so many steps after the first."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What one of them needs, and whom they usually see."""

    patient_id: UUID
    need: Need
    usual_practitioner_id: UUID | None = None


class Post(NamedTuple):
    """Somebody who gives the care, the chair, the machines."""

    practitioner_id: UUID
    chair_id: UUID
    machine_ids: tuple[UUID, ...]


class Part(NamedTuple):
    """One person's part in a pattern: which wish, so many steps after the first start, at which post."""

    wish: int
    after: int
    post: Post


Pattern = tuple[Part, ...]
Starts = Mapping[tuple[int, Post], int]


def bundles(calendar: Calendar, wishes: Sequence[Wish], step: int = GRID) -> list[Bundle]:
    """For each start and each arrangement the best bundle, by start; give the youngest person first.

    Starts lie on multiples of `step` minutes (a divisor of 60), or where a run of starts begins or ends.
    """
    starts = {
        (number, post): _starts(calendar, wish.need, post)
        for number, wish in enumerate(wishes)
        for post in _posts(wish.need)
    }
    found = [
        *_fitting(calendar, wishes, starts, Arrangement.CONSECUTIVE, _consecutive(wishes), step),
        *_fitting(calendar, wishes, starts, Arrangement.PARALLEL, _parallel(wishes), step),
    ]
    return sorted(found, key=lambda bundle: (bundle.start, rank(bundle)))


def rank(bundle: Bundle) -> tuple[int, float, int]:
    """What makes one better than another: the shortest presence, the earliest end, the usual faces."""
    return bundle.presence, bundle.end.timestamp(), bundle.unusual


def best_by_start(found: Iterable[Bundle]) -> list[Bundle]:
    """One bundle for each start, the better arrangement; by start."""
    chosen: dict[object, Bundle] = {}
    for bundle in found:
        if bundle.start not in chosen or rank(bundle) < rank(chosen[bundle.start]):
            chosen[bundle.start] = bundle
    return sorted(chosen.values(), key=lambda bundle: bundle.start)


def _fitting(
    calendar: Calendar,
    wishes: Sequence[Wish],
    starts: Starts,
    arrangement: Arrangement,
    patterns: Iterable[Pattern],
    step: int,
) -> Iterator[Bundle]:
    possible, taken = _possible(calendar, wishes, starts, arrangement), 0
    laid: list[tuple[Pattern, int]] = []
    for pattern in patterns:
        left = possible & ~taken
        if not left:
            break
        if new := reduce(and_, (starts[part.wish, part.post] >> part.after for part in pattern), left):
            laid.append((pattern, new))
            taken |= new
    edges = taken & ~(taken << 1) | taken & ~(taken >> 1)
    offered = taken & step_mask(step, calendar.bits) | edges
    for pattern, new in laid:
        for place in positions(new & offered):
            yield _bundle(calendar, wishes, arrangement, pattern, place)


def _possible(calendar: Calendar, wishes: Sequence[Wish], starts: Starts, arrangement: Arrangement) -> int:
    """The starts from which everybody could be seen, as far as one looks at each alone."""
    everywhere = (1 << calendar.bits) - 1
    if arrangement is Arrangement.CONSECUTIVE:
        return everywhere
    for number in range(len(wishes)):
        alone = reduce(or_, (mask for (wish, _), mask in starts.items() if wish == number), 0)
        everywhere &= reduce(or_, (alone >> after for after in range(APART + 1)))
    return everywhere


def _consecutive(wishes: Sequence[Wish]) -> list[Pattern]:
    """Every order on every chair that serves all, the best first; of equal ones the youngest comes first."""
    shared = reduce(and_, ({post[:2] for post in _posts(wish.need)} for wish in wishes))
    pairs = dict.fromkeys(post[:2] for post in _posts(wishes[0].need) if post[:2] in shared)
    chains = (
        chain
        for order in permutations(range(len(wishes)))
        for pair in pairs
        for chain in _chains(wishes, order, pair)
    )
    return sorted(chains, key=lambda each: (_presence(wishes, each), _unusual(wishes, each)))


def _chains(wishes: Sequence[Wish], order: Sequence[int], pair: tuple[UUID, UUID]) -> Iterator[Pattern]:
    after = 0
    places = []
    for number in order:
        need = wishes[number].need
        places.append([Part(number, after, post) for post in _posts(need) if post[:2] == pair])
        after += steps_of(need.minutes + need.buffer)
    yield from product(*places)


def _parallel(wishes: Sequence[Wish]) -> Iterator[Pattern]:
    """Everybody at a post of their own, beginning within ten minutes of each other; the best first."""
    every = [
        posts
        for posts in product(*(_posts(wish.need) for wish in wishes))
        if len({post.chair_id for post in posts}) == len(posts)
    ]
    delays = [after for after in product(range(APART + 1), repeat=len(wishes)) if min(after) == 0]

    lengths = [steps_of(wish.need.minutes) for wish in wishes]

    def presence(after: Sequence[int]) -> int:
        return max(begins + length for begins, length in zip(after, lengths, strict=True))

    # As long as the shortest presences are enough, the longer ones are never put together.
    for _, same in groupby(sorted(delays, key=presence), key=presence):
        patterns = (
            tuple(map(Part, range(len(wishes)), after, posts)) for after in list(same) for posts in every
        )
        for pattern in sorted(patterns, key=lambda each: _unusual(wishes, each)):
            if not _in_two_places(wishes, pattern):
                yield pattern


def _in_two_places(wishes: Sequence[Wish], pattern: Pattern) -> bool:
    """Whether a practitioner or a machine would be with two people at once."""
    return any(
        (one.post.practitioner_id == other.post.practitioner_id or _share_machine(one, other))
        and one.after < _ends(wishes, other)
        and other.after < _ends(wishes, one)
        for one, other in combinations(pattern, 2)
    )


def _share_machine(one: Part, other: Part) -> bool:
    return not set(one.post.machine_ids).isdisjoint(other.post.machine_ids)


def _posts(need: Need) -> list[Post]:
    """Where the care can be given, in order of preference."""
    return [
        Post(candidate.practitioner_id, chair, machines)
        for candidate in need.candidates
        for chair in candidate.chair_ids
        for machines in product(*candidate.machines)
    ]


def _starts(calendar: Calendar, need: Need, post: Post) -> int:
    others = (care_starts(calendar, one, need.minutes) for one in post.machine_ids)
    people = practitioner_starts(calendar, post.practitioner_id, need) & window_bits(calendar, need)
    return reduce(and_, others, chair_starts(calendar, post.chair_id, need)) & people


def _ends(wishes: Sequence[Wish], part: Part) -> int:
    return part.after + steps_of(wishes[part.wish].need.minutes)


def _presence(wishes: Sequence[Wish], pattern: Pattern) -> int:
    return max(_ends(wishes, part) for part in pattern)


def _unusual(wishes: Sequence[Wish], pattern: Pattern) -> int:
    usual = (wishes[part.wish].usual_practitioner_id for part in pattern)
    return sum(
        known not in (None, part.post.practitioner_id) for known, part in zip(usual, pattern, strict=True)
    )


def _bundle(
    calendar: Calendar, wishes: Sequence[Wish], arrangement: Arrangement, pattern: Pattern, place: int
) -> Bundle:
    places = []
    for part in sorted(pattern, key=lambda one: (one.after, one.wish)):
        wish = wishes[part.wish]
        start = calendar.origin + (place + part.after) * GRID
        slot = FreeSlot(
            start=moment(start),
            end=moment(start + wish.need.minutes),
            practitioner_id=part.post.practitioner_id,
            chair_id=part.post.chair_id,
            machine_ids=part.post.machine_ids,
            attended=wish.need.attended,
        )
        places.append(BundlePlace(patient_id=wish.patient_id, slot=slot))
    return Bundle(arrangement=arrangement, places=tuple(places), unusual=_unusual(wishes, pattern))
