"""Appointments, holds and requests, and the law: visits are part of the record; the rest goes sooner."""

from backend.kit.personal import Columns, Erasure, Kept, each

_RECORD = Kept(True, "as long as the patient's record: that care was given, when, by whom", Erasure.KEEP)
_HOLD = Kept(True, "ten minutes, and swept away an hour later", Erasure.DELETE_ROW)
_GROUP = Kept(True, "a day, or as long as its appointments", Erasure.KEEP)
_REQUEST = Kept(True, "2 years after it was answered", Erasure.DELETE_ROW)
_USE = Kept(True, "as long as its appointment or hold", Erasure.KEEP)
_WISH = Kept(True, "1 year after the visit that it was about", Erasure.DELETE_ROW)
_OURS = Kept(False, "as long as its row", Erasure.KEEP)

COLUMNS: Columns = {
    "booking_group": each("account_id created_at", _GROUP) | each("id arrangement", _OURS),
    "booking_group_member": each("patient_id triage_id", _GROUP) | each("id group_id", _OURS),
    "hold": each("account_id patient_id triage_id starts_at ends_at duration expires_at created_at", _HOLD)
    | each("id group_id practitioner_id chair_id", _OURS),
    "appointment": each(
        "patient_id booked_by triage_id care_key urgency starts_at ends_at duration status confirmed_at "
        "seated_at finished_at "
        "moved_late cancelled_late created_at changed_at",
        _RECORD,
    )
    | each("id hold_id group_id practitioner_id chair_id site_id version", _OURS),
    "told_together": each("appointment_id", _RECORD) | each("id deed_id version", _OURS),
    "resource_use": each("appointment_id hold_id offer_id", _USE)
    | each("id resource_id starts_at ends_at expires_at", _OURS),
    "resource_stamp": each("resource_id stamp", _OURS),
    "desk_change": each("appointment_id account_id before changed_at until undone_at", _RECORD)
    | each("id event_id version", _OURS),
    "waiting_wish": each(
        "appointment_id patient_id account_id weekdays from_time until_time notice_minutes created_at "
        "ended_at",
        _WISH,
    )
    | each("id", _OURS),
    "freed_place": each("appointment_id version", _WISH)
    | each(
        "id practitioner_id chair_id starts_at ends_at part_of state created_at closed_at",
        _OURS,
    ),
    "place_offer": each(
        "wish_id appointment_id appointment_version patient_id starts_at ends_at state created_at sent_at "
        "expires_at ended_at",
        _WISH,
    )
    | each("id place_id practitioner_id", _OURS),
    "waiting_mode": each("account_id", Kept(True, "as long as the setting's history", Erasure.EMPTY))
    | each("id automatic changed_at", _OURS),
    "length_decision": each("account_id", Kept(True, "as long as the setting's history", Erasure.EMPTY))
    | each("id practitioner_id care_key verdict cases median upper was_minutes minutes decided_at", _OURS),
    "desk_request": each(
        "account_id patient_id triage_id kind urgency reason phone preferred_time deadline taken_by "
        "created_at changed_at",
        _REQUEST,
    )
    | each("id state", _OURS),
}
