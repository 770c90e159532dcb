"""The words of agendas kept elsewhere."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Trouble(StrEnum):
    """Why a look at an external agenda failed; each has its sentence in `shared/locales`."""

    ADDRESS = "address"
    """It leads, itself or by a redirect, to where we do not go: not https, or inside a private network."""
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    REFUSED = "refused"
    """The other software does not give it, or does not know it any more (a status of 400 to 499)."""
    BROKEN = "broken"
    """The other software has a fault of its own (any other status)."""
    TOO_LARGE = "too_large"
    NO_CALENDAR = "no_calendar"
    """What came is no iCalendar."""
    TOO_MUCH = "too_much"
    """It cannot be read within the limits of entries, repetitions, time and memory."""


class Failed(Exception):  # noqa: N818 - the practice's word
    """A look failed; nothing of what is known changes."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Busy(msgspec.Struct, frozen=True, order=True):
    """A span in which somebody is busy. `entry` is the digest of the entry's UID, all that is kept of it."""

    starts_at: datetime
    ends_at: datetime
    entry: bytes


class Reading(msgspec.Struct, frozen=True):
    """What an agenda says; `unread` counts the entries that could not be understood."""

    busy: list[Busy]
    unread: int = 0


class Window(msgspec.Struct, frozen=True):
    """The time that counts, and how times without a zone are meant. What ends in `ours` as a UID came from
    ourselves, and says nothing new."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    ours: str


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """An agenda whose turn it is; the last three are of the answer taken over last."""

    id: UUID
    practitioner_id: UUID
    url: str
    etag: str | None
    last_modified: str | None
    read_until: datetime | None


class Answer(msgspec.Struct, frozen=True):
    """What the other software sent. `body` is None where nothing has changed since the last time."""

    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None


class ExternalCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """An external agenda as the owner sees it; times are machine time. `host` is what is shown of its
    address."""

    id: UUID
    practitioner_id: UUID
    name: str
    host: str
    created_at: datetime
    tried_at: datetime | None
    synced_at: datetime | None
    trouble: Trouble | None
    unread: int
    spans: int
    waits: bool


class Connect(msgspec.Struct, frozen=True, kw_only=True):
    """Look at this address from now on for when that practitioner is busy."""

    practitioner_id: UUID
    name: str
    url: str
