"""The form that makes a secret address."""

from collections.abc import Mapping
from uuid import UUID

from backend.kit.forms import FormReader

AMOUNTS = ("occupe", "lieu")


def read_make(posted: Mapping[str, object], *, for_patient: bool) -> tuple[UUID | None, bool]:
    """For whom (None for oneself as a practitioner), and whether it tells the place. Raises FormErrors."""
    form = FormReader(posted)
    patient_id = form.id("patient") if for_patient else None
    amount = form.choice("montre", AMOUNTS)
    form.finish()
    return patient_id, amount == "lieu"
