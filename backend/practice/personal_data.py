"""The practice and the law: practitioners' names are public; when and why one of them is away is not."""

from backend.kit.personal import Columns, Erasure, Kept, each

_NAME = Kept(True, "as long as past visits name the practitioner", Erasure.KEEP)
_AWAY = Kept(True, "as long as the practice: past days show who was there", Erasure.KEEP)
_HISTORY = Kept(True, "as long as the history of settings: who approved texts, who was away", Erasure.KEEP)
_OURS = Kept(False, "as long as the practice", Erasure.KEEP)

COLUMNS: Columns = {
    "site": each("id name phone address zone country subdivision school_zone keeps_public_holidays", _OURS),
    "resource": each("name", _NAME) | each("id site_id kind code active", _OURS),
    "practitioner": each("display_name short_name", _NAME) | each("id skills chair_ids", _OURS),
    "care_type": each(
        "key name_fr name_en phrase_fr phrase_en minutes buffer skills machines practitioners "
        "is_first_consultation is_ebd is_surgery is_emergency instructions_fr instructions_en source "
        "practitioner_minutes needs_assistant least_age most_age first_visit bookable_online "
        "to_know_fr to_know_en retired",
        _OURS,
    )
    | each("texts_signed_by", _NAME),
    "lengthening": each("modifier percent at_least minutes", _OURS),
    "practice_change": each("account_id", Kept(True, "as long as the history of settings", Erasure.EMPTY))
    | each("before after", _HISTORY)
    | each("id kind key changed_at", _OURS),
    "opening_hours": each(
        "id resource_id weekday starts ends weeks only_on valid_from valid_until school", _OURS
    ),
    "emergency_place": each("id practitioner_id weekday starts minutes", _OURS),
    "practitioner_care": each("id practitioner_id care_key minutes", _OURS),
    "closure": each("resource_id starts_at ends_at reason", _AWAY) | each("id site_id", _OURS),
}
