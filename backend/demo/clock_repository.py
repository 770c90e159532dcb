"""Business time's own row. Only the demo and the tests write it; elsewhere the app's role may not."""

from datetime import datetime

from backend.kit import db


async def move_to(moment: datetime) -> datetime:
    """Make `business_now()` say `moment` from here on; the clock never goes back. Returns what it says."""
    await db.execute(
        """
        insert into business_clock (ahead) values (greatest($1 - now(), interval '0'))
        on conflict (only_row) do update set ahead = greatest(business_clock.ahead, excluded.ahead)
        """,
        moment,
    )
    said: datetime = await db.fetch_value("select business_now()")
    return said
