-- What occupies a resource has a stamp: another one after every change, in the transaction of the change.
-- Whoever kept a resource's busy times knows by it whether they still hold. It is random, so that none ever
-- comes back. Writers hold the resources' locks already, and the rows are taken in the order of their ids.

create table resource_stamp (
  resource_id uuid primary key references resource on delete cascade,
  stamp       uuid not null
);
insert into resource_stamp select id, gen_random_uuid() from resource;

create function stamp_resources() returns trigger language plpgsql as $$
begin
  insert into resource_stamp
  select c.resource_id, gen_random_uuid() from (select distinct resource_id from changed order by 1) c
  on conflict (resource_id) do update set stamp = excluded.stamp;
  return null;
end $$;
create trigger stamp_added after insert on resource_use
  referencing new table as changed for each statement execute function stamp_resources();
create trigger stamp_changed after update on resource_use
  referencing new table as changed for each statement execute function stamp_resources();
create trigger stamp_removed after delete on resource_use
  referencing old table as changed for each statement execute function stamp_resources();

create function stamp_practitioners() returns trigger language plpgsql as $$
begin
  insert into resource_stamp
  select c.id, gen_random_uuid() from (select distinct practitioner_id as id from changed order by 1) c
  on conflict (resource_id) do update set stamp = excluded.stamp;
  return null;
end $$;
create trigger stamp_added after insert on external_busy
  referencing new table as changed for each statement execute function stamp_practitioners();
create trigger stamp_changed after update on external_busy
  referencing new table as changed for each statement execute function stamp_practitioners();
create trigger stamp_removed after delete on external_busy
  referencing old table as changed for each statement execute function stamp_practitioners();
