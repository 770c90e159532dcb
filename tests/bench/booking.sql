-- What one booking writes: the place is held, then confirmed. Run by pgbench, which puts a start of its own in.
\set place random(1, 100000000)
begin;
select set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true);
select 1 from account where id = :person for no key update;
select id from resource where id in (:practitioner, :chair) order by id for no key update;
delete from resource_use where resource_id in (:practitioner, :chair) and expires_at <= business_now();
select resource_id, array_agg(starts_at), array_agg(ends_at) from resource_use
  where resource_id in (:practitioner, :chair)
    and ends_at > '2030-01-01'::timestamptz + :place * interval '30 minutes'
    and starts_at < '2030-01-03'::timestamptz + :place * interval '30 minutes'
  group by resource_id;
select gen_random_uuid() as hold, gen_random_uuid() as visit \gset
insert into hold (id, account_id, patient_id, triage_id, practitioner_id, chair_id, starts_at, ends_at, duration,
  expires_at, created_at)
  values (:hold, :person, :person, :person, :practitioner, :chair,
    '2030-01-01'::timestamptz + :place * interval '30 minutes',
    '2030-01-01'::timestamptz + (1 + :place) * interval '30 minutes',
    '{"minutes": 30, "lines": []}', business_now() + interval '10 minutes', business_now());
insert into resource_use (id, resource_id, hold_id, starts_at, ends_at, expires_at)
  select gen_random_uuid(), r.id, h.id, h.starts_at, h.ends_at, h.expires_at
  from hold h, resource r where h.id = :hold and r.id in (:practitioner, :chair)
  on conflict do nothing;
insert into audit_entry (id, at, actor_kind, actor_account_id, action, subject_type, subject_id, patient_id, details)
  values (gen_random_uuid(), now(), 'account', :person, 'hold.make', 'hold', :hold, :person, '{}');
commit;
begin;
select set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true);
select id from resource where id in (:practitioner, :chair) order by id for no key update;
insert into appointment (id, patient_id, booked_by, hold_id, triage_id, practitioner_id, chair_id, site_id,
  care_key, urgency, starts_at, ends_at, duration, status, created_at, changed_at)
  select :visit, h.patient_id, h.account_id, h.id, h.triage_id, h.practitioner_id, h.chair_id, r.site_id,
    'BENCH', 'U4', h.starts_at, h.ends_at, h.duration, 'booked', business_now(), business_now()
  from hold h join resource r on r.id = h.chair_id where h.id = :hold
  on conflict (hold_id) do nothing;
update resource_use set appointment_id = :visit, hold_id = null, expires_at = null
  where hold_id = :hold and expires_at > business_now();
delete from hold where id = :hold;
insert into audit_entry (id, at, actor_kind, actor_account_id, action, subject_type, subject_id, patient_id, details)
  values (gen_random_uuid(), now(), 'account', :person, 'appointment.book', 'appointment', :visit, :person,
    '{"version": 1}');
insert into outbox_event (id, name, payload, created_at, available_at)
  values (gen_random_uuid(), 'AppointmentBooked', '{}', now(), now());
commit;
select pg_notify('desk_day', '2030-01-01');
