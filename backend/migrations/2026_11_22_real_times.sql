-- When somebody sat down in the chair and when the care was over; what the owner decided from that.

alter table appointment
  add column seated_at   timestamptz,
  add column finished_at timestamptz,
  add constraint appointment_in_the_chair check (finished_at >= seated_at);

create table length_decision (
  id              uuid        primary key,
  practitioner_id uuid        not null references resource on delete restrict,
  care_key        text        not null,
  verdict         text        not null,
  cases           integer     not null,
  median          integer,
  upper           integer,
  was_minutes     integer     not null,
  minutes         integer     not null,
  account_id      uuid,
  decided_at      timestamptz not null
);

-- What is learnt comes from visits with both times.
create index appointment_with_times on appointment (practitioner_id, care_key, finished_at)
  where seated_at is not null and finished_at is not null;
create index length_decision_by_time on length_decision (decided_at);
