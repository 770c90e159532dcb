"""Clock work: what identity no longer needs to know."""

from datetime import timedelta

from backend.identity import once_repository, repository
from backend.kit.clock import machine_now

SESSIONS_KEPT = timedelta(days=365)
KEYS_KEPT_HOURS = 48
BATCH = 10_000


async def forget_sessions() -> int:
    """Who was signed in where is forgotten a year after the session ended."""
    return await repository.forget_sessions(machine_now() - SESSIONS_KEPT)


async def forget_keys() -> int:
    """The keys of what clients asked for: whoever was without a network that long looks first."""
    return await once_repository.forget_old(KEYS_KEPT_HOURS, BATCH)
