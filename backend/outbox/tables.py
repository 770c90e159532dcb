"""One row per event, from the moment it happened until every handler has acted on it; and who works."""

from piccolo.columns import UUID, Integer, Text, Timestamptz
from piccolo.columns.column_types import JSONB
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class OutboxEvent(Table, tablename="outbox_event"):
    """An event to hand on. `attempts` counts the tries; `available_at` waits longer after each failure."""

    id = UUID(primary_key=True, **REQUIRED)
    name = Text(**REQUIRED)
    payload = JSONB(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)
    available_at = Timestamptz(**REQUIRED)
    lease_until = Timestamptz(**OPTIONAL)
    attempts = Integer(default=0, null=False)
    last_error = Text(**OPTIONAL)
    done_at = Timestamptz(**OPTIONAL)


class WorkerBeat(Table, tablename="worker_beat"):
    """When each worker was last alive; one row a process."""

    worker = Text(primary_key=True, **REQUIRED)
    at = Timestamptz(**REQUIRED)
