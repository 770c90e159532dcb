"""Clock work: what identity no longer needs to know."""

from datetime import timedelta

from backend.identity import (
    code_repository,
    device_repository,
    once_repository,
    passkey_repository,
    repository,
)
from backend.kit.clock import machine_now

SESSIONS_KEPT = timedelta(days=365)
KEYS_KEPT_HOURS = 48
DEVICES_KEPT = timedelta(days=1)
BATCH = 10_000


async def forget_sessions() -> int:
    """Who was signed in where is forgotten a year after the session ended."""
    return await repository.forget_sessions(machine_now() - SESSIONS_KEPT)


async def forget_keys() -> int:
    """The keys of what clients asked for: whoever was without a network that long looks first."""
    return await once_repository.forget_old(KEYS_KEPT_HOURS, BATCH)


async def forget_devices() -> int:
    """Where a device was to be reached is forgotten the day after it was removed or its address was gone."""
    return await device_repository.forget_closed(machine_now() - DEVICES_KEPT)


async def forget_codes() -> int:
    """One-time codes go after a day and challenges once they are over, also where nobody asks for another."""
    now = machine_now()
    return await code_repository.forget_old(now) + await passkey_repository.forget_over(now)
