"""Real times of visits, without whose they were; what the owner decided from them."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.booking.model.lengths import Decision, Verdict
from backend.booking.rules.learning import Case, Learnt
from backend.kit import db
from backend.kit.ids import new_id

Pair = tuple[UUID, str]
"""A practitioner and a care."""


async def cases(since: datetime, pair: Pair | None = None) -> dict[Pair, list[Case]]:
    """The visits with both times that ended after a moment, of every practitioner and care or of one pair."""
    rows = await db.fetch(
        """
        select a.practitioner_id, a.care_key, a.seated_at, a.finished_at, s.zone,
          (a.duration ->> 'minutes')::int as planned, jsonb_array_length(a.duration -> 'lines') = 1 as plain
        from appointment a join site s on s.id = a.site_id
        where a.seated_at is not null and a.finished_at > $1 and a.status = 'done'
          and ($2::uuid is null or (a.practitioner_id, a.care_key) = ($2, $3))
        """,
        since,
        *(pair or (None, None)),
    )
    found: dict[Pair, list[Case]] = {}
    for row in rows:
        zone = ZoneInfo(row["zone"])
        case = Case(
            planned=row["planned"],
            seated_at=row["seated_at"].astimezone(zone),
            finished_at=row["finished_at"].astimezone(zone),
            plain=row["plain"],
        )
        found.setdefault((row["practitioner_id"], row["care_key"]), []).append(case)
    return found


async def decided_last() -> dict[Pair, datetime]:
    """When each pair was decided about last."""
    rows = await db.fetch(
        "select practitioner_id, care_key, max(decided_at) as at from length_decision group by 1, 2"
    )
    return {(row["practitioner_id"], row["care_key"]): row["at"] for row in rows}


async def decisions(limit: int) -> list[Decision]:
    """The last decisions, the newest first."""
    rows = await db.fetch(
        """
        select d.practitioner_id, d.care_key, d.verdict, d.cases, d.median, d.upper, d.was_minutes, d.minutes,
          d.decided_at, a.given_name
        from length_decision d left join account a on a.id = d.account_id
        order by d.decided_at desc, d.id desc limit $1
        """,
        limit,
    )
    return db.to_structs(Decision, rows)


async def add_decision(
    pair: Pair, verdict: Verdict, learnt: Learnt, was: int, minutes: int, account_id: UUID, at: datetime
) -> None:
    """Store a decision; `was` held until then, `minutes` was proposed or set."""
    await db.execute(
        """
        insert into length_decision (id, practitioner_id, care_key, verdict, cases, median, upper,
          was_minutes, minutes, account_id, decided_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        new_id(),
        *pair,
        verdict,
        learnt.cases,
        learnt.median,
        learnt.upper,
        was,
        minutes,
        account_id,
        at,
    )
