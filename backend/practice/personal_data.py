"""The practice and the law: it speaks of those who work there, and of no patient."""

from backend.kit.personal import Columns, Erasure, Kept, each

_COLLEAGUE = Kept(True, "as long as visits speak of this practitioner", Erasure.KEEP)
_ABSENCE = Kept(
    True, "1 year after it is over: a practitioner's closure tells when they were away", Erasure.EMPTY
)
_OURS = Kept(False, "as long as the practice wants", Erasure.KEEP)

COLUMNS: Columns = {
    "site": each("id name phone address zone country subdivision", _OURS),
    "resource": each("name", _COLLEAGUE) | each("id site_id kind code active", _OURS),
    "practitioner": each("display_name short_name skills", _COLLEAGUE) | each("id chair_ids", _OURS),
    "care_type": each(
        "key name_fr name_en phrase_fr phrase_en minutes buffer skills machines is_first_consultation is_ebd"
        " is_surgery is_emergency instructions_fr instructions_en source",
        _OURS,
    ),
    "opening_hours": each("id resource_id weekday starts ends weeks", _OURS),
    "closure": each("reason", _ABSENCE) | each("id site_id resource_id starts_at ends_at", _OURS),
}
