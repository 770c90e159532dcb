"""Clock work of the waiting list: offers whose time has passed, and places that nobody is thinking about.

Each is looked at again under its lock: what was answered in the meantime stays answered.
"""

from functools import partial

from backend.booking import freed_repository, offer_actions, waiting_repository
from backend.kit.retry import patiently

BATCH = 200


async def expire_offers() -> int:
    """End the offers that nobody answered in time; how many those were."""
    late = await waiting_repository.expired_offers(BATCH)
    return sum([await patiently(partial(offer_actions.expire, one)) for one in late])


async def ask_again() -> int:
    """Try the places that found nobody once more: somebody may have begun to wait. How many were offered."""
    await freed_repository.close_past_places()
    idle = await freed_repository.idle_places(BATCH)
    return sum([await patiently(partial(offer_actions.offer_by_itself, one)) for one in idle])
