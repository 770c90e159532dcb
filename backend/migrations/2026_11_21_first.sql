-- Every feature's tables, floor by floor, as `backend/*/tables.py` declares them; then the laws that hold
-- whoever writes. A house test compares what this gives with what the tables declare.

create extension if not exists btree_gist;

create table outbox_event (
  id           uuid primary key,
  name         text not null,
  payload      jsonb not null,
  created_at   timestamptz not null,
  available_at timestamptz not null,
  lease_until  timestamptz,
  attempts     integer not null default 0,
  last_error   text,
  done_at      timestamptz
);

create table worker_beat (
  worker text primary key,
  at     timestamptz not null
);

create table audit_entry (
  id               uuid primary key,
  at               timestamptz not null,
  actor_kind       text not null,
  actor_account_id uuid,
  session_id       uuid,
  action           text not null,
  subject_type     text not null,
  subject_id       uuid not null,
  patient_id       uuid,
  details          jsonb not null
);

create table delivery (
  id              uuid primary key,
  kind            text not null,
  occasion        text not null,
  account_id      uuid not null,
  subject_id      uuid not null,
  subject_version integer not null,
  due_at          timestamptz not null,
  useless_after   timestamptz not null,
  state           text not null,
  reason          text,
  channel         text,
  available_at    timestamptz,
  lease_until     timestamptz,
  attempts        integer not null default 0,
  created_at      timestamptz not null,
  sent_at         timestamptz,
  constraint delivery_once unique (kind, occasion, account_id, subject_id, subject_version)
);

create table delivery_receipt (
  id          uuid primary key,
  delivery_id uuid not null references delivery on delete restrict,
  channel     text not null,
  at          timestamptz not null,
  outcome     text not null,
  reference   text not null,
  detail      text
);

create table account (
  id                   uuid primary key,
  given_name           text not null,
  family_name          text not null,
  email                text unique,
  email_confirmed_at   timestamptz,
  phone                text,
  locale               text not null default 'fr',
  wants_push           boolean not null default true,
  wants_email          boolean not null default true,
  contact_text_version text,
  contact_chosen_at    timestamptz,
  created_at           timestamptz not null,
  closed_at            timestamptz
);

create table staff_member (
  account_id      uuid primary key references account on delete restrict,
  role            text not null,
  practitioner_id uuid,
  since           timestamptz not null,
  until           timestamptz
);

create table passkey (
  id            uuid primary key,
  account_id    uuid not null references account on delete restrict,
  credential_id bytea not null unique,
  public_key    bytea not null,
  sign_count    bigint not null,
  backed_up     boolean not null,
  name          text not null,
  created_at    timestamptz not null,
  last_used_at  timestamptz,
  frozen_at     timestamptz
);

create table passkey_challenge (
  id         uuid primary key,
  challenge  bytea not null,
  purpose    text not null,
  account_id uuid,
  expires_at timestamptz not null
);

create table session (
  id           uuid primary key,
  token_digest bytea not null unique,
  account_id   uuid not null references account on delete restrict,
  strong       boolean not null,
  device       text not null,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at   timestamptz not null,
  ended_at     timestamptz
);

create table sign_in_code (
  id            uuid primary key,
  email         text not null,
  purpose       text not null,
  locale        text not null,
  account_id    uuid,
  sign_up       jsonb,
  client_digest bytea not null,
  tries         integer not null default 0,
  created_at    timestamptz not null,
  expires_at    timestamptz not null,
  used_at       timestamptz
);

create table push_subscription (
  id         uuid primary key,
  account_id uuid not null references account on delete restrict,
  session_id uuid,
  endpoint   text not null unique,
  p256dh     text not null,
  auth       text not null,
  device     text not null,
  created_at timestamptz not null,
  closed_at  timestamptz
);

create table invitation (
  id           uuid primary key,
  token_digest bytea not null unique,
  role         text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  used_at      timestamptz
);

create table site (
  id          uuid primary key,
  name        text not null,
  phone       text not null,
  address     text[] not null default '{}',
  zone        text not null,
  country     text not null,
  subdivision text
);

create table resource (
  id      uuid primary key,
  site_id uuid not null references site on delete restrict,
  kind    text not null,
  name    text not null,
  code    text not null,
  active  boolean not null default true
);

create table practitioner (
  id           uuid primary key references resource on delete restrict,
  display_name text not null,
  short_name   text not null,
  skills       text[] not null default '{}',
  chair_ids    uuid[] not null default '{}'
);

create table care_type (
  key                   text primary key,
  name_fr               text not null,
  name_en               text not null,
  phrase_fr             text not null,
  phrase_en             text not null,
  minutes               integer not null,
  buffer                integer not null,
  skills                text[] not null default '{}',
  machines              text[] not null default '{}',
  is_first_consultation boolean not null default false,
  is_ebd                boolean not null default false,
  is_surgery            boolean not null default false,
  is_emergency          boolean not null default false,
  instructions_fr       text,
  instructions_en       text,
  source                text not null
);

create table opening_hours (
  id          uuid primary key,
  resource_id uuid not null references resource on delete restrict,
  weekday     integer not null,
  starts      time not null,
  ends        time not null,
  weeks       text not null
);

create table closure (
  id          uuid primary key,
  site_id     uuid not null references site on delete restrict,
  resource_id uuid references resource on delete restrict,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  reason      text not null
);

create table patient (
  id                    uuid primary key,
  given_name            text not null,
  family_name           text not null,
  birth_date            date not null,
  declared              text[] not null default '{}',
  alerts                text[] not null default '{}',
  usual_practitioner_id uuid,
  created_at            timestamptz not null
);

create table guardian (
  id            uuid primary key,
  account_id    uuid not null references account on delete restrict,
  patient_id    uuid not null references patient on delete restrict,
  relation      text not null,
  may_book      boolean not null default true,
  gets_messages boolean not null default true,
  since         timestamptz not null,
  until         timestamptz,
  constraint guardian_once unique (account_id, patient_id)
);

create table triage_run (
  id                       uuid primary key,
  patient_id               uuid not null references patient on delete restrict,
  account_id               uuid not null references account on delete restrict,
  session_id               uuid,
  questionnaire_version    text not null,
  answers                  jsonb not null,
  created_at               timestamptz not null,
  decided_at               timestamptz,
  urgency                  text,
  outcome                  text,
  care_key                 text,
  advice                   text,
  reasons                  text[] not null default '{}',
  also                     text[] not null default '{}',
  modifiers                text[] not null default '{}',
  alerts                   text[] not null default '{}',
  needs_call_back          boolean not null default false,
  call_back_within_minutes integer,
  books_within_hours       integer
);

create table hold (
  id              uuid primary key,
  account_id      uuid not null references account on delete restrict,
  patient_id      uuid not null references patient on delete restrict,
  triage_id       uuid not null references triage_run on delete restrict,
  practitioner_id uuid not null references resource on delete restrict,
  chair_id        uuid not null references resource on delete restrict,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  duration        jsonb not null,
  expires_at      timestamptz not null,
  created_at      timestamptz not null
);

create table appointment (
  id              uuid primary key,
  patient_id      uuid not null references patient on delete restrict,
  booked_by       uuid references account on delete restrict,
  hold_id         uuid unique,
  triage_id       uuid references triage_run on delete restrict,
  practitioner_id uuid not null references resource on delete restrict,
  chair_id        uuid not null references resource on delete restrict,
  site_id         uuid not null references site on delete restrict,
  care_key        text not null,
  urgency         text not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  duration        jsonb not null,
  status          text not null,
  confirmed_at    timestamptz,
  version         integer not null default 1,
  moved_late      boolean not null default false,
  cancelled_late  boolean not null default false,
  created_at      timestamptz not null,
  changed_at      timestamptz not null
);

create table resource_use (
  id             uuid primary key,
  resource_id    uuid not null references resource on delete restrict,
  appointment_id uuid references appointment on delete restrict,
  hold_id        uuid references hold on delete restrict,
  starts_at      timestamptz not null,
  ends_at        timestamptz not null,
  expires_at     timestamptz
);

create table desk_request (
  id             uuid primary key,
  account_id     uuid references account on delete restrict,
  patient_id     uuid references patient on delete restrict,
  triage_id      uuid references triage_run on delete restrict,
  kind           text not null,
  urgency        text,
  reason         text not null,
  phone          text not null,
  preferred_time text not null,
  deadline       timestamptz not null,
  state          text not null,
  taken_by       uuid,
  created_at     timestamptz not null,
  changed_at     timestamptz not null
);

-- A resource is never in two places at once. Every writer takes the resources' locks in id order and inserts
-- with ON CONFLICT DO NOTHING; this constraint is what remains when somebody forgets.
alter table resource_use
  add constraint resource_use_never_twice
    exclude using gist (resource_id with =, tstzrange(starts_at, ends_at) with &&),
  add constraint resource_use_span check (starts_at < ends_at),
  add constraint resource_use_of_one_thing check (
    not (appointment_id is not null and hold_id is not null)
    and (expires_at is not null) = (hold_id is not null)
  );
alter table appointment add constraint appointment_span check (starts_at < ends_at);

-- Nobody has two files of their own.
create unique index guardian_self_once on guardian (account_id) where relation = 'self';

-- Business time: the machine's, plus what the demo or a test added. Outside the demo the app's role may not
-- write here, so the table stays empty and both clocks are one.
create table business_clock (
  only_row boolean primary key default true check (only_row),
  ahead    interval not null check (ahead >= interval '0')
);
create function business_now() returns timestamptz language sql stable parallel safe as
$$ select now() + coalesce((select ahead from business_clock), interval '0') $$;

-- What is looked up often. Partial where only a few rows of many are of interest.
create index audit_entry_by_patient_id on audit_entry (patient_id);
create index delivery_by_account_id on delivery (account_id);
create index delivery_by_subject_id on delivery (subject_id);
create index sign_in_code_by_email on sign_in_code (email);
create index sign_in_code_by_client_digest on sign_in_code (client_digest);
create index resource_use_by_time on resource_use (resource_id, ends_at) include (starts_at, expires_at);
create index resource_use_of_appointment on resource_use (appointment_id) where appointment_id is not null;
create index resource_use_of_hold on resource_use (hold_id) where hold_id is not null;
create index hold_of_account on hold (account_id);
create index appointment_by_time on appointment (starts_at);
create index appointment_of_patient on appointment (patient_id, starts_at);
create index outbox_waiting on outbox_event (available_at) where done_at is null;
create index delivery_waiting on delivery (due_at) where state = 'planned';
create index delivery_receipt_of_delivery on delivery_receipt (delivery_id);
create index push_subscription_open on push_subscription (account_id) where closed_at is null;
create index passkey_of_account on passkey (account_id);
create index session_open on session (account_id) where ended_at is null;
create index guardian_of_patient on guardian (patient_id);
create index triage_run_of_patient on triage_run (patient_id);
create index desk_request_open on desk_request (deadline) where state <> 'done';
create index patient_by_name on patient (lower(family_name), lower(given_name));
