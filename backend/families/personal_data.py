"""Patients and the law: part of the record of care, which the practice must keep."""

from backend.kit.personal import Columns, Erasure, Kept, each

_RECORD = Kept(True, "20 years after the last visit, a child's at least until 28", Erasure.KEEP)
_RIGHT = Kept(True, "as long as the record: who could act for the patient, and when", Erasure.KEEP)
_CHOICE = Kept(True, "as long as the right", Erasure.EMPTY)
_OURS = Kept(False, "as long as its row", Erasure.KEEP)

COLUMNS: Columns = {
    "patient": each(
        "given_name family_name birth_date declared alerts usual_practitioner_id created_at", _RECORD
    )
    | each("id", _OURS),
    "guardian": each("account_id patient_id relation may_book since until", _RIGHT)
    | each("gets_messages", _CHOICE)
    | each("id", _OURS),
}
