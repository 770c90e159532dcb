"""The words of agendas to subscribe to."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.kit.calendar_file import Entry


class Make(msgspec.Struct, frozen=True, kw_only=True):
    """A new secret address: of one patient's visits, or of one practitioner's."""

    tells_place: bool
    patient_id: UUID | None = None
    practitioner_id: UUID | None = None


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A secret address as its maker sees it; the secret itself is shown once and kept nowhere. `given_name`
    is the patient's. Times are machine time."""

    id: UUID
    patient_id: UUID | None
    practitioner_id: UUID | None
    given_name: str | None
    tells_place: bool
    created_at: datetime
    fetched_at: datetime | None


class OpenFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A secret address whose right still holds. `fetches` counts this minute's."""

    id: UUID
    account_id: UUID
    patient_id: UUID | None
    practitioner_id: UUID | None
    tells_place: bool
    locale: str
    fetches: int


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What an agenda may know of a visit: never whose it is, never what for."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    version: int
    cancelled: bool
    zone: str
    site_name: str
    site_address: tuple[str, ...]
    chair_name: str

    def entry(self, *, host: str, summary: str, place: str, description: str) -> Entry:
        """The visit in a calendar: the same id as in the confirmation's file, so that one replaces the
        other."""
        return Entry(
            uid=f"{self.id}@{host}",
            sequence=self.version - 1 + self.cancelled,
            changed_at=self.changed_at,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            zone=self.zone,
            summary=summary,
            place=place,
            description=description,
            url="",
            cancelled=self.cancelled,
        )
