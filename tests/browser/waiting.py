"""Waiting for what happens outside this process, where nothing tells us that it has."""

import asyncio
from collections.abc import Awaitable, Callable

_PAUSE = 0.02


async def until(condition: Callable[[], Awaitable[bool]], within: float, what: str) -> None:
    """Return as soon as `await condition()` is true; AssertionError that names `what` after `within` s."""
    try:
        async with asyncio.timeout(within):
            while not await condition():
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        raise AssertionError(f"After {within:g} s still not so: {what}") from None
