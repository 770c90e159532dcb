"""Putting the demo practice into an empty database, once: the practice, the cast, a generated population.

Runs as the database's owner, with COPY. A database that holds a practice already is left as it is, except
for the cast's push subscriptions and the external agenda: the peers may listen on another port than before.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from backend.booking.events import AppointmentBooked
from backend.demo.cast import cast, demo_practice
from backend.demo.peers.subscriptions import seed_from, subscription_for
from backend.demo.population import populate
from backend.demo.rows import Population
from backend.demo.scene import Person
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.ids import new_id
from backend.kit.settings import settings
from backend.kit.vapid import public_key
from backend.outbox.publish import publish
from backend.practice.model import Practice
from backend.practice.repository import load_practice, save_practice

CONTACT_TEXT = "2026-11"


def main(cast_only: bool = False) -> None:
    """The command `quenotte seed`; `--cast-only` is for the tests."""
    if not settings().demo:
        raise SystemExit("seed is for the demo (QUENOTTE_DEMO=1): it invents people")
    asyncio.run(_seed(cast_only))


async def _seed(cast_only: bool) -> None:
    await db.open_pool(2)
    try:
        async with db.transaction():
            if not (await load_practice()).sites:
                await _seed_practice(cast_only)
            if not cast_only:
                await _refresh_subscriptions()
                await _refresh_calendar()
    finally:
        await db.close_pool()


async def _seed_practice(cast_only: bool) -> None:
    now = await business_now()
    practice = demo_practice(now)
    await save_practice(practice)
    await _add_accounts(now)
    await _add_patients(now, practice)
    await _add_guardians(now)
    if not cast_only:
        await _add_population(practice, now)


async def _add_accounts(now: datetime) -> None:
    await db.copy_rows(
        "account",
        (
            *("id", "given_name", "family_name", "email", "email_confirmed_at", "phone", "locale"),
            *("wants_push", "wants_email", "contact_text_version", "contact_chosen_at", "created_at"),
        ),
        [
            (
                *(one.account_id, one.given_name, one.family_name, one.email, now, one.phone, "fr"),
                *(True, True, CONTACT_TEXT, now, now),
            )
            for one in cast().accounts
        ],
    )
    await db.copy_rows(
        "staff_member",
        ("account_id", "role", "practitioner_id", "since"),
        [(one.account_id, one.role, one.practitioner_id, now) for one in cast().accounts if one.role],
    )


async def _add_patients(now: datetime, practice: Practice) -> None:
    today = now.astimezone(practice.sites[0].timezone).date()
    await db.copy_rows(
        "patient",
        (
            *("id", "given_name", "family_name", "birth_date", "declared", "alerts"),
            *("usual_practitioner_id", "created_at"),
        ),
        [
            (
                *(one.patient_id, one.given_name, one.family_name, one.birth_date(today)),
                *(list(one.declared), list(one.alerts), one.usual_practitioner_id, now),
            )
            for one in cast().patients
        ],
    )


async def _add_guardians(now: datetime) -> None:
    await db.copy_rows(
        "guardian",
        ("id", "account_id", "patient_id", "relation", "may_book", "gets_messages", "since"),
        [
            (new_id(), account.account_id, patient_id, relation, True, True, now)
            for account in cast().accounts
            for patient_id, relation in _acts_for(account)
        ],
    )


async def _add_population(practice: Practice, now: datetime) -> None:
    found = populate(practice, cast().people.values(), now)
    tables: dict[str, Sequence[NamedTuple]] = {
        "account": found.accounts,
        "patient": found.patients,
        "guardian": found.guardians,
        "appointment": found.appointments,
        "resource_use": found.resource_uses,
    }
    for table, rows in tables.items():
        await db.copy_rows(table, rows[0]._fields, rows)
    await _tell_of_the_casts_visits(found, now)


async def _tell_of_the_casts_visits(found: Population, now: datetime) -> None:
    """The cast is confirmed and reminded like anybody who books; the generated people are not written to."""
    cast_ids = {person.patient_id for person in cast().patients}
    for visit in found.appointments:
        if visit.patient_id in cast_ids and visit.status == "booked" and visit.starts_at > now:
            await publish(AppointmentBooked(appointment_id=visit.id, version=visit.version))


def _acts_for(account: Person) -> Iterable[tuple[object, str]]:
    if account.patient_id:
        yield account.patient_id, "self"
    for guards in account.guards:
        yield cast()[guards.person].patient_id, guards.relation


async def _refresh_calendar() -> None:
    """Another software's agenda for the orthodontist, at the peers' address of today."""
    url = f"{settings().demo_peers_url}/agenda/demo.ics"
    known = "update external_calendar set url = $1, due_at = now() where url like '%/agenda/demo.ics'"
    if not await db.execute(known, url):
        await db.execute(
            """
            insert into external_calendar (id, practitioner_id, name, url, due_at, created_at)
            values ($1, $2, 'Agenda de la faculté', $3, now(), now())
            """,
            new_id(),
            cast()["orthodontist"].practitioner_id,
            url,
        )


async def _refresh_subscriptions() -> None:
    """One push subscription for each of the cast, at the peers' address of today."""
    seed, url = seed_from(settings().secret), settings().demo_peers_url
    assert url is not None
    await db.execute("delete from push_subscription where device = 'Démonstration'")
    rows = []
    for person in cast().accounts:
        where = subscription_for(person.id, seed, public_key(), url)
        rows.append((new_id(), person.account_id, where.endpoint, where.p256dh, where.auth))
    await db.execute_many(
        """
        insert into push_subscription (id, account_id, endpoint, p256dh, auth, device, created_at)
        values ($1, $2, $3, $4, $5, 'Démonstration', now())
        """,
        rows,
    )
