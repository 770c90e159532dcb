-- What a care type needs beyond minutes and machines, and who may book it.

alter table care_type
  add column practitioner_minutes text[]  not null default '{}',
  add column needs_assistant      boolean not null default false,
  add column least_age            integer,
  add column most_age             integer,
  add column first_visit          text    not null default 'any',
  add column bookable_online      boolean not null default true,
  add column to_know_fr           text,
  add column to_know_en           text;
