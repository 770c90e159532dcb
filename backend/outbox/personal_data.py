"""The outbox and the law: events carry ids and versions, and are forgotten a month after they were done."""

from backend.kit.personal import Columns, Erasure, Kept, each

_A_MONTH = Kept(False, "30 days after it was handed on", Erasure.KEEP)
_A_DAY = Kept(False, "1 day after the worker was last alive", Erasure.KEEP)

COLUMNS: Columns = {
    "outbox_event": each(
        "id name payload created_at available_at lease_until attempts last_error done_at", _A_MONTH
    ),
    "worker_beat": each("worker at", _A_DAY),
}
