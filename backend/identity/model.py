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


class Asked(msgspec.Struct, frozen=True):
    """A request that bears a key of its client's: the same key and `content` (a digest) is the same deed."""

    account_id: UUID
    key: str
    content: bytes


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


class PushDevice(msgspec.Struct, frozen=True):
    """A browser that receives pushes, in the list of devices."""

    id: UUID
    device: str
    created_at: datetime


class Purpose(StrEnum):
    """What a one-time code opens."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    CHANGE_EMAIL = "change_email"


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What an account says of its holder. `phone` is E.164 or None."""

    given_name: str
    family_name: str
    phone: str | None


class Channels(msgspec.Struct, frozen=True, kw_only=True):
    """The choice of channels, with the version of the text that it answered."""

    wants_push: bool
    wants_email: bool
    text_version: str


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """A new person: becomes an account when the code sent to `email` comes back."""

    email: str
    details: Details
    channels: Channels


class AcceptInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invited member of staff says who they are. `typed` goes back to the page if the address is taken."""

    given_name: str
    family_name: str
    email: str
    typed: dict[str, str]


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time code that was asked for; the six digits are derived from `id`."""

    id: UUID
    email: str
    purpose: Purpose
    locale: str
    account_id: UUID | None
    sign_up: SignUp | None
    tries: int


class Entered(msgspec.Struct, frozen=True):
    """Who came in, and the token of their new session; None where the old one goes on."""

    account_id: UUID
    token: str | None
    role: Role | None = None
    is_new: bool = False


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A stored passkey: what checking an answer needs."""

    id: UUID
    account_id: UUID
    public_key: bytes
    sign_count: int
    frozen_at: datetime | None


class NewCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey that a browser has just made, checked. `backed_up`: synced by its maker."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


class SubscribePush(msgspec.Struct, frozen=True, kw_only=True):
    """A browser's push subscription: endpoint (RFC 8030) and keys (RFC 8291, URL-safe base64)."""

    endpoint: str
    p256dh: str
    auth: str
