-- A place offered to those who wait may also be time that nobody had booked: the desk opens it by hand.
-- Such a place came from no visit; of the same time it is opened once.

alter table freed_place alter column appointment_id drop not null;
create unique index freed_place_opened_once on freed_place (practitioner_id, starts_at)
  where appointment_id is null and state = 'open';
