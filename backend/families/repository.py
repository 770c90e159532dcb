"""Patients and guardians. Every reading takes the viewer or the desk's leave.

The right is decided in the statement itself, with business time and the practice's zone: a right that ended
a second ago finds nothing, whoever forgot to ask. An unknown patient and another family's look the same.
"""

from datetime import date, datetime
from uuid import UUID

from backend.families.model import Guardian, Patient, Relative
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotAllowed, NotFound

_PATIENT = """p.id, p.given_name, p.family_name, p.birth_date, p.declared, p.alerts,
  cardinality(p.alerts) > 0 as has_alerts, p.usual_practitioner_id"""


def right_holds(now: str) -> str:
    """`rules.may_act` in SQL at a moment: the practice's zone says when the 18th birthday begins."""
    return f"""g.since <= {now} and (g.until is null or g.until > {now})
  and (g.relation <> 'parent' or p.birth_date >
       (({now}::timestamptz at time zone (select zone from site order by id limit 1))
        - interval '18 years')::date)"""


RIGHT_HOLDS = right_holds("$1")

_RELATIVES = f"""
select {_PATIENT}, g.relation, g.may_book
from guardian g join patient p on p.id = g.patient_id
where g.account_id = $2 and {RIGHT_HOLDS}
"""


async def patients_of(viewer: Viewer, now: datetime) -> list[Relative]:
    """Everybody the viewer may act for at `now` (business time): oneself first, then the eldest first."""
    rows = await db.fetch(
        f"{_RELATIVES} order by g.relation <> 'self', p.birth_date, p.id", now, viewer.account_id
    )
    return db.to_structs(Relative, rows)


async def patient_for(viewer: Viewer, patient_id: UUID, now: datetime) -> Relative:
    """One patient whom the viewer may act for at `now`; `NotFound` for an unknown one and a foreign one."""
    row = await db.fetch_row(f"{_RELATIVES} and p.id = $3", now, viewer.account_id, patient_id)
    if row is None:
        raise NotFound
    return db.to_struct(Relative, row)


async def patient_for_desk(viewer: Viewer, patient_id: UUID) -> Patient:
    """Any patient, for staff; alerts only for assistants and practitioners."""
    if not viewer.is_staff:
        raise NotAllowed
    row = await db.fetch_row(f"select {_PATIENT} from patient p where p.id = $1", patient_id)
    if row is None:
        raise NotFound
    values = dict(row) if viewer.is_clinical else {**dict(row), "alerts": ()}
    return db.to_struct(Patient, values)


async def guardians_of(patient_id: UUID, now: datetime) -> list[Guardian]:
    """The accounts that may act for a patient at `now`; for messages take those with `gets_messages`."""
    rows = await db.fetch(
        "select g.account_id, g.patient_id, g.relation, g.may_book, g.gets_messages, g.since, g.until"
        " from guardian g join patient p on p.id = g.patient_id join account a on a.id = g.account_id"
        f" where g.patient_id = $2 and a.closed_at is null and {RIGHT_HOLDS} order by g.id",
        now,
        patient_id,
    )
    return db.to_structs(Guardian, rows)


async def add_patient(patient: Patient, now: datetime) -> None:
    """Store a new patient."""
    await db.execute(
        "insert into patient (id, given_name, family_name, birth_date, created_at)"
        " values ($1, $2, $3, $4, $5)",
        patient.id,
        patient.given_name,
        patient.family_name,
        patient.birth_date,
        now,
    )


async def add_guardian(guardian_id: UUID, guardian: Guardian) -> None:
    """Store a right."""
    await db.execute(
        "insert into guardian (id, account_id, patient_id, relation, may_book, gets_messages, since, until)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        guardian_id,
        guardian.account_id,
        guardian.patient_id,
        guardian.relation,
        guardian.may_book,
        guardian.gets_messages,
        guardian.since,
        guardian.until,
    )


async def lock_family(account_id: UUID) -> None:
    """Hold off this account's other additions until the transaction ends: a double tap adds once."""
    await db.execute("select 1 from account where id = $1 for no key update", account_id)


async def files_of(account_id: UUID) -> list[Relative]:
    """Every file that an account holds an open right for, whatever the time: for whoever adds another.

    A right that a double tap has just stored may begin a moment after this request's own `now`, and must
    be seen all the same.
    """
    rows = await db.fetch(
        f"select {_PATIENT}, g.relation, g.may_book from guardian g join patient p on p.id = g.patient_id"
        " where g.account_id = $1 and g.until is null",
        account_id,
    )
    return db.to_structs(Relative, rows)


async def today(now: datetime) -> date:
    """The day that it is at the practice."""
    day: date = await db.fetch_value(
        "select ($1::timestamptz at time zone (select zone from site order by id limit 1))::date", now
    )
    return day
