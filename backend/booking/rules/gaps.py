"""How much of the day a visit would waste: the free time beside it that becomes too short for anybody.

A practitioner's free time counts while one of their chairs is free too. A step of it is usable when the
practitioner's shortest usual visit, with its cleaning, could cover it; a rest shorter than that is lost.
What a visit wastes is the time lost after it is put there, less the time lost before. The cleaning of a
practitioner's only chair is nobody's gap: nobody could sit down then.

Everything happens in a small window cut from the bitmaps (`kit.grid`), because a visit changes nothing
farther from it than twice the shortest usual visit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from backend.booking.model import FreeSlot
from backend.booking.rules.slots import Calendar, Need, busy_mask, erode, steps_of
from backend.kit.grid import GRID, minute
from backend.practice.model import Practice

USUAL_SHARE = 8
"""One care type in so many is shorter than the shortest *usual* one: a varnish of ten minutes, done now and
then, does not make every rest of a quarter of an hour worth keeping."""
_known: list[tuple[Practice, dict[UUID, "Usual | None"]]] = []


class Usual(NamedTuple):
    """The shortest usual visit of a practitioner: the care and the cleaning after it, in minutes."""

    minutes: int
    buffer: int


class Room(NamedTuple):
    """A practitioner's free steps, and each chair's: where it is open, where nobody uses or cleans it."""

    person: int
    chairs: tuple[tuple[int, int], ...]


def shortest_usual(practice: Practice, practitioner_id: UUID) -> Usual | None:
    """The shortest visit that this practitioner usually gives; None for somebody who gives no care.

    Of the care types that they give that are booked online, the one than which an eighth are shorter.
    """
    # The practice is one object for as long as nothing in it changes, and every listing asks.
    if not _known or _known[0][0] is not practice:
        _known[:] = [(practice, {})]
    usual = _known[0][1]
    if practitioner_id not in usual:
        lengths = sorted(_lengths(practice, practitioner_id), key=sum)
        usual[practitioner_id] = lengths[len(lengths) // USUAL_SHARE] if lengths else None
    return usual[practitioner_id]


class Waste:
    """What each place that a search found would waste, in minutes; less is better, and it may be negative.

    `usual` knows a practitioner's shortest usual visit. Cheap: asked only for the few places that compete for
    a seat among the suggestions.
    """

    def __init__(self, usual: Callable[[UUID], Usual | None]) -> None:
        self._usual = usual
        self._parts: list[tuple[Calendar, Need]] = []
        self._rooms: dict[tuple[int, UUID], tuple[Room, tuple[UUID, ...], Usual | None]] = {}

    def add(self, calendar: Calendar, needs: Iterable[Need]) -> None:
        """The days and the needs that places were found with. A need's window lies in its calendar."""
        self._parts += [(calendar, need) for need in needs]

    def __call__(self, slot: FreeSlot) -> int:
        number = next(number for number, (_, need) in enumerate(self._parts) if _could_find(need, slot))
        calendar, need = self._parts[number]
        room, chairs, usual = self._room(number, slot.practitioner_id)
        if usual is None:
            return 0
        place = (minute(slot.start) - calendar.origin) // GRID
        return wasted(room, chairs.index(slot.chair_id), place, need, usual) * GRID

    def _room(self, number: int, practitioner_id: UUID) -> tuple[Room, tuple[UUID, ...], Usual | None]:
        key = (number, practitioner_id)
        if key not in self._rooms:
            calendar, need = self._parts[number]
            chairs = next(c.chair_ids for c in need.candidates if c.practitioner_id == practitioner_id)
            room = room_of(calendar, practitioner_id, chairs, need.held_back.get(practitioner_id, ()))
            self._rooms[key] = room, chairs, self._usual(practitioner_id)
        return self._rooms[key]


def room_of(
    calendar: Calendar,
    practitioner_id: UUID,
    chair_ids: Sequence[UUID],
    held_back: Sequence[tuple[int, int]] = (),
) -> Room:
    """The free steps of a practitioner and of their chairs. `held_back` (spans in minutes) are not free."""
    person = calendar.opening.get(practitioner_id, 0) & ~calendar.busy.get(practitioner_id, 0)
    if held_back:
        person &= ~busy_mask(held_back, calendar.origin, calendar.bits)
    return Room(
        person,
        tuple((calendar.opening.get(one, 0), ~calendar.busy.get(one, 0)) for one in chair_ids),
    )


def wasted(room: Room, chair: int, place: int, need: Need, usual: Usual) -> int:
    """How many steps more are lost once the need's visit is put on that chair at step `place`."""
    cleaned = steps_of(need.minutes + need.buffer)
    margin = 2 * steps_of(sum(usual))
    before = _cut(room, place - margin, cleaned + 2 * margin)
    attended = need.attended or ((0, need.minutes),)
    busy = sum(_run(margin + steps_of(begins), steps_of(ends - begins)) for begins, ends in attended)
    chairs = list(before.chairs)
    opened, idle = chairs[chair]
    chairs[chair] = opened, idle & ~_run(margin, cleaned)
    after = Room(before.person & ~busy, tuple(chairs))
    return lost(after, usual).bit_count() - lost(before, usual).bit_count()


def lost(room: Room, usual: Usual) -> int:
    """The free steps that the shortest usual visit cannot cover, as a bitmap: the unusable gaps."""
    free = usable = 0
    care, cleaned = steps_of(usual.minutes), steps_of(sum(usual))
    for opened, idle in room.chairs:
        both = room.person & opened & idle
        free |= both
        usable |= _spread(erode(both, care) & erode(idle, cleaned), cleaned)
    return free & ~usable


def _cut(room: Room, first: int, steps: int) -> Room:
    mask = (1 << steps) - 1

    def cut(bitmap: int) -> int:
        return (bitmap >> first if first >= 0 else bitmap << -first) & mask

    return Room(cut(room.person), tuple((cut(opened), cut(idle)) for opened, idle in room.chairs))


def _lengths(practice: Practice, practitioner_id: UUID) -> Iterator[Usual]:
    person = practice.practitioner(practitioner_id)
    for care in practice.care_types:
        if care.bookable_online and not care.retired and practice.gives(person, care):
            own = practice.own_minutes(care.key).get(practitioner_id)
            yield Usual(own or care.minutes, care.buffer)


def _could_find(need: Need, slot: FreeSlot) -> bool:
    among = any(one.practitioner_id == slot.practitioner_id for one in need.candidates)
    return among and need.earliest <= slot.start <= need.latest


def _run(first: int, steps: int) -> int:
    return ((1 << steps) - 1) << first


def _spread(starts: int, steps: int) -> int:
    """The steps that runs of so many cover from these starts: the way back from `slots.erode`."""
    done = 1
    while done < steps:
        more = min(done, steps - done)
        starts |= starts << more
        done += more
    return starts
