"""`GET /healthz`: may traffic come here, and is somebody working behind?"""

import asyncio

import msgspec
from litestar import Response, get
from redis.asyncio import Redis

from backend.kit import db
from backend.kit.settings import settings
from backend.outbox import repository as outbox

WORKER_SILENT_AFTER = 15.0
PATIENCE = 2.0


class Health(msgspec.Struct):
    """`ok`, `late` or `down` for each part. Without the queue all goes on, only up to a second slower."""

    database: str
    queue: str
    worker: str


async def _database() -> str:
    return "ok" if await db.fetch_value("select 1") == 1 else "down"


async def _queue() -> str:
    client = Redis.from_url(settings().redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        return "ok" if await client.ping() else "down"
    finally:
        await client.aclose()


async def _worker() -> str:
    silence = await outbox.seconds_since_beat()
    if silence is None or silence > WORKER_SILENT_AFTER:
        return "down"
    return "late" if await outbox.oldest_waiting_seconds() > WORKER_SILENT_AFTER else "ok"


async def _ask(question: object) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            return await question  # type: ignore[misc, no-any-return]
    except Exception:
        # Whatever the reason, the answer is the same; the part's own logs say why.
        return "down"


@get("/healthz", opt={"open_to_all": True}, include_in_schema=False)
async def healthz() -> Response[Health]:
    """200 while the database and the worker are there, else 503."""
    database, queue, worker = await asyncio.gather(_ask(_database()), _ask(_queue()), _ask(_worker()))
    health = Health(database=database, queue=queue, worker=worker)
    fine = database == "ok" and worker != "down"
    return Response(health, status_code=200 if fine else 503)


ROUTES = [healthz]
