"""The population of the demo: families, a year of visits behind them and weeks of visits before them.

Pure and seeded: the same practice, cast, moment and seed give the same rows. The agenda that comes out
obeys the rules of booking: nobody in two places, no chair before it is clean, everything within hours.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from backend.demo.households import neighbours
from backend.demo.rows import PatientRow, Population
from backend.demo.scene import Person
from backend.demo.visits import Visits
from backend.practice.model import Practice

PATIENTS = 1500


def populate(
    practice: Practice,
    people: Iterable[Person],
    now: datetime,
    seed: int = 2026,
    patients: int = PATIENTS,
) -> Population:
    """`patients` people with their accounts and visits as they stand at `now` (aware), and the cast's visits.

    The cast's own rows (account, patient, guardian) are not in it: they are there before.
    """
    random = Random(seed)  # noqa: S311 - invented people, not secrets
    today = now.astimezone(practice.sites[0].timezone).date()
    families = neighbours(practice, random, now, patients)
    found = Population(families.accounts, families.patients, families.guardians, [], [])
    cast = {person.id: person for person in people}
    account_of = {right.patient_id: right.account_id for right in found.guardians}
    visits = Visits(practice, random, now, found, account_of | _accounts_of(cast))
    for in_days, person_id, care in sorted(
        (visit.in_days, person.id, visit.care) for person in cast.values() for visit in person.visits
    ):
        row = _patient(cast[person_id], today, now)
        visits.plan(row, care, today + timedelta(days=in_days))
    visits.fill()
    return found


def _accounts_of(cast: dict[str, Person]) -> dict[UUID, UUID]:
    """Who books for each of the cast: whoever guards them, or they themselves."""
    accounts: dict[UUID, UUID] = {}
    for person in cast.values():
        for guarded in (person, *(cast[right.person] for right in person.guards)):
            if person.account_id and guarded.patient_id:
                accounts.setdefault(guarded.patient_id, person.account_id)
    return accounts


def _patient(person: Person, today: date, now: datetime) -> PatientRow:
    assert person.patient_id, f"{person.id} has visits and no patient_id"
    return PatientRow(
        id=person.patient_id,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date(today),
        declared=list(person.declared),
        alerts=list(person.alerts),
        usual_practitioner_id=person.usual_practitioner_id,
        created_at=now - timedelta(days=730),
    )
