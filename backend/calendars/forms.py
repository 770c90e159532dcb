"""The form that connects an external agenda."""

from collections.abc import Collection, Mapping
from uuid import UUID

from backend.calendars import rules
from backend.calendars.model import Connect
from backend.kit.forms import FormReader

LONGEST_NAME = 60


def read_connect(
    posted: Mapping[str, object], practitioner_ids: Collection[UUID], demo_peer: str | None
) -> Connect:
    """Which practitioner's agenda, the owner's word for it, and where it is. Raises FormErrors."""
    form = FormReader(posted)
    practitioner = form.choice("praticien", [str(one) for one in practitioner_ids])
    name = form.text("nom", longest=LONGEST_NAME, empty="calendars.name_empty")
    url = rules.tidy(form.text("adresse", longest=rules.LONGEST_ADDRESS, empty="calendars.url_empty"))
    if url and not rules.is_allowed(url, demo_peer):
        form.mistake("adresse", "calendars.url_wrong")
    form.finish()
    return Connect(practitioner_id=UUID(practitioner), name=name, url=url)
