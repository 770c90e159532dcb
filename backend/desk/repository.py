"""The desk's reads. They cross features, which is why they live on the highest floor; none of them writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.booking.model import Duration
from backend.desk.model import (
    Asker,
    Clash,
    Contact,
    DayVisit,
    FoundPatient,
    Kept,
    LastChange,
    NotReached,
    SentMessage,
    Unanswered,
    Undoable,
)
from backend.families.repository import RIGHT_HOLDS
from backend.kit import db
from backend.kit.errors import NotFound
from backend.practice.model import Site

_NO_PATTERN = str.maketrans("", "", "\\%_")
# A message about visits changed together tells each reader of their own people's alone: whose right concerns
# another of them heard nothing of this one.
_TOLD_OF_IT = """
exists (select from guardian g where g.account_id = d.account_id and g.patient_id = a.patient_id)
"""
# The messages about a visit as it stands: its own, and those about visits that were changed with it.
_MESSAGES = f"""(
  select d.state, d.kind, d.reason from delivery d where d.subject_id = a.id and d.subject_version = a.version
  union all
  select d.state, d.kind, d.reason from told_together w join delivery d on d.subject_id = w.deed_id
  where w.appointment_id = a.id and w.version = a.version and {_TOLD_OF_IT})"""
_ELSEWHERE = """
select from resource_use u join external_busy e on e.practitioner_id = u.resource_id
  and e.starts_at < u.ends_at and e.ends_at > u.starts_at
where u.appointment_id = a.id and u.resource_id = a.practitioner_id
"""
_VISIT = f"""
select a.id, a.patient_id, p.given_name, p.family_name, p.birth_date, a.practitioner_id, a.chair_id,
  a.care_key, a.urgency, a.starts_at, a.ends_at, a.duration, a.status, a.confirmed_at, a.version, a.triage_id,
  a.seated_at, a.finished_at,
  coalesce((select max(u.ends_at) from resource_use u
            where u.appointment_id = a.id and u.resource_id = a.chair_id), a.ends_at) as free_again_at,
  cardinality(p.alerts) > 0 or coalesce(cardinality(t.alerts) > 0, false) as has_alerts,
  exists (select from delivery d where d.subject_id = a.id and d.kind = 'appointment_reminder'
          and d.state = 'sent' and d.subject_version = a.version) as reminded,
  (select count(*) from {_MESSAGES} m where m.state = 'unreachable') as unreached,
  a.status in ('booked', 'arrived') and exists ({_ELSEWHERE}) as clashes
from appointment a
join patient p on p.id = a.patient_id
left join triage_run t on t.id = a.triage_id
"""


async def day_visits(begin: datetime, end: datetime, site_id: UUID) -> list[DayVisit]:
    """The visits at a site that begin in [begin, end), cancelled ones left out, in order."""
    rows = await db.fetch(
        f"{_VISIT} where a.starts_at >= $1 and a.starts_at < $2 and a.status <> 'cancelled' "
        "and a.site_id = $3 order by a.starts_at, a.id",
        begin,
        end,
        site_id,
    )
    return [_visit(row) for row in rows]


async def kept(begin: datetime, end: datetime, site_id: UUID) -> list[Kept]:
    """What is kept of a site's chairs' time for somebody who has not decided yet, begun in [begin, end)."""
    rows = await db.fetch(
        """
        select u.resource_id as chair_id, u.starts_at, u.ends_at, u.expires_at as until,
          u.offer_id is not null as offered
        from resource_use u join resource r on r.id = u.resource_id
        where r.kind = 'chair' and r.site_id = $3 and u.starts_at >= $1 and u.starts_at < $2
          and u.expires_at > business_now()
        order by u.starts_at, u.id
        """,
        begin,
        end,
        site_id,
    )
    return db.to_structs(Kept, rows)


async def visits_of(resource_id: UUID, begin: datetime, end: datetime) -> list[DayVisit]:
    """The same for one chair or one practitioner."""
    rows = await db.fetch(
        f"{_VISIT} where a.starts_at >= $1 and a.starts_at < $2 and a.status <> 'cancelled' "
        "and $3 in (a.chair_id, a.practitioner_id) order by a.starts_at, a.id",
        begin,
        end,
        resource_id,
    )
    return [_visit(row) for row in rows]


async def stamp(begin: datetime, end: datetime, site_id: UUID) -> str:
    """A text that changes with any visit at a site that begins in [begin, end), with any request that waits,
    and with what external agendas tell."""
    text: str = await db.fetch_value(
        """
        select concat_ws('-', v.n, v.last, r.n, r.last, e.n, e.last)
        from (select count(*) as n, extract(epoch from max(changed_at)) as last from appointment
              where starts_at >= $1 and starts_at < $2 and site_id = $3) v,
             (select count(*) as n, extract(epoch from max(changed_at)) as last from desk_request
              where state <> 'done') r,
             (select count(*) as n, extract(epoch from max(read_until)) as last from external_calendar) e
        """,
        begin,
        end,
        site_id,
    )
    return text


async def undoable(account_id: UUID) -> Undoable | None:
    """The last change of somebody's that they may still take back."""
    row = await db.fetch_row(
        """
        select d.id as change_id, a.id as visit_id, a.patient_id, p.given_name, p.family_name, a.starts_at,
          a.ends_at, a.chair_id, a.version <> (d.before ->> 'version')::int as moved,
          extract(epoch from d.until - now())::float8 as seconds
        from desk_change d join appointment a on a.id = d.appointment_id and a.changed_at = d.changed_at
        join patient p on p.id = a.patient_id
        where d.account_id = $1 and d.until > now() and d.undone_at is null order by d.until desc limit 1
        """,
        account_id,
    )
    return db.to_struct(Undoable, row) if row else None


async def last_change(visit_id: UUID, actions: Sequence[str]) -> LastChange | None:
    """Who did the last of these things to a visit, and how long ago."""
    row = await db.fetch_row(
        """
        select case when m.account_id is not null then w.given_name end as given_name,
          extract(epoch from now() - e.at)::float8 as seconds
        from audit_entry e
        left join account w on w.id = e.actor_account_id
        left join staff_member m on m.account_id = w.id
        where e.patient_id = (select patient_id from appointment where id = $1)
          and e.subject_id = $1 and e.action = any($2)
        order by e.at desc, e.id desc limit 1
        """,
        visit_id,
        list(actions),
    )
    return db.to_struct(LastChange, row) if row else None


async def visit(visit_id: UUID) -> DayVisit:
    """One visit, also a cancelled one; NotFound for an unknown id."""
    row = await db.fetch_row(f"{_VISIT} where a.id = $1", visit_id)
    if row is None:
        raise NotFound
    return _visit(row)


def _visit(row: Any) -> DayVisit:
    duration = msgspec.json.decode(row["duration"], type=Duration)
    return msgspec.convert({**row, "duration": duration}, DayVisit)


async def contacts(patient_id: UUID, now: datetime) -> list[Contact]:
    """Who may be called about this patient at `now`, parents first; of an adult they are no longer."""
    rows = await db.fetch(
        f"""
        select a.given_name, a.family_name, g.relation, a.phone
        from guardian g join account a on a.id = g.account_id join patient p on p.id = g.patient_id
        where g.patient_id = $2 and a.closed_at is null and {RIGHT_HOLDS}
        order by array_position(array['self', 'parent', 'helper'], g.relation), g.since, a.id
        """,
        now,
        patient_id,
    )
    return db.to_structs(Contact, rows)


async def messages_of(visit_id: UUID) -> list[SentMessage]:
    """What was sent about a visit, or is still to be sent, in order of time."""
    rows = await db.fetch(
        f"""
        select d.kind, d.channel, d.state, who.given_name, d.due_at, d.sent_at
        from appointment a, delivery d join account who on who.id = d.account_id
        where a.id = $1 and d.state <> 'dropped'
          and (d.subject_id = a.id or (d.subject_id in
            (select w.deed_id from told_together w where w.appointment_id = a.id) and {_TOLD_OF_IT}))
        order by coalesce(d.sent_at, d.due_at), d.id
        """,
        visit_id,
    )
    return db.to_structs(SentMessage, rows)


async def unanswered(begin: datetime, end: datetime, site: Site) -> list[Unanswered]:
    """The days of a site in [begin, end) with visits that were reminded and not confirmed."""
    rows = await db.fetch(
        """
        select (a.starts_at at time zone $3)::date as day, count(*) as visits
        from appointment a
        where a.starts_at >= $1 and a.starts_at < $2 and a.status = 'booked' and a.confirmed_at is null
          and a.site_id = $4
          and exists (select from delivery d where d.subject_id = a.id and d.kind = 'appointment_reminder'
                      and d.state = 'sent' and d.subject_version = a.version)
        group by 1 order by 1
        """,
        begin,
        end,
        site.zone,
        site.id,
    )
    return db.to_structs(Unanswered, rows)


async def not_reached(now: datetime) -> list[NotReached]:
    """Coming visits with a message that found no way or was lost for good, soonest first.

    Also those of which nobody may be reminded any more: the patient came of age and has no account.
    """
    rows = await db.fetch(
        f"""
        select a.id as visit_id, a.patient_id, p.given_name, p.family_name, p.birth_date, a.starts_at,
          a.site_id
        from appointment a join patient p on p.id = a.patient_id
        where a.status = 'booked' and a.confirmed_at is null and a.starts_at > $1
          and (exists (select from {_MESSAGES} m where m.state in ('unreachable', 'unknown'))
            or (exists (select from {_MESSAGES} m
                where m.kind = 'appointment_reminder' and m.reason = 'no_right')
              and not exists (select from {_MESSAGES} m
                where m.kind = 'appointment_reminder' and m.state in ('planned', 'sent'))))
        order by a.starts_at, a.id limit 20
        """,
        now,
    )
    return db.to_structs(NotReached, rows)


async def clashes(now: datetime) -> list[Clash]:
    """Visits that are not over during which their practitioner is busy elsewhere, soonest first."""
    rows = await db.fetch(
        f"""
        select a.id as visit_id, a.patient_id, p.given_name, p.family_name, a.starts_at, a.site_id
        from appointment a join patient p on p.id = a.patient_id
        where a.status in ('booked', 'arrived') and a.ends_at > $1 and exists ({_ELSEWHERE})
        order by a.starts_at, a.id limit 20
        """,
        now,
    )
    return db.to_structs(Clash, rows)


async def find_patients(words: str, limit: int = 20) -> list[FoundPatient]:
    """Patients whose names begin with the words, in any order."""
    # A sign that LIKE would read as "anything" is no letter of a name.
    parts = [part + "%" for part in words.lower().translate(_NO_PATTERN).split()]
    if not parts:
        return []
    rows = await db.fetch(
        """
        select p.id, p.given_name, p.family_name, p.birth_date,
               n.id as next_visit_id, n.starts_at as next_starts_at, n.site_id as next_site_id
        from patient p
        left join lateral (
          select a.id, a.starts_at, a.site_id from appointment a
          where a.patient_id = p.id and a.status <> 'cancelled' and a.starts_at >= business_now()
          order by a.starts_at limit 1) n on true
        where (select bool_and(lower(p.given_name) like part or lower(p.family_name) like part)
               from unnest($1::text[]) as part)
        order by lower(p.family_name), lower(p.given_name), p.birth_date limit $2
        """,
        parts,
        limit,
    )
    return db.to_structs(FoundPatient, rows)


async def askers(request_ids: list[UUID]) -> dict[UUID, Asker]:
    """For whom these requests are, by request: the patient, else the person who asked."""
    rows = await db.fetch(
        """
        select r.id as request_id, coalesce(p.given_name, a.given_name) as given_name,
          coalesce(p.family_name, a.family_name) as family_name, p.birth_date, t.given_name as taken_by
        from desk_request r
        left join patient p on p.id = r.patient_id
        left join account a on a.id = r.account_id
        left join account t on t.id = r.taken_by
        where r.id = any($1) and (p.id is not null or a.id is not null)
        """,
        request_ids,
    )
    return {one.request_id: one for one in db.to_structs(Asker, rows)}
