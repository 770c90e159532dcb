"""The floor under a listing: the same framework and server, one `select 1`, nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from litestar import Litestar, get


async def _no_reset(_: Any) -> None:
    """Like the product's pool: no session state is ever set."""


@asynccontextmanager
async def _with_pool(app: Litestar) -> AsyncIterator[None]:
    url = os.environ["QUENOTTE_DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=1, max_size=10, reset=_no_reset) as pool:
        app.state.pool = pool
        yield


@get("/")
async def _select_one() -> dict[str, int]:
    async with app.state.pool.acquire() as connection:
        return {"one": await connection.fetchval("select 1")}


app = Litestar([_select_one], lifespan=[_with_pool], openapi_config=None, logging_config=None)
