"""Clock work: sweeping away holds that nobody came back to, and groups of which nothing came.

Nothing depends on it: an expired hold stands in nobody's way, and whoever books there drops it.
"""

from backend.booking import group_repository, hold_repository, use_repository
from backend.kit import db

BATCH = 100


async def sweep_holds() -> int:
    """Remove holds that expired over an hour ago; how many those were."""
    expired = await hold_repository.expired_holds(BATCH)
    for hold_id in expired:
        async with db.transaction():
            uses = await use_repository.uses_of_hold(hold_id)
            await use_repository.lock_resources([use.resource_id for use in uses])
            await use_repository.release_hold(hold_id)
            await hold_repository.remove(hold_id)
    return len(expired)


async def forget_groups() -> int:
    """Remove groups of people that led to no visit within a day; how many those were."""
    async with db.transaction():
        return await group_repository.forget_unused(BATCH)
