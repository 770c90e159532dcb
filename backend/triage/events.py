"""What triage tells the rest of the house."""

from uuid import UUID

from backend.kit.events import Event


class TriageDecided(Event, frozen=True):
    """Somebody's answers came to a result; read it by its id."""

    triage_id: UUID
