"""Who asks for what, and what they will do: drawn once from a seed, the same for every way of offering.

One figure is a fact: 4.4 % of visits are missed after two reminders (Steiner et al., Am J Manag Care 2018;
24(8):377-384, 54,066 visits). Everything else here is an assumption, and docs/figures.md prints it.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.rules.durations import duration
from backend.demo.care_mix import BY_SKILL, Usual
from backend.demo.households import neighbours
from backend.demo.population import PATIENTS
from backend.demo.rows import PatientRow
from backend.kit.days import age_on
from backend.practice.model import Practice, Practitioner
from backend.practice.rules import opening_masks

LOAD = 0.92
"""Minutes asked for, cleaning of an only chair included, per minute that the practitioners are there."""
AT_ONCE = 0.45
"""So many want to come as soon as possible; the others not before a day one to eight weeks ahead."""
SOON = 0.2
"""Of the fillings and extractions, so many have pain: within seven days (U3)."""
CANCEL, LATE_CANCEL, MISS = 0.10, 0.5, 0.044
WAIT = 0.3
"""Of those who get a place more than three days ahead, so many ask to be told of an earlier one."""
ACCEPT, REFUSE = 0.4, 0.3
"""What an offer is answered; nobody answers the others."""
ANSWERS_AFTER = timedelta(minutes=25)
"""Half of the answers come within this time; how late the others are is log-normal (sigma 1)."""
PAIN = ("CAR1", "CAR2", "CAR3", "AVUL1")
EVERY_DAY = (1, 2, 3, 4, 5, 6)
WISHES = (
    (0.5, EVERY_DAY, time(0), time(23, 59)),
    (0.25, EVERY_DAY, time(0), time(12)),
    (0.25, EVERY_DAY, time(14), time(23, 59)),
)


class Wish(NamedTuple):
    """When somebody would come earlier, and how long before they must know."""

    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    notice: timedelta


class Answer(NamedTuple):
    """What somebody does with an offer; `says` is None for nothing."""

    after: timedelta
    says: bool | None


class Request(NamedTuple):
    """Somebody asks for a visit at a moment. `seat` (0 to 1) is which place offered they take.

    `cancels` is how long before the visit they give it back; None for never. `noise` is what the day adds to
    the length of this visit.
    """

    number: int
    at: datetime
    person: PatientRow
    care_key: str
    urgency: str
    not_before: date | None
    seat: float
    which: float
    cancels: timedelta | None
    missed: bool
    wish: Wish | None
    answers: tuple[Answer, ...]
    noise: float


def requests(practice: Practice, seed: int, first: date, days: int) -> list[Request]:
    """Everything that is asked in so many days, in order of time."""
    return sorted(_Draw(practice, seed, first, days).all(), key=lambda one: one.at)


def truth(practice: Practice, seed: int) -> dict[tuple[UUID, str], float]:
    """How much longer or shorter than the care's minutes each practitioner really takes: hidden from all."""
    chance = Random(seed * 7919 + 1)
    return {
        (one.id, care.key): min(max(chance.lognormvariate(0, 0.22), 0.65), 1.6)
        for one in practice.practitioners
        for care in practice.care_types
    }


class _Draw:
    def __init__(self, practice: Practice, seed: int, first: date, days: int) -> None:
        self.practice, self.first, self.days = practice, first, days
        self.random = Random(seed)
        self.zone: ZoneInfo = practice.sites[0].timezone
        begins = datetime.combine(first, time(8), self.zone)
        self.people = neighbours(practice, self.random, begins, PATIENTS).patients
        self.care = {care.key: care for care in practice.care_types}
        self.number = 0

    def all(self) -> Iterator[Request]:
        opened = opening_masks(self.practice, self.first, self.days, self.zone)
        for practitioner in self.practice.practitioners:
            minutes = 5 * opened[practitioner.id].bit_count()
            yield from self._asked_of(practitioner, minutes * LOAD)

    def _asked_of(self, practitioner: Practitioner, minutes: float) -> Iterator[Request]:
        """The practitioner's mix of care, until so many minutes are asked for."""
        usual = [one for skill in practitioner.skills for one in BY_SKILL.get(skill, ())]
        weights = [one.weight for one in usual]
        alone = len(practitioner.chair_ids) == 1
        while minutes > 0:
            choice = self.random.choices(usual, weights)[0]
            person = self._person(practitioner, choice)
            if person is None:
                continue
            care = self.care[choice.care]
            minutes -= duration(care, ()).minutes + (care.buffer if alone else 0)
            yield self._request(person, choice)

    def _person(self, practitioner: Practitioner, choice: Usual) -> PatientRow | None:
        for _ in range(40):
            person = self.random.choice(self.people)
            general = "OMNI" in practitioner.skills and choice.most_age == 120
            right_age = choice.least_age <= age_on(person.birth_date, self.first) <= choice.most_age
            if right_age and (not general or person.usual_practitioner_id == practitioner.id):
                return person
        return None

    def _request(self, person: PatientRow, choice: Usual) -> Request:
        chance, care = self.random, self.care[choice.care]
        self.number += 1
        day = self.first + timedelta(days=chance.randrange(self.days))
        urgency = "U2" if care.is_emergency else "U3" if self._in_pain(choice.care) else "U4"
        later = urgency == "U4" and chance.random() >= AT_ONCE
        return Request(
            number=self.number,
            at=datetime.combine(day, time(8), self.zone) + timedelta(minutes=chance.randrange(14 * 60)),
            person=person,
            care_key=care.key,
            urgency=urgency,
            not_before=day + timedelta(days=chance.randint(7, 56)) if later else None,
            seat=chance.random(),
            which=chance.random(),
            cancels=self._cancels(),
            missed=chance.random() < MISS,
            wish=self._wish(),
            answers=tuple(self._answer() for _ in range(12)),
            noise=chance.lognormvariate(0, 0.22),
        )

    def _in_pain(self, care_key: str) -> bool:
        return care_key in PAIN and self.random.random() < SOON

    def _cancels(self) -> timedelta | None:
        if self.random.random() >= CANCEL:
            return None
        late = self.random.random() < LATE_CANCEL
        return timedelta(hours=self.random.uniform(2, 48) if late else self.random.uniform(48, 504))

    def _wish(self) -> Wish | None:
        if self.random.random() >= WAIT:
            return None
        _, weekdays, begins, ends = self.random.choices(WISHES, [one[0] for one in WISHES])[0]
        notice = self.random.choice((60, 180, 1440, 2880))
        return Wish(weekdays, begins, ends, timedelta(minutes=notice))

    def _answer(self) -> Answer:
        said = self.random.random()
        says = True if said < ACCEPT else False if said < ACCEPT + REFUSE else None
        return Answer(ANSWERS_AFTER * self.random.lognormvariate(0, 1), says)
