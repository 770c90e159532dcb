"""Invented families around the practice: who is cared for, who acts for whom. Pure and seeded."""

import unicodedata
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from backend.demo.names import FAMILY, GROWN, OLD, YOUNG
from backend.demo.rows import AccountRow, GuardianRow, PatientRow, seeded_id
from backend.practice.model import Modifier, Practice

HAVE_ACCOUNT = 0.6
# Of a hundred patients, how many tell us what makes their visits longer.
DECLARED = (
    (Modifier.VERY_ANXIOUS, 0.04),
    (Modifier.HANDICAP, 0.012),
    (Modifier.INTERPRETER, 0.01),
    (Modifier.HEARING, 0.008),
)


class Neighbours(NamedTuple):
    """The generated families, as rows."""

    accounts: list[AccountRow]
    patients: list[PatientRow]
    guardians: list[GuardianRow]


def neighbours(practice: Practice, random: Random, now: datetime, patients: int) -> Neighbours:
    """Families until there are `patients` people, known to the practice for one to nine years."""
    found = Neighbours([], [], [])
    usual = [one.id for one in practice.practitioners if "OMNI" in one.skills]
    while len(found.patients) < patients:
        _Family(random, now, usual, found).move_in(patients - len(found.patients))
    return found


class _Family:
    def __init__(self, random: Random, now: datetime, usual: list[UUID], found: Neighbours) -> None:
        self.random = random
        self.now = now
        self.today = now.date()
        self.since = now - timedelta(days=random.randint(370, 3300))
        self.name = random.choice(FAMILY).replace("-", " ")
        # Two families in three go to the practitioner who also sees children.
        self.usual = random.choices(usual, weights=[2, *[1] * (len(usual) - 1)])[0]
        self.found = found

    def move_in(self, most: int) -> None:
        """One to six people: an old couple or person, adults, or parents with children."""
        kind = self.random.random()
        if kind < 0.2:
            ages, children = [self.random.randint(66, 93)], 0
        elif kind < 0.5:
            ages, children = [self.random.randint(19, 70)], 0
        else:
            ages, children = [self.random.randint(29, 52)], self.random.choices((1, 2, 3), (4, 5, 2))[0]
        if self.random.random() < 0.6:
            ages.append(max(19, ages[0] + self.random.randint(-6, 6)))
        adults = [self._patient(age) for age in ages[:most]]
        young = [self._patient(self.random.randint(1, 17)) for _ in range(min(children, most - len(adults)))]
        for adult in adults:
            if self.random.random() < HAVE_ACCOUNT:
                self._account(adult, young)

    def _patient(self, age: int) -> PatientRow:
        born = self.today - timedelta(days=int(age * 365.25) + self.random.randint(2, 360))
        on_blood_thinner = age >= 60 and self.random.random() < 0.12
        declared = [modifier.value for modifier, share in DECLARED if self.random.random() < share]
        patient = PatientRow(
            id=seeded_id(self.random, self.since),
            given_name=self.random.choice(YOUNG if age < 18 else GROWN if age < 60 else OLD),
            family_name=self.name,
            birth_date=born,
            declared=declared + [Modifier.ANTICOAGULATED_SURGERY.value] * on_blood_thinner,
            alerts=["anticoagulant"] * on_blood_thinner + ["allergy"] * (self.random.random() < 0.03),
            usual_practitioner_id=self.usual,
            created_at=max(self.since, datetime.combine(born, self.since.timetz())),
        )
        self.found.patients.append(patient)
        return patient

    def _account(self, adult: PatientRow, young: list[PatientRow]) -> None:
        number = len(self.found.accounts)
        account = AccountRow(
            id=seeded_id(self.random, self.since),
            given_name=adult.given_name,
            family_name=adult.family_name,
            email=f"{_plain(adult.given_name)}.{_plain(adult.family_name)}.{number}@example.org",
            email_confirmed_at=self.since,
            phone=f"+3363998{1000 + number:04d}",
            locale="fr",
            wants_push=True,
            wants_email=True,
            created_at=self.since,
        )
        self.found.accounts.append(account)
        for patient in (adult, *young):
            relation = "self" if patient is adult else "parent"
            self.found.guardians.append(
                GuardianRow(
                    id=seeded_id(self.random, patient.created_at),
                    account_id=account.id,
                    patient_id=patient.id,
                    relation=relation,
                    may_book=True,
                    gets_messages=True,
                    since=patient.created_at,
                )
            )


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower())
    return "".join(letter if letter.isalpha() else "-" for letter in letters if ord(letter) < 128)
