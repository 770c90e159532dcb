-- Visits that are booked, moved or cancelled together are told of in one message.

create table told_together (
  id             uuid primary key,
  deed_id        uuid not null,
  appointment_id uuid not null references appointment on delete restrict,
  version        integer not null,
  constraint told_together_once unique (deed_id, appointment_id)
);

create index told_together_by_appointment on told_together (appointment_id);
