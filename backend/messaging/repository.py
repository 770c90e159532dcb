"""Deliveries and receipts. `due_at` and `sent_at` are business time; leases are the machine's."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from backend.kit import db
from backend.kit.ids import new_id
from backend.messaging.model import Channel, Delivery, Neighbour, Outcome, Receipt, State

LEASE_SECONDS = 20


async def add(
    *,
    kind: str,
    occasion: str,
    account_id: UUID,
    subject_id: UUID,
    subject_version: int,
    due_at: datetime,
    useless_after: datetime,
) -> bool:
    """Store a planned delivery; False when the same one is there already."""
    added = await db.execute(
        """
        insert into delivery (id, kind, occasion, account_id, subject_id, subject_version, due_at,
                              useless_after, state, attempts, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 0, now())
        on conflict do nothing
        """,
        new_id(),
        kind,
        occasion,
        account_id,
        subject_id,
        subject_version,
        due_at,
        useless_after,
    )
    return added == 1


async def claim_due(now: datetime, limit: int) -> list[Delivery]:
    """Take up to `limit` deliveries due by business time `now`, the most overdue first.

    One that was being sent when its worker died names the channel that was `interrupted`.
    """
    rows = await db.fetch(
        """
        with due as (
            select id, channel from delivery
            where state = 'planned' and due_at <= $1
              and (available_at is null or available_at <= now())
              and (lease_until is null or lease_until < now())
            order by due_at limit $2 for update skip locked)
        update delivery d
        set lease_until = now() + make_interval(secs => $3), attempts = d.attempts + 1, channel = null
        from due where d.id = due.id
        returning d.id, d.kind, d.occasion, d.account_id, d.subject_id, d.subject_version, d.due_at,
                  d.useless_after, d.attempts, due.channel as interrupted
        """,
        now,
        limit,
        LEASE_SECONDS,
    )
    return sorted(db.to_structs(Delivery, rows), key=lambda delivery: delivery.due_at)


async def lock_account(account_id: UUID) -> None:
    """One message at a time is decided for a person, until the transaction ends, so that the cap holds."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('delivery:' || $1, 0))", str(account_id))


async def receipts(delivery_id: UUID) -> list[Receipt]:
    """The tries so far, oldest first."""
    rows = await db.fetch(
        "select channel, outcome, coalesce(detail, '') as detail from delivery_receipt "
        "where delivery_id = $1 order by at, id",
        delivery_id,
    )
    return db.to_structs(Receipt, rows)


async def reached_since(account_id: UUID, kinds: Collection[str], since: datetime) -> tuple[int, int]:
    """How many messages of these kinds reached a person after business time `since`, and how many are
    leaving at this moment."""
    row = await db.fetch_row(
        """
        select count(*) filter (where state = 'sent' and sent_at > $3) as sent,
               count(*) filter (where state = 'planned' and channel is not null and lease_until > now())
                 as leaving
        from delivery where account_id = $1 and kind = any($2)
        """,
        account_id,
        list(kinds),
        since,
    )
    assert row is not None
    return row["sent"], row["leaving"]


async def begin(delivery: Delivery, channel: Channel) -> bool:
    """Mark that this channel is being asked, with a fresh lease; False when the claim is no longer ours."""
    touched = await db.execute(
        """
        update delivery set channel = $3, lease_until = now() + make_interval(secs => $4)
        where id = $1 and attempts = $2 and state = 'planned'
        """,
        delivery.id,
        delivery.attempts,
        channel,
        LEASE_SECONDS,
    )
    return touched == 1


async def rest(delivery: Delivery) -> None:
    """No channel is being asked any more, while the claim stays ours."""
    await db.execute(
        "update delivery set channel = null where id = $1 and attempts = $2 and state = 'planned'",
        delivery.id,
        delivery.attempts,
    )


async def add_receipt(delivery_id: UUID, channel: Channel, reference: str, outcome: Outcome) -> None:
    """Note what a channel answered."""
    await db.execute(
        """
        insert into delivery_receipt (id, delivery_id, channel, at, outcome, reference, detail)
        values ($1, $2, $3, now(), $4, $5, $6)
        """,
        new_id(),
        delivery_id,
        channel,
        outcome.result,
        reference,
        outcome.detail,
    )


async def mark_sent(delivery_id: UUID, channel: Channel, now: datetime) -> None:
    """It left, whoever holds the claim now."""
    await db.execute(
        "update delivery set state = 'sent', channel = $2, sent_at = $3, lease_until = null "
        "where id = $1 and state in ('planned', 'unknown')",
        delivery_id,
        channel,
        now,
    )


async def close(delivery: Delivery, state: State, reason: str) -> None:
    """It will not leave; `reason` is a short code."""
    await db.execute(
        "update delivery set state = $3, reason = $4, channel = null, lease_until = null "
        "where id = $1 and attempts = $2 and state = 'planned'",
        delivery.id,
        delivery.attempts,
        state,
        reason,
    )


async def plan_again(subject_id: UUID, version: int, reason: str) -> None:
    """Owe again what was dropped for that reason about a version of a thing that now stands again."""
    await db.execute(
        """
        update delivery set state = 'planned', reason = null
        where subject_id = $1 and subject_version = $2 and state = 'dropped' and reason = $3
        """,
        subject_id,
        version,
        reason,
    )


async def put_back(delivery: Delivery, wait_seconds: float) -> None:
    """Try again after `wait_seconds` of machine time."""
    await db.execute(
        "update delivery set available_at = now() + make_interval(secs => $3), channel = null, "
        "lease_until = null where id = $1 and attempts = $2 and state = 'planned'",
        delivery.id,
        delivery.attempts,
        wait_seconds,
    )


async def postpone(delivery: Delivery, until: datetime) -> None:
    """Try again at business time `until`."""
    await db.execute(
        "update delivery set due_at = $3, channel = null, lease_until = null "
        "where id = $1 and attempts = $2 and state = 'planned'",
        delivery.id,
        delivery.attempts,
        until,
    )


async def find(delivery_id: UUID) -> Delivery | None:
    """One delivery, whatever became of it."""
    row = await db.fetch_row(
        """
        select id, kind, occasion, account_id, subject_id, subject_version, due_at, useless_after, attempts
        from delivery where id = $1
        """,
        delivery_id,
    )
    return db.to_struct(Delivery, row) if row else None


async def due_between(account_id: UUID, kind: str, first: datetime, after: datetime) -> list[Neighbour]:
    """A person's deliveries of a kind due from `first` to before `after` that left, are to leave, or are
    said in another's message."""
    rows = await db.fetch(
        """
        select id, subject_id, subject_version, due_at, state from delivery
        where account_id = $1 and kind = $2 and due_at >= $3 and due_at < $4
          and (state in ('planned', 'sent') or (state = 'dropped' and reason = 'covered'))
        """,
        account_id,
        kind,
        first,
        after,
    )
    return db.to_structs(Neighbour, rows)


async def channels_used(account_id: UUID, kind: str, subject_id: UUID, version: int) -> list[Channel]:
    """The channels by which messages of a kind about this version of a thing have reached a person."""
    rows = await db.fetch(
        """
        select channel from delivery
        where account_id = $1 and kind = $2 and subject_id = $3 and subject_version = $4 and state = 'sent'
        """,
        account_id,
        kind,
        subject_id,
        version,
    )
    return [Channel(row["channel"]) for row in rows]


async def forget(days: int, limit: int) -> int:
    """Delete messages, with their receipts, so many days after they left or became useless; how many."""
    rows = await db.fetch(
        """
        select id from delivery
        where state <> 'planned'
          and coalesce(sent_at, useless_after) < business_now() - make_interval(days => $1)
        order by id limit $2 for update skip locked
        """,
        days,
        limit,
    )
    ids = [row["id"] for row in rows]
    await db.execute("delete from delivery_receipt where delivery_id = any($1)", ids)
    return await db.execute("delete from delivery where id = any($1)", ids)
