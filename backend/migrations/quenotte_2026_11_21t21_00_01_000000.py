"""The laws: what holds whoever writes. Piccolo's differ neither sees nor drops any of this."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit import db

ID = "2026-11-21T21:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Exclusion constraint, business time, partial indexes"

LAWS = (
    "create extension if not exists btree_gist",
    # A resource is never in two places at once. Every writer uses ON CONFLICT DO NOTHING after taking the
    # resources' locks in id order; this constraint is what remains when somebody forgets.
    """
    alter table resource_use add constraint resource_use_never_twice
    exclude using gist (resource_id with =, tstzrange(starts_at, ends_at) with &&)
    """,
    "alter table resource_use add constraint resource_use_span check (starts_at < ends_at)",
    """
    alter table resource_use add constraint resource_use_of_one_thing
    check (not (appointment_id is not null and hold_id is not null)
           and (expires_at is not null) = (hold_id is not null))
    """,
    "alter table appointment add constraint appointment_span check (starts_at < ends_at)",
    "create index resource_use_by_time on resource_use (resource_id, ends_at) include (starts_at, expires_at)",
    "create index resource_use_of_appointment on resource_use (appointment_id) where appointment_id is not null",
    "create index resource_use_of_hold on resource_use (hold_id) where hold_id is not null",
    "create index hold_of_account on hold (account_id)",
    "create index appointment_by_time on appointment (starts_at)",
    "create index appointment_of_patient on appointment (patient_id, starts_at)",
    "create index outbox_waiting on outbox_event (available_at) where done_at is null",
    "create index delivery_waiting on delivery (due_at) where state = 'planned'",
    "create index delivery_receipt_of_delivery on delivery_receipt (delivery_id)",
    "create index push_subscription_open on push_subscription (account_id) where closed_at is null",
    "create index passkey_of_account on passkey (account_id)",
    "create index session_open on session (account_id) where ended_at is null",
    "create index guardian_of_patient on guardian (patient_id)",
    "create index triage_run_of_patient on triage_run (patient_id)",
    "create index desk_request_open on desk_request (deadline) where state <> 'done'",
    "create index patient_by_name on patient (lower(family_name), lower(given_name))",
    # Business time: the machine's, plus what the demo or a test added. Outside the demo the app's role may
    # not write here, so the table stays empty and both clocks are one.
    "create table business_clock (only_row boolean primary key default true check (only_row), "
    "ahead interval not null check (ahead >= interval '0'))",
    """
    create function business_now() returns timestamptz language sql stable parallel safe as
    $$ select now() + coalesce((select ahead from business_clock), interval '0') $$
    """,
)

UNDO = (
    "drop function business_now()",
    "drop table business_clock",
    "alter table resource_use drop constraint resource_use_of_one_thing",
    "alter table resource_use drop constraint resource_use_span",
    "alter table resource_use drop constraint resource_use_never_twice",
    "alter table appointment drop constraint appointment_span",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="quenotte", description=DESCRIPTION)

    async def lay_down() -> None:
        for law in LAWS:
            await db.execute(law)

    async def lift() -> None:
        for line in UNDO:
            await db.execute(line)

    manager.add_raw(lay_down)
    manager.add_raw_backwards(lift)
    return manager

