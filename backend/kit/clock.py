"""Two clocks.

*Business time* governs visits, holds, offers, reminders and rights. It comes from one SQL function,
`business_now()`, which the demo and the tests can move forward; Python asks it, so that the web app,
the worker and the database can never disagree.

*Machine time* governs leases, sessions, challenges and signatures, and is never moved.
"""

from datetime import UTC, datetime

from backend.kit import db

# A row `c` whose `now` is business time: $1, or the statement's own moment where that is null. OFFSET keeps
# the planner from asking the clock anew at each mention.
NOW_OR_GIVEN = "(select coalesce($1::timestamptz, business_now()) as now offset 0) c"


async def business_now() -> datetime:
    """The present moment of business time, aware, in UTC."""
    now: datetime = await db.fetch_value("select business_now()")
    return now


def machine_now() -> datetime:
    """The machine's own clock, aware, in UTC."""
    return datetime.now(UTC)
