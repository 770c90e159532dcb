"""The product's side: a database with the diary in it, people who are signed in, and what they ask."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import NamedTuple
from uuid import UUID

import asyncpg

from backend.kit.grid import moment
from backend.kit.ids import digest, new_id, new_token
from backend.local.postgres import LocalPostgres
from tests.bench import data
from tests.bench.client import Connection
from tests.bench.data import Size
from tests.bench.servers import environment, run

SITE = UUID(int=1)
TEMPLATE = "bench_template"
PATIENTS = 500
_PEOPLE = """
with given as (select * from unnest($1::uuid[], $2::bytea[]) as g(id, digest)),
account as (
  insert into account (id, given_name, family_name, created_at) select id, 'Banc', 'Test', now() from given),
patient as (
  insert into patient (id, given_name, family_name, birth_date, created_at)
  select id, 'Banc', 'Test', '1990-05-05', now() from given),
guardian as (
  insert into guardian (id, account_id, patient_id, relation, since)
  select id, id, id, 'self', now() from given),
session as (
  insert into session (id, token_digest, account_id, strong, device, created_at, last_seen_at, expires_at)
  select id, digest, id, true, 'Test', now(), now(), now() + interval '8 hours' from given)
insert into triage_run (id, patient_id, account_id, questionnaire_version, answers, created_at, decided_at,
  urgency, outcome, care_key, advice)
select id, id, id, 'bench', '{}', now(), now(), 'U4', 'T22', 'BENCH', 'T22' from given
"""


class Person(NamedTuple):
    """Somebody signed in, with a triage result that asks for a visit. One id serves for all of it."""

    id: UUID
    token: str

    def listing(self, first: date, days: int, practitioner: UUID | None = None) -> str:
        """The address of a listing of these days."""
        only = f"&practitioner={practitioner}" if practitioner else ""
        return f"/api/v1/slots?triage={self.id}&from={first}&until={first + timedelta(days=days - 1)}{only}"


def practitioner(number: int) -> UUID:
    """The id of practitioner 1, 2, …"""
    return UUID(int=1000 + number)


def chair(number: int) -> UUID:
    """The id of that practitioner's chair."""
    return UUID(int=2000 + number)


def prepare(postgres: LocalPostgres) -> None:
    """A migrated database to copy."""
    postgres.drop_database(TEMPLATE)
    postgres.create_database(TEMPLATE)
    run([sys.executable, "-m", "backend", "migrate"], environment(postgres, TEMPLATE))


async def load(postgres: LocalPostgres, size: Size, first: date) -> str:
    """A database with this much of a diary in it, business time standing on the evening before `first`."""
    name = f"bench_{size.name}"
    postgres.drop_database(name)
    postgres.create_database(name, template=TEMPLATE)
    owner = await asyncpg.connect(postgres.owner_url(name))
    await _practice(owner, size)
    patients = [one.id for one in await people(owner, PATIENTS)]
    rows = [
        (number, start, "booked") for number in _numbers(size) for start in data.taken(size, number, first)
    ]
    rows += [(1, start, "done") for start in data.history(size, first)]
    await _appointments(owner, patients, rows)
    evening = datetime.combine(first - timedelta(days=1), time(20), data.PARIS)
    await owner.execute("insert into business_clock (ahead) values ($1)", evening - datetime.now(UTC))
    await owner.execute("vacuum analyze")
    await owner.close()
    return name


async def people(owner: asyncpg.Connection, many: int) -> list[Person]:
    """So many people who are signed in and have answered the questions."""
    found = [Person(new_id(), new_token()) for _ in range(many)]
    await owner.execute(_PEOPLE, [one.id for one in found], [digest(one.token) for one in found])
    return found


async def listed(
    connection: Connection, person: Person, size: Size, first: date, number: int
) -> set[datetime]:
    """What the product lists for practitioner `number`."""
    answer = await connection.get(person.listing(first, size.days, practitioner(number)), person.token)
    assert answer.status == 200, answer
    return {moment(start) for day in answer.json()["days"] for start, _ in day["starts"]}


def _numbers(size: Size) -> range:
    return range(1, size.practitioners + 1)


async def _practice(owner: asyncpg.Connection, size: Size) -> None:
    await owner.execute(
        "insert into site (id, name, phone, zone, country) values ($1, 'Banc', '', 'Europe/Paris', 'FR')",
        SITE,
    )
    for number in _numbers(size):
        for kind, id in (("practitioner", practitioner(number)), ("chair", chair(number))):
            await owner.execute(
                "insert into resource (id, site_id, kind, name, code) values ($1, $2, $3, 'B', 'B')",
                id,
                SITE,
                kind,
            )
        await owner.execute(
            "insert into practitioner (id, display_name, short_name, skills, chair_ids) "
            "values ($1, 'Dr Banc', 'Dr Banc', '{OMNI}', $2)",
            practitioner(number),
            [chair(number)],
        )
    hours = [
        (new_id(), practitioner(number), weekday, begins, ends, "all")
        for number in _numbers(size)
        for weekday in range(1, 6)
        for begins, ends in data.HOURS
    ]
    columns = ["id", "resource_id", "weekday", "starts", "ends", "weeks"]
    await owner.copy_records_to_table("opening_hours", records=hours, columns=columns)
    await owner.execute(
        """
        insert into care_type (key, name_fr, name_en, phrase_fr, phrase_en, minutes, buffer, skills,
          is_first_consultation, source)
        values ('BENCH', 'Banc', 'Bench', 'le banc', 'the bench', $1, 0, '{OMNI}', true, 'P')
        """,
        data.MINUTES,
    )


async def _appointments(
    owner: asyncpg.Connection, patients: list[UUID], rows: list[tuple[int, datetime, str]]
) -> None:
    """Rows of (practitioner's number, start, status) as appointments with their spans."""
    long = timedelta(minutes=data.MINUTES)
    duration = '{"minutes": 30, "lines": []}'
    visits, uses = [], []
    for (number, start, status), patient in zip(rows, cycle(patients)):
        id, at = new_id(), (start, start + long)
        visits.append((id, patient, practitioner(number), chair(number), SITE, *at, duration, status))
        uses += [(new_id(), resource, id, *at) for resource in (practitioner(number), chair(number))]
    await owner.executemany(
        """
        insert into appointment (id, patient_id, practitioner_id, chair_id, site_id, starts_at, ends_at,
          duration, status, care_key, urgency, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'BENCH', 'U4', now(), now())
        """,
        visits,
    )
    columns = ["id", "resource_id", "appointment_id", "starts_at", "ends_at"]
    await owner.copy_records_to_table("resource_use", records=uses, columns=columns)
