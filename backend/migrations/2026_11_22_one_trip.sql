-- Keeping a place is a procedure: take turns, look, lock, look again, write. Here it runs beside the rows, so
-- that nobody's locks are held while a statement travels (decision 2026-11-22-a-place-is-kept-in-one-trip).
-- Each statement of a volatile function sees what was committed before it began, and so what was committed
-- while the one before it waited for a lock: the second look is one.

-- The few spans that can expire, among all that a resource ever had.
create index resource_use_expiring on resource_use (resource_id, expires_at) where expires_at is not null;

-- Hold off every other writer of these resources until the transaction ends. Everybody locks them in the order
-- of their ids, so that two may wait for each other but never in a circle; nobody longer than a person would.
create function lock_resources(ids uuid[]) returns void language plpgsql set lock_timeout = '2s' as $$
begin
  perform from resource r where r.id = any(ids) order by r.id for no key update;
end $$;

-- Whether one of these spans is taken by something that has not expired, or by an external agenda. What the
-- account itself holds is not in its way.
create function is_taken(spans resource_use[], but_by_account uuid) returns boolean language plpgsql as $$
declare
  at timestamptz := business_now();  -- asked in a condition, it would be asked for each row
begin
  -- OFFSET keeps the planner at the constraint's own index, span by span.
  return exists (
    select from unnest(spans) s, lateral (
      select u.hold_id, u.expires_at from resource_use u where u.resource_id = s.resource_id
        and tstzrange(u.starts_at, u.ends_at) && tstzrange(s.starts_at, s.ends_at) offset 0) found
    where (found.expires_at is null or found.expires_at > at)
      and not exists (select from hold h where h.id = found.hold_id and h.account_id = but_by_account))
  or exists (
    select from unnest(spans) s join external_busy e
      on e.practitioner_id = s.resource_id and e.ends_at > s.starts_at and e.starts_at < s.ends_at);
end $$;

-- Keep a place: `wanted` is the row of `hold`, `places` are its rows of `resource_use`, both as JSON. What the
-- account held before is given back. Without a patient it is refused: somebody else holds a place for the
-- patient until then in that chair, or, where `until` is null, the place is taken.
create function keep_place(
  wanted jsonb, places jsonb,
  out hold_id uuid, out patient_id uuid, out until timestamptz, out chair_id uuid
) language plpgsql set lock_timeout = '2s' as $$
declare
  at     timestamptz := business_now();
  kept   hold := jsonb_populate_record(null::hold, wanted);
  spans  resource_use[] := array(select s from jsonb_populate_recordset(null::resource_use, places) s);
  before uuid[];
  locked uuid[];
  written integer;
begin
  -- Whoever comes too late learns it without waiting for anybody.
  if is_taken(spans, kept.account_id) then
    return;
  end if;

  -- One hold a household: what the account held is replaced, what somebody else holds for the patient stands.
  perform from account a where a.id = kept.account_id for no key update;
  perform from patient p where p.id = kept.patient_id for no key update;
  select h.expires_at, h.chair_id into until, chair_id from hold h
    where h.patient_id = kept.patient_id and h.account_id <> kept.account_id and h.expires_at > at
    order by h.expires_at desc limit 1;
  if found then
    return;
  end if;
  before := array(select h.id from hold h
    where h.account_id = kept.account_id and h.expires_at > at);

  locked := array(select s.resource_id from unnest(spans) s);
  if cardinality(before) > 0 then
    locked := locked || array(select u.resource_id from resource_use u where u.hold_id = any(before));
  end if;
  perform lock_resources(locked);
  delete from resource_use u where u.resource_id = any(locked) and u.expires_at <= at;
  if is_taken(spans, kept.account_id) then
    return;
  end if;

  delete from resource_use u where u.hold_id = any(before);
  update hold h set expires_at = least(h.expires_at, at) where h.id = any(before);
  insert into hold select kept.*;
  insert into resource_use select s.* from unnest(spans) s on conflict do nothing;
  get diagnostics written = row_count;
  if written < cardinality(spans) then
    raise exclusion_violation using message = 'written without the locks';
  end if;
  hold_id := kept.id;
  patient_id := kept.patient_id;
end $$;
