"""A post office with the worker's own checks, and a Thursday to be reminded of."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.worker import CHECKS
from tests.post import Post, open_post, tomorrow_noon
from tests.visits import plain_thursday


@pytest.fixture
async def post(tmp_path: Path, database: Any, clock: Any) -> AsyncIterator[Post]:
    """Business time is tomorrow noon, an hour at which everything may leave."""
    await clock.move_to(tomorrow_noon(await clock.now()))
    async with open_post(tmp_path, CHECKS, database) as office:
        yield office


@pytest.fixture
async def thursday(post: Post, clock: Any) -> date:
    return plain_thursday(await clock.now())
