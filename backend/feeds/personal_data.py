"""Secret addresses, and the law: they go a year after they were taken back or the account was closed."""

from backend.kit.personal import Columns, Erasure, Kept, each

_FEED = Kept(True, "until taken back or the account is closed, then 1 year", Erasure.DELETE_ROW)
_OURS = Kept(False, "as long as its row", Erasure.KEEP)

COLUMNS: Columns = {
    "calendar_feed": each(
        "account_id patient_id practitioner_id token_digest tells_place created_at fetched_at minute_from "
        "fetches revoked_at",
        _FEED,
    )
    | each("id", _OURS)
}
