"""Fill the demo's agenda: a year of visits that took place, and the weeks ahead, partly. Pure and seeded."""

from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

import msgspec

from backend.booking.model import Status
from backend.booking.rules.durations import duration, modifiers_for
from backend.demo.agenda import Agenda, Place
from backend.demo.care_mix import BY_SKILL, Usual
from backend.demo.real_times import RealTimes
from backend.demo.rows import AppointmentRow, PatientRow, Population, ResourceUseRow, seeded_id
from backend.kit.days import age_on
from backend.kit.grid import Span, moment
from backend.practice.model import CareType, Modifier, Practice, Practitioner

PAST_DAYS = 365
PAST_FILL = 0.7
# How full the coming weeks are, from today on; after the last one nothing is booked.
COMING_FILL = (0.72, 0.7, 0.66, 0.56, 0.42, 0.28, 0.18, 0.1)
# A patient is not seen again within this many days.
REST = timedelta(days=12)


class Visits:
    """Puts visits into the agenda and writes their rows to `found`."""

    def __init__(
        self,
        practice: Practice,
        random: Random,
        now: datetime,
        found: Population,
        account_of: dict[UUID, UUID],
    ) -> None:
        self.random = random
        self.now = now
        self.today = now.astimezone(practice.sites[0].timezone).date()
        self.first = self.today - timedelta(days=PAST_DAYS)
        self.last = self.today + timedelta(days=7 * len(COMING_FILL) - 1)
        # A visit of the cast may be pushed past the last day by holidays.
        self.agenda = Agenda(practice, self.first, self.last + timedelta(days=120))
        self.care = {care.key: care for care in practice.care_types}
        self.found = found
        self.account_of = account_of
        self.last_seen: dict[UUID, date] = {}
        self.real_times = RealTimes(now)

    def plan(self, patient: PatientRow, care_key: str, day: date) -> None:
        """A visit on the first free place from a day on, with the usual practitioner where able."""
        care = self.care[care_key]
        able = self.agenda.able(care)
        able.sort(key=lambda one: one.id != patient.usual_practitioner_id)
        modifiers = self._modifiers(care, patient, day)
        delay = self.random.randrange(0, 240, 15)
        place = self.agenda.put_from(able, care, duration(care, modifiers).minutes, day, delay)
        self._write(patient, care, modifiers, place, cancelled=False)

    def fill(self) -> None:
        """The visits of the patients in `found`, day by day."""
        queues = _Queues(self.found.patients, self.random)
        for number in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=number)
            for practitioner in self.agenda.practice.practitioners:
                for hours in self.agenda.hours(practitioner, day):
                    self._fill_hours(practitioner, hours, day, queues)

    def _fill_hours(self, practitioner: Practitioner, hours: Span, day: date, queues: "_Queues") -> None:
        fill = PAST_FILL if day < self.today else COMING_FILL[(day - self.today).days // 7]
        usual = [one for skill in practitioner.skills for one in BY_SKILL.get(skill, ())]
        weights = [one.weight for one in usual]
        cursor = hours.start
        while cursor < hours.end:
            if self.random.random() >= fill:
                cursor += self.random.choice((20, 25, 30, 40))
                continue
            # What does not fit before closing, or wants a machine in use, gives way to something else.
            choices = self.random.choices(usual, weights, k=4)
            ends = (self._visit(practitioner, one, cursor, hours.end, day, queues) for one in choices)
            cursor = next((end for end in ends if end is not None), cursor + 5)

    def _visit(
        self,
        practitioner: Practitioner,
        choice: Usual,
        start: int,
        closing: int,
        day: date,
        queues: "_Queues",
    ) -> int | None:
        care = self.care[choice.care]
        patient = self._next(queues, practitioner, choice, day)
        if patient is None:
            return None
        modifiers = self._modifiers(care, patient, day)
        minutes = duration(care, modifiers).minutes
        if start + minutes > closing:
            return None
        place = self.agenda.put(practitioner, care, minutes, start)
        if place is None:
            return None
        cancelled = self.random.random() < 0.05
        self._write(patient, care, modifiers, place, cancelled)
        # With one chair the practitioner waits for the cleaning; with two, the next patient is seated.
        return start + minutes + (care.buffer if len(practitioner.chair_ids) == 1 else 0)

    def _next(
        self, queues: "_Queues", practitioner: Practitioner, choice: Usual, day: date
    ) -> PatientRow | None:
        own = practitioner.id if "OMNI" in practitioner.skills and choice.most_age == 120 else None
        for _ in range(8):
            patient = queues.next(own, choice.least_age, choice.most_age, self.today)
            if patient is None:
                return None
            age = age_on(patient.birth_date, day)
            rested = day - self.last_seen.get(patient.id, date.min) >= REST
            if rested and choice.least_age <= age <= choice.most_age:
                return patient
        return None

    def _modifiers(self, care: CareType, patient: PatientRow, day: date) -> tuple[Modifier, ...]:
        new = patient.id not in self.last_seen and patient.created_at.date() > self.first
        declared = [Modifier(one) for one in patient.declared]
        return modifiers_for(care, patient.birth_date, day, declared, first_visit=new)

    def _write(
        self,
        patient: PatientRow,
        care: CareType,
        modifiers: tuple[Modifier, ...],
        place: Place,
        cancelled: bool,
    ) -> None:
        self.last_seen[patient.id] = place.starts_at.date()
        status = Status.CANCELLED if cancelled else self._status(place)
        urgent = care.is_emergency
        ahead = timedelta(hours=self.random.randint(2, 24) if urgent else self.random.randint(60, 900))
        created_at = min(place.starts_at - ahead, self.now - timedelta(minutes=self.random.randint(10, 3000)))
        confirmed_at = self._confirmed(place, created_at)
        skills = self.agenda.practice.practitioner(place.practitioner_id).skills
        minutes = int((place.ends_at - place.starts_at).total_seconds()) // 60
        times = self.real_times.of(care.key, skills, place.starts_at, minutes, status)
        account_id = self.account_of.get(patient.id)
        row = AppointmentRow(
            id=seeded_id(self.random, created_at),
            patient_id=patient.id,
            booked_by=account_id if self.random.random() < 0.8 else None,
            practitioner_id=place.practitioner_id,
            chair_id=place.chair_id,
            site_id=self.agenda.practice.resource(place.chair_id).site_id,
            care_key=care.key,
            urgency="U2" if urgent else "U4",
            starts_at=place.starts_at,
            ends_at=place.ends_at,
            duration=_duration_text(care, modifiers),
            status=status.value,
            confirmed_at=confirmed_at,
            seated_at=times.seated_at,
            finished_at=times.finished_at,
            version=1,
            created_at=created_at,
            changed_at=confirmed_at or created_at,
        )
        self.found.appointments.append(row)
        if not cancelled:
            self.found.resource_uses.extend(
                self._use(row, resource_id, span) for resource_id, span in place.uses
            )

    def _use(self, row: AppointmentRow, resource_id: UUID, span: Span) -> ResourceUseRow:
        use_id = seeded_id(self.random, row.created_at)
        return ResourceUseRow(use_id, resource_id, row.id, moment(span.start), moment(span.end))

    def _status(self, place: Place) -> Status:
        if place.ends_at <= self.now:
            return Status.MISSED if self.random.random() < 0.03 else Status.DONE
        return Status.ARRIVED if place.starts_at <= self.now else Status.BOOKED

    def _confirmed(self, place: Place, created_at: datetime) -> datetime | None:
        """Six in ten confirm, between two days and a few hours before."""
        at = place.starts_at - timedelta(minutes=self.random.randint(300, 2880))
        return at if created_at < at <= self.now and self.random.random() < 0.6 else None


class _Queues:
    """Patients of an age, each in turn, so that visits are spread over everybody."""

    def __init__(self, patients: list[PatientRow], random: Random) -> None:
        self.patients = patients
        self.random = random
        self._queues: dict[tuple[UUID | None, int, int], list[PatientRow]] = {}
        self._turns: dict[tuple[UUID | None, int, int], int] = {}

    def next(self, usual: UUID | None, least: int, most: int, today: date) -> PatientRow | None:
        """The next patient of that age whose usual practitioner this is (None: whoever it is)."""
        key = (usual, least, most)
        if key not in self._queues:
            fitting = [
                one
                for one in self.patients
                if usual in (None, one.usual_practitioner_id)
                and least <= age_on(one.birth_date, today) <= most + 1
            ]
            self._queues[key] = self.random.sample(fitting, len(fitting))
        queue = self._queues[key]
        if not queue:
            return None
        self._turns[key] = self._turns.get(key, -1) + 1
        return queue[self._turns[key] % len(queue)]


@cache
def _duration_text(care: CareType, modifiers: tuple[Modifier, ...]) -> str:
    return msgspec.json.encode(duration(care, modifiers)).decode()
