-- What one booking writes: the place is held, then confirmed. Run by pgbench, each client with a person and
-- each time with a start of its own. {keep} and {book} are the product's own statements (tests/bench/pgbench.py).
\set place random(1, 100000000)
select person, hold, visit,
  jsonb_build_object('id', hold, 'account_id', person, 'patient_id', person, 'triage_id', person,
    'practitioner_id', :practitioner::uuid, 'chair_id', :chair::uuid, 'starts_at', starts_at, 'ends_at', ends_at,
    'duration', jsonb_build_object('minutes', 30, 'lines', '[]'::jsonb),
    'expires_at', now + interval '10 minutes', 'created_at', now) as row,
  (select jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'resource_id', resource, 'hold_id', hold,
      'starts_at', starts_at, 'ends_at', ends_at, 'expires_at', now + interval '10 minutes'))
   from unnest(array[:practitioner, :chair]::uuid[]) resource) as spans
from (
  select (:people::uuid[])[1 + :client_id::int] as person, gen_random_uuid() as hold, gen_random_uuid() as visit,
    '2030-01-01'::timestamptz + :place::int * interval '30 minutes' as starts_at,
    '2030-01-01'::timestamptz + (1 + :place::int) * interval '30 minutes' as ends_at, business_now() as now
) given \gset
{keep};
{book};
select pg_notify('desk_day', '2030-01-01');
