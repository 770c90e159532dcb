"""The journal and the law: who did or read what stays, also after an erasure, because it proves it."""

from backend.kit.personal import Columns, Erasure, Kept, each

_WHO = Kept(True, "6 years: EHDS asks for 3, civil claims run for 5", Erasure.KEEP)
_WHAT = Kept(False, "as long as the line", Erasure.KEEP)

COLUMNS: Columns = {
    "audit_entry": each("actor_account_id session_id subject_id patient_id details", _WHO)
    | each("id at actor_kind action subject_type", _WHAT),
}
