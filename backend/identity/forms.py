"""What people type to sign up, in and over: text to values, or all the mistakes at once."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from backend.identity.model import AcceptInvitation, Channels, Details, SignUp
from backend.kit import i18n
from backend.kit.forms import FormReader

Posted = Mapping[str, object]

# The sentences that the choice of channels answers, in the order in which the page shows them.
CHANNEL_SENTENCES = ("identity.channels_why", "identity.channel_email", "identity.channel_push")


def channels_version(locale: str) -> str:
    """The version of the text that a choice of channels answers: its own fingerprint.

    A version number beside the text could be forgotten when the text changes; this cannot.
    """
    shown = "\n".join(i18n.t(locale, key) for key in CHANNEL_SENTENCES)
    return f"{locale}-{hashlib.sha256(shown.encode()).hexdigest()[:12]}"


def read_sign_up(posted: Posted, locale: str) -> SignUp:
    """A new person's form."""
    reader = FormReader(posted)
    details = _details(reader)
    email = reader.email("email")
    channels = _channels(reader, locale)
    reader.finish()
    return SignUp(email=email, details=details, channels=channels)


def read_email(posted: Posted) -> str:
    """The form with one address."""
    reader = FormReader(posted)
    email = reader.email("email")
    reader.finish()
    return email


def read_code(posted: Posted) -> str:
    """Six digits, however they were spaced. A slip of another length costs no try."""
    reader = FormReader(posted)
    digits = "".join(reader.text("code", longest=40, empty="identity.code_has_six_digits").split())
    if digits and not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        reader.mistake("code", "identity.code_has_six_digits")
    reader.finish()
    return digits


def read_code_id(posted: Posted) -> UUID | None:
    """Which request a code answers; None where the address or the hidden field was damaged."""
    try:
        return UUID(str(posted.get("demande", "")))
    except ValueError:
        return None


def read_details(posted: Posted) -> Details:
    """Name and phone."""
    reader = FormReader(posted)
    details = _details(reader)
    reader.finish()
    return details


def read_channels(posted: Posted, locale: str) -> Channels:
    """The choice of channels; every combination is an answer."""
    return _channels(FormReader(posted), locale)


def read_passkey_name(posted: Posted) -> str:
    """What the person calls a passkey."""
    reader = FormReader(posted)
    name = reader.text("name", longest=60, empty="identity.passkey_name_empty")
    reader.finish()
    return name


def read_invitation(posted: Posted) -> AcceptInvitation:
    """An invited member of staff."""
    reader = FormReader(posted)
    given_name, family_name = _names(reader)
    email = reader.email("email")
    reader.finish()
    return AcceptInvitation(given_name=given_name, family_name=family_name, email=email, typed=reader.typed)


def _details(reader: FormReader) -> Details:
    given_name, family_name = _names(reader)
    phone = reader.phone("phone", required=False) or None
    return Details(given_name=given_name, family_name=family_name, phone=phone)


def _names(reader: FormReader) -> tuple[str, str]:
    return (
        reader.person_name("given_name", empty="identity.given_name_empty"),
        reader.person_name("family_name", empty="identity.family_name_empty"),
    )


def _channels(reader: FormReader, locale: str) -> Channels:
    return Channels(
        wants_push=reader.yes("wants_push"),
        wants_email=reader.yes("wants_email"),
        text_version=channels_version(locale),
    )
