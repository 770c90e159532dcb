"""Clock work: what identity no longer needs to know."""

from datetime import timedelta

from backend.identity import repository
from backend.kit.clock import machine_now

SESSIONS_KEPT = timedelta(days=365)


async def forget_sessions() -> int:
    """Who was signed in where is forgotten a year after the session ended."""
    return await repository.forget_sessions(machine_now() - SESSIONS_KEPT)
