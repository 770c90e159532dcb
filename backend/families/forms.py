"""What people type about themselves and their children."""

from collections.abc import Mapping
from datetime import date

from backend.families.model import AddChild
from backend.kit.forms import FormReader

Posted = Mapping[str, object]


def read_birth_date(posted: Posted, today: date) -> date:
    """One's own birth date."""
    reader = FormReader(posted)
    birth_date = reader.birth_date("birth_date", today)
    reader.finish()
    return birth_date


def read_child(posted: Posted, today: date) -> AddChild:
    """A child, with the declaration of parental authority ticked."""
    reader = FormReader(posted)
    child = AddChild(
        given_name=reader.person_name("given_name", empty="families.given_name_empty"),
        family_name=reader.person_name("family_name", empty="families.family_name_empty"),
        birth_date=reader.birth_date("birth_date", today),
    )
    if not reader.yes("authority"):
        reader.mistake("authority", "families.authority_needed")
    reader.finish()
    return child
