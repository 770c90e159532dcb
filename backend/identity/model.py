"""The words of identity: who looks, how surely we know it, and what role they have at the practice."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.audit.model import Actor, ActorKind


class Role(StrEnum):
    """What a member of staff may see: see the brief's "Who uses it"."""

    RECEPTIONIST = "receptionist"
    ASSISTANT = "assistant"
    PRACTITIONER = "practitioner"
    OWNER = "owner"


class Viewer(msgspec.Struct, frozen=True):
    """The person behind a request, from their session.

    `strong` is True when a passkey with user verification opened the session; a one-time code is not.
    `role` is None for patients. `signed_in_at` is the machine time of that proof: a session opened a few
    minutes ago may change what a session of last month may only read.
    """

    account_id: UUID
    session_id: UUID
    strong: bool
    given_name: str
    locale: str
    role: Role | None = None
    practitioner_id: UUID | None = None
    signed_in_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """The same person, for the journal."""
        return Actor(ActorKind.ACCOUNT, self.account_id, self.session_id)

    @property
    def is_staff(self) -> bool:
        """Whether this person works at the practice."""
        return self.role is not None

    @property
    def is_clinical(self) -> bool:
        """Whether triage answers and alerts of the day's patients are theirs to read."""
        return self.role in (Role.ASSISTANT, Role.PRACTITIONER)


class Account(msgspec.Struct, frozen=True):
    """An account as its owner sees it."""

    id: UUID
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    locale: str
    wants_push: bool
    wants_email: bool


class SessionLine(msgspec.Struct, frozen=True):
    """A signed-in browser, in the list of devices."""

    id: UUID
    device: str
    strong: bool
    created_at: datetime
    last_seen_at: datetime


class PasskeyLine(msgspec.Struct, frozen=True):
    """A passkey, in the list of ways to sign in."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    frozen_at: datetime | None


class Subscription(msgspec.Struct, frozen=True):
    """Where a browser receives pushes (RFC 8030), with its keys (RFC 8291)."""

    id: UUID
    endpoint: str
    p256dh: str
    auth: str
