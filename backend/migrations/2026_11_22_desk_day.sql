-- What the desk changed and may still take back; and whoever changes a visit or a request says so on the
-- channel `desk_day`: the local day that looks different now, or `requests`. Never a name, never a care.

create table desk_change (
  id             uuid primary key,
  appointment_id uuid not null references appointment on delete restrict,
  account_id     uuid,
  event_id       uuid not null,
  before         jsonb not null,
  version        integer not null,
  changed_at     timestamptz not null,
  until          timestamptz not null,
  undone_at      timestamptz
);
create index desk_change_of_appointment on desk_change (appointment_id);
create index desk_change_by_time on desk_change (until);

create function tell_desk_day(at timestamptz, of_site uuid) returns void language sql as
$$ select pg_notify('desk_day', (at at time zone s.zone)::date::text) from site s where s.id = of_site $$;

create function tell_desk_of_appointment() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    perform tell_desk_day(old.starts_at, old.site_id);
  end if;
  perform tell_desk_day(new.starts_at, new.site_id);
  return null;
end $$;
create trigger tell_desk after insert or update on appointment
  for each row execute function tell_desk_of_appointment();

create function tell_desk_of_request() returns trigger language plpgsql as $$
begin
  perform pg_notify('desk_day', 'requests');
  return null;
end $$;
create trigger tell_desk after insert or update on desk_request
  for each row execute function tell_desk_of_request();
