-- Whoever changes a visit or a request still says so, but to its own session: NOTIFY within the transaction
-- made every commit wait for the one before it, disk included. The process that wrote sends the word on to
-- the channel (the detail) once the change is committed (kit/told.py).

create or replace function tell_desk_day(at timestamptz, of_site uuid) returns void language plpgsql as $$
begin
  raise notice using errcode = 'QT001', detail = 'desk_day',
    message = (select (at at time zone s.zone)::date::text from site s where s.id = of_site);
end $$;

create or replace function tell_desk_of_request() returns trigger language plpgsql as $$
begin
  raise notice using errcode = 'QT001', detail = 'desk_day', message = 'requests';
  return null;
end $$;
