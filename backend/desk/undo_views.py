"""What the desk says of its last change: how to take it back, or who was faster."""

from uuid import UUID

import msgspec

from backend.desk.model import LastChange, Undoable
from backend.desk.views import person_short
from backend.kit import dates
from backend.kit.i18n import t
from backend.practice.model import Practice


class UndoView(msgspec.Struct, frozen=True):
    """The offer to take a change back, for `milliseconds` more."""

    action: str
    change_id: UUID
    visit_id: UUID
    sentence: str
    button: str
    milliseconds: int


def undo_view(found: Undoable | None, practice: Practice, locale: str) -> UndoView | None:
    """'Lila R. : mardi 3 mars à 9 h 30, Fauteuil 1.', and the button."""
    if found is None:
        return None
    kind = "move" if found.moved else "length"
    sentence = t(
        locale,
        f"desk.undo_{kind}_done",
        who=person_short(found.given_name, found.family_name),
        when=dates.moment(found.starts_at, practice.site_of(found.chair_id).zone, locale),
        where=practice.resource(found.chair_id).name,
        minutes=int((found.ends_at - found.starts_at).total_seconds() // 60),
    )
    return UndoView(
        action=f"/bureau/rendez-vous/{found.visit_id}/reprendre",
        change_id=found.change_id,
        visit_id=found.visit_id,
        sentence=sentence,
        button=t(locale, f"desk.undo_{kind}"),
        milliseconds=round(found.seconds * 1000),
    )


def changed_words(change: LastChange, locale: str) -> str:
    """'Modifié par Sam il y a 5 s.'"""
    seconds = max(0, round(change.seconds))
    unit, count = ("s", seconds) if seconds < 60 else ("min", seconds // 60)
    if count >= 60 and unit == "min":
        unit, count = "h", count // 60
    who = change.given_name or t(locale, "desk.the_family")
    return t(locale, "desk.changed_by", who=who, ago=f"{count}{dates.NARROW_SPACE}{unit}")
