"""Sessions are forgotten a year after they ended, and not before."""

from datetime import timedelta
from typing import Any

from backend.identity.jobs import forget_sessions


async def test_only_sessions_that_ended_a_year_ago_are_forgotten(database: Any, viewer_of: Any) -> None:
    old, recent, open_ = [await viewer_of("mother") for _ in range(3)]
    ended = "update session set ended_at = now() - $2::interval where id = $1"
    await database.execute(ended, old.session_id, timedelta(days=366))
    await database.execute(ended, recent.session_id, timedelta(days=364))
    assert await forget_sessions() == 1
    left = {row["id"] for row in await database.fetch("select id from session")}
    assert left == {recent.session_id, open_.session_id}
