-- Agendas kept elsewhere, the busy times that they tell, and the secret addresses at which ours is told.

create table external_calendar (
  id              uuid primary key,
  practitioner_id uuid not null references resource on delete restrict,
  name            text not null,
  url             text not null,
  etag            text,
  last_modified   text,
  read_until      timestamptz,
  due_at          timestamptz not null,
  tried_at        timestamptz,
  synced_at       timestamptz,
  trouble         text,
  unread          integer not null default 0,
  created_at      timestamptz not null
);

create table external_busy (
  id              uuid primary key,
  calendar_id     uuid not null references external_calendar on delete cascade,
  practitioner_id uuid not null references resource on delete restrict,
  entry_digest    bytea not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  constraint external_busy_span check (starts_at < ends_at)
);

create table calendar_feed (
  id              uuid primary key,
  account_id      uuid not null references account on delete restrict,
  patient_id      uuid references patient on delete restrict,
  practitioner_id uuid references resource on delete restrict,
  token_digest    bytea not null unique,
  tells_place     boolean not null default false,
  created_at      timestamptz not null,
  fetched_at      timestamptz,
  minute_from     timestamptz,
  fetches         integer not null default 0,
  revoked_at      timestamptz,
  constraint calendar_feed_of_one check (num_nonnulls(patient_id, practitioner_id) = 1)
);

create index external_calendar_due on external_calendar (due_at);
create index external_busy_of_calendar on external_busy (calendar_id);
create index external_busy_of_practitioner on external_busy (practitioner_id, ends_at);
create index calendar_feed_of_account on calendar_feed (account_id) where revoked_at is null;
