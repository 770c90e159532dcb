"""What identity tells: that a code is wanted."""

from uuid import UUID

from backend.kit.events import Event


class SignInCodeAsked(Event, frozen=True):
    """Somebody asked for a code. Told whether or not an account exists: the answer to that is the worker's,
    so that no page can be timed to learn it."""

    code_id: UUID
