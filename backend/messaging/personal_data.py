"""Messages and the law: that one was sent is kept, never what it said: its text is made from the rows."""

from backend.kit.personal import Columns, Erasure, Kept, each

_WHOSE = Kept(True, "1 year after it was sent: to answer 'I was not told'", Erasure.DELETE_ROW)
_WHAT = Kept(False, "as long as the message's row", Erasure.KEEP)

COLUMNS: Columns = {
    "delivery": each("account_id subject_id", _WHOSE)
    | each(
        "id kind occasion subject_version due_at useless_after state reason channel available_at lease_until"
        " attempts created_at sent_at",
        _WHAT,
    ),
    "delivery_receipt": each("delivery_id reference", _WHOSE) | each("id channel at outcome detail", _WHAT),
}
