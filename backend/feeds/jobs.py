"""Clock work: secret addresses that nobody can use any more are forgotten."""

from datetime import timedelta

from backend.feeds import repository
from backend.kit.clock import machine_now

KEPT = timedelta(days=365)


async def forget_feeds() -> int:
    """Those taken back a year ago, or whose account was closed then; how many those were."""
    return await repository.forget(machine_now() - KEPT)
