"""The web app that locks resources in any order: the control run of the race of bundles.

Served as `tests.flows.unsorted:app`. Two who want the same chair and the same practitioner may each have one.
"""

import random
from collections.abc import Collection
from uuid import UUID

from backend.app import create_app
from backend.booking import use_repository
from backend.kit import db


async def _in_any_order(resource_ids: Collection[UUID]) -> None:
    for one in random.sample(list(resource_ids), len(resource_ids)):
        await db.fetch("select id from resource where id = $1 for no key update", one)


use_repository.lock_resources = _in_any_order

app = create_app()
