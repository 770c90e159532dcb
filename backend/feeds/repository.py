"""Secret addresses in the database. The right behind one is decided in the statement that opens it."""

from datetime import datetime
from uuid import UUID

from backend.families.repository import RIGHT_HOLDS
from backend.feeds.model import Feed, Make, OpenFeed, Visit
from backend.kit import db
from backend.kit.errors import NotFound

# $1 is business now: a right that ended a second ago opens nothing. $3 is the machine's.
_RIGHT = f"""
  (exists (select from guardian g join patient p on p.id = g.patient_id
           where g.account_id = f.account_id and g.patient_id = f.patient_id and {RIGHT_HOLDS})
   or exists (select from staff_member m where m.account_id = f.account_id
              and m.practitioner_id = f.practitioner_id and (m.until is null or m.until > $3)))
"""
_OPEN = f"""
update calendar_feed f set fetched_at = $3,
  fetches = case when f.minute_from > $3::timestamptz - interval '1 minute' then f.fetches + 1 else 1 end,
  minute_from = case when f.minute_from > $3::timestamptz - interval '1 minute' then f.minute_from
                else $3 end
from account a
where f.token_digest = $2 and f.revoked_at is null and a.id = f.account_id and a.closed_at is null
  and {_RIGHT}
returning f.id, f.account_id, f.patient_id, f.practitioner_id, f.tells_place, a.locale, f.fetches
"""
_VISITS = """
select a.id, a.starts_at, a.ends_at, a.changed_at, a.version, a.status = 'cancelled' as cancelled, s.zone,
  s.name as site_name, s.address as site_address, r.name as chair_name
from appointment a join site s on s.id = a.site_id join resource r on r.id = a.chair_id
where a.{column} = $1 and a.starts_at >= $2 and a.starts_at < $3 order by a.starts_at, a.id
"""


async def open_feed(token_digest: bytes, business_now: datetime, machine_now: datetime) -> OpenFeed | None:
    """The address with that secret, counted as asked for; None when there is none, it was taken back, or the
    right of whoever made it has ended."""
    row = await db.fetch_row(_OPEN, business_now, token_digest, machine_now)
    return db.to_struct(OpenFeed, row) if row else None


async def visits(feed: OpenFeed, first: datetime, after: datetime) -> list[Visit]:
    """The visits, cancelled ones too, that start from `first` to before `after`."""
    column = "patient_id" if feed.patient_id else "practitioner_id"
    whose = feed.patient_id or feed.practitioner_id
    return db.to_structs(Visit, await db.fetch(_VISITS.format(column=column), whose, first, after))


async def feeds_of(account_id: UUID, *, of_staff: bool) -> list[Feed]:
    """What an account made and did not take back: of patients, or of its own column as a practitioner."""
    rows = await db.fetch(
        """
        select f.id, f.patient_id, f.practitioner_id, p.given_name, f.tells_place, f.created_at, f.fetched_at
        from calendar_feed f left join patient p on p.id = f.patient_id
        where f.account_id = $1 and f.revoked_at is null and (f.practitioner_id is not null) = $2
        order by f.created_at, f.id
        """,
        account_id,
        of_staff,
    )
    return db.to_structs(Feed, rows)


async def lock_account(account_id: UUID) -> None:
    """Hold off this account's other additions until the transaction ends, so that the limit holds."""
    await db.execute("select 1 from account where id = $1 for no key update", account_id)


async def count(account_id: UUID) -> int:
    """How many an account has."""
    found: int = await db.fetch_value(
        "select count(*) from calendar_feed where account_id = $1 and revoked_at is null", account_id
    )
    return found


async def add(feed_id: UUID, account_id: UUID, wanted: Make, token_digest: bytes, now: datetime) -> None:
    """Store a new one."""
    await db.execute(
        "insert into calendar_feed (id, account_id, patient_id, practitioner_id, token_digest, tells_place,"
        " created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        feed_id,
        account_id,
        wanted.patient_id,
        wanted.practitioner_id,
        token_digest,
        wanted.tells_place,
        now,
    )


async def revoke(feed_id: UUID, account_id: UUID, *, of_staff: bool, now: datetime) -> UUID | None:
    """Take one back; the patient whose it was. NotFound for an unknown one and for another account's."""
    row = await db.fetch_row(
        "update calendar_feed set revoked_at = $3 where id = $1 and account_id = $2 and revoked_at is null"
        " and (practitioner_id is not null) = $4 returning patient_id",
        feed_id,
        account_id,
        now,
        of_staff,
    )
    if row is None:
        raise NotFound
    patient_id: UUID | None = row["patient_id"]
    return patient_id


async def forget(ended_before: datetime) -> int:
    """Forget those taken back before a moment of machine time, or whose account was closed before it."""
    return await db.execute(
        "delete from calendar_feed f using account a"
        " where a.id = f.account_id and (f.revoked_at < $1 or a.closed_at < $1)",
        ended_before,
    )
