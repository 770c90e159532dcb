-- The waiting list: who would come earlier, which places came free, and to whom each was offered.

create table waiting_wish (
  id             uuid primary key,
  appointment_id uuid not null references appointment on delete restrict,
  patient_id     uuid not null references patient on delete restrict,
  account_id     uuid not null references account on delete restrict,
  weekdays       integer[] not null default '{}',
  from_time      time not null,
  until_time     time not null,
  notice_minutes integer not null,
  created_at     timestamptz not null,
  ended_at       timestamptz
);

create table freed_place (
  id              uuid primary key,
  appointment_id  uuid not null references appointment on delete restrict,
  version         integer not null,
  practitioner_id uuid not null references resource on delete restrict,
  chair_id        uuid not null references resource on delete restrict,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  part_of         uuid,
  state           text not null,
  created_at      timestamptz not null,
  closed_at       timestamptz,
  constraint freed_place_once unique (appointment_id, version, starts_at)
);

create table place_offer (
  id                  uuid primary key,
  place_id            uuid not null references freed_place on delete restrict,
  wish_id             uuid not null references waiting_wish on delete restrict,
  appointment_id      uuid not null references appointment on delete restrict,
  appointment_version integer not null,
  patient_id          uuid not null references patient on delete restrict,
  practitioner_id     uuid not null references resource on delete restrict,
  starts_at           timestamptz not null,
  ends_at             timestamptz not null,
  state               text not null,
  created_at          timestamptz not null,
  sent_at             timestamptz,
  expires_at          timestamptz not null,
  ended_at            timestamptz,
  constraint place_offer_once unique (place_id, wish_id)
);

create table waiting_mode (
  id         uuid primary key,
  automatic  boolean not null,
  account_id uuid,
  changed_at timestamptz not null
);

-- An offer holds its place as a hold does: with an end, after which it stands in nobody's way.
alter table resource_use add column offer_id uuid references place_offer on delete restrict;
alter table resource_use
  drop constraint resource_use_of_one_thing,
  add constraint resource_use_of_one_thing check (
    num_nonnulls(appointment_id, hold_id, offer_id) <= 1
    and (expires_at is not null) = (hold_id is not null or offer_id is not null)
  );

-- One person at a time for a place, one place at a time for a person, and one open wish for a visit.
create unique index place_offer_one_a_place on place_offer (place_id) where state = 'open';
create unique index place_offer_one_a_wish on place_offer (wish_id) where state = 'open';
create unique index waiting_wish_open on waiting_wish (appointment_id) where ended_at is null;

alter table place_offer add constraint place_offer_ends_once check ((state = 'open') = (ended_at is null));
alter table freed_place add constraint freed_place_span check (starts_at < ends_at);

create index freed_place_open on freed_place (starts_at) where state = 'open';
create index place_offer_due on place_offer (expires_at) where state = 'open';
create index place_offer_of_patient on place_offer (patient_id, created_at);
create index place_offer_of_appointment on place_offer (appointment_id);
create index resource_use_of_offer on resource_use (offer_id) where offer_id is not null;
