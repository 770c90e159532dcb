"""Answers and the law: health data. What led to a visit belongs to the record, what led nowhere does not."""

from backend.kit.personal import Columns, Erasure, Kept, each

_HEALTH = Kept(True, "with a visit as long as the record, else 1 year", Erasure.KEEP)
_WHO = Kept(True, "as long as the answers", Erasure.KEEP)
_OURS = Kept(False, "as long as its row", Erasure.KEEP)

COLUMNS: Columns = {
    "triage_run": each(
        "answers urgency outcome care_key advice reasons also modifiers alerts needs_call_back"
        " call_back_within_minutes books_within_hours",
        _HEALTH,
    )
    | each("patient_id account_id session_id created_at decided_at", _WHO)
    | each("id questionnaire_version", _OURS),
}
