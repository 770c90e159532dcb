"""What identity's pages print."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.identity.model import Account, PasskeyLine, PushDevice, SessionLine, Viewer
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """The sign-in page. `stronger`: signed in by a code already, and the page behind wants the passkey."""

    suite: str
    form: FormErrors | None = None
    stronger: bool = False
    may_create: bool = False


class CodeView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the six digits are typed; `code_id` is the request they answer."""

    code_id: UUID
    suite: str
    form: FormErrors | None = None


class SignUpView(msgspec.Struct, frozen=True, kw_only=True):
    """A new person's page."""

    suite: str
    form: FormErrors | None = None


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """An invited member of staff's page."""

    action: str
    role: str
    form: FormErrors | None = None


class NewPasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a passkey is made; `suite` is where one goes afterwards, or without."""

    suite: str


class PasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """One passkey, to be renamed or removed."""

    passkey: "Line"
    form: FormErrors | None = None


class RemovePasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """The question before a passkey is removed."""

    action: str
    name: str
    is_last: bool


class EmailView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new address is typed."""

    email: str
    form: FormErrors | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey, browser or device in a list; `path` is where its forms post to."""

    icon: str
    name: str
    detail: str
    path: str
    is_this: bool = False
    is_frozen: bool = False


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """The account page. `details` are the mistakes in name and phone; `done`: something was just changed."""

    account: Account
    phone: str
    passkeys: list[Line]
    sessions: list[Line]
    devices: list[Line]
    strong: bool
    done: bool = False
    details: FormErrors | None = None


def passkey_lines(passkeys: Sequence[PasskeyLine], locale: str) -> list[Line]:
    """Each passkey with when it was made and last used."""
    return [
        Line(
            icon="triangle" if one.frozen_at else "key",
            name=one.name,
            detail=_passkey_detail(one, locale),
            path=f"/compte/cles/{one.id}",
            is_frozen=one.frozen_at is not None,
        )
        for one in passkeys
    ]


def _passkey_detail(passkey: PasskeyLine, locale: str) -> str:
    if passkey.frozen_at is not None:
        return t(locale, "identity.passkey_is_frozen", day=_day(passkey.frozen_at, locale))
    if passkey.last_used_at is None:
        return t(locale, "identity.passkey_made", day=_day(passkey.created_at, locale))
    return t(
        locale,
        "identity.passkey_used",
        made=_day(passkey.created_at, locale),
        used=_day(passkey.last_used_at, locale),
    )


def session_lines(sessions: Sequence[SessionLine], viewer: Viewer, locale: str) -> list[Line]:
    """Each browser that is signed in, this one marked."""
    return [
        Line(
            icon="key" if one.strong else "mail",
            name=one.device,
            detail=t(
                locale,
                "identity.session_strong" if one.strong else "identity.session_by_code",
                day=_day(one.last_seen_at, locale),
            ),
            path=f"/compte/sessions/{one.id}",
            is_this=one.id == viewer.session_id,
        )
        for one in sessions
    ]


def device_lines(devices: Sequence[PushDevice], locale: str) -> list[Line]:
    """Each browser that receives notifications."""
    return [
        Line(
            icon="bell",
            name=one.device,
            detail=t(locale, "identity.device_since", day=_day(one.created_at, locale)),
            path=f"/compte/appareils/{one.id}",
        )
        for one in devices
    ]


def _day(moment: datetime, locale: str) -> str:
    # Machine time as a UTC day: what matters is which week it was, not which side of midnight.
    return dates.date_and_year(moment.date(), locale)
