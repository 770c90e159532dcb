"""What happened, in the past tense. Events carry ids and versions, never a name or a health word."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events. The class name is the event's name in the outbox: renaming one orphans its rows."""
