"""Clock work: sweeping away holds that nobody came back to, groups of which nothing came, and what is past.

Nothing depends on it: an expired hold stands in nobody's way, and whoever books there drops it.
"""

from backend.booking import group_repository, hold_repository, retention_repository, use_repository
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


async def forget_requests() -> int:
    """Remove what patients asked of the desk, two years after it was answered; how many those were."""
    return await retention_repository.forget_requests(BATCH)


async def forget_waiting() -> int:
    """Remove wishes for an earlier visit, freed places and offers a year later; how many rows those were."""
    async with db.transaction():
        offers = await retention_repository.forget_offers(BATCH)
        wishes = await retention_repository.forget_wishes(BATCH)
        return offers + wishes + await retention_repository.forget_places(BATCH)


async def forget_answers() -> int:
    """Remove answers that led to no visit, which booking knows, a year later; how many runs those were."""
    return await retention_repository.forget_answers(BATCH)
