-- What the owner changes on screens: care types that retire, approved texts, values of the modifiers,
-- public holidays that are worked, and the history of it all.

alter table site add column keeps_public_holidays boolean not null default true;

alter table care_type
  add column texts_signed_by text,
  add column retired         boolean not null default false;

create table lengthening (
  modifier text primary key,
  percent  integer not null,
  at_least integer not null,
  minutes  integer not null
);

create table practice_change (
  id         uuid primary key,
  kind       text not null,
  key        text not null,
  account_id uuid,
  before     jsonb,
  after      jsonb not null,
  changed_at timestamptz not null
);

create index practice_change_of_thing on practice_change (kind, key, id);
