"""External agendas, and the law: what is taken from them are times alone."""

from backend.kit.personal import Columns, Erasure, Kept, each

_BUSY = Kept(True, "until the next look at that agenda; a practitioner's time", Erasure.DELETE_ROW)
_OURS = Kept(False, "as long as the agenda is connected", Erasure.KEEP)

COLUMNS: Columns = {
    "external_calendar": each(
        "id practitioner_id name url etag last_modified read_until due_at tried_at synced_at trouble unread "
        "created_at",
        _OURS,
    ),
    "external_busy": each("entry_digest starts_at ends_at", _BUSY)
    | each("id calendar_id practitioner_id", _OURS),
}
