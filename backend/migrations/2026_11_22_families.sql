-- Several people who come together: a group from the first question on, and the holds and visits of it.

create table booking_group (
  id          uuid primary key,
  account_id  uuid not null references account on delete restrict,
  arrangement text,
  created_at  timestamptz not null
);

create table booking_group_member (
  id         uuid primary key,
  group_id   uuid not null references booking_group on delete restrict,
  patient_id uuid not null references patient on delete restrict,
  triage_id  uuid references triage_run on delete restrict,
  constraint booking_group_member_once unique (group_id, patient_id)
);

alter table hold add column group_id uuid references booking_group on delete restrict;
alter table appointment add column group_id uuid references booking_group on delete restrict;

create index booking_group_member_of_triage on booking_group_member (triage_id) where triage_id is not null;
create index booking_group_by_age on booking_group (created_at);
create index hold_of_group on hold (group_id) where group_id is not null;
create index hold_of_patient on hold (patient_id);
create index appointment_of_group on appointment (group_id) where group_id is not null;
