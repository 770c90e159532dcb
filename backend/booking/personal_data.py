"""Visits and the law: a visit belongs to the record, a hold lives an hour, a request until it is answered."""

from backend.kit.personal import Columns, Erasure, Kept, each

_RECORD = Kept(True, "20 years after the last visit, a child's at least until 28", Erasure.KEEP)
_AN_HOUR = Kept(True, "1 hour after it expired", Erasure.DELETE_ROW)
_REQUEST = Kept(True, "1 year after it was answered", Erasure.DELETE_ROW)
_OURS = Kept(False, "as long as its row", Erasure.KEEP)

COLUMNS: Columns = {
    "hold": each("account_id patient_id triage_id practitioner_id starts_at ends_at duration", _AN_HOUR)
    | each("id chair_id expires_at created_at", _OURS),
    "appointment": each(
        "patient_id booked_by triage_id practitioner_id care_key urgency starts_at ends_at duration status"
        " confirmed_at moved_late cancelled_late",
        _RECORD,
    )
    | each("id hold_id chair_id site_id version created_at changed_at", _OURS),
    "resource_use": each("id resource_id appointment_id hold_id starts_at ends_at expires_at", _OURS),
    "desk_request": each(
        "account_id patient_id triage_id kind urgency reason phone preferred_time taken_by", _REQUEST
    )
    | each("id deadline state created_at changed_at", _OURS),
}
