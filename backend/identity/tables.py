"""Accounts and what opens them. Secrets are stored as digests or public keys only."""

from piccolo.columns import UUID, BigInt, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.column_types import JSONB, Bytea
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class Account(Table, tablename="account"):
    """An adult (or a teenager with an own sign-in, or a member of staff) who signs in as themselves."""

    id = UUID(primary_key=True, **REQUIRED)
    given_name = Text(**REQUIRED)
    family_name = Text(**REQUIRED)
    email = Text(**OPTIONAL, unique=True, help_text="lower case")
    email_confirmed_at = Timestamptz(**OPTIONAL)
    phone = Text(**OPTIONAL, help_text="E.164")
    locale = Text(default="fr", null=False)
    wants_push = Boolean(default=True, null=False)
    wants_email = Boolean(default=True, null=False)
    contact_text_version = Text(**OPTIONAL, help_text="the text that the choice of channels answered")
    contact_chosen_at = Timestamptz(**OPTIONAL)
    created_at = Timestamptz(**REQUIRED)
    closed_at = Timestamptz(**OPTIONAL)


class StaffMember(Table, tablename="staff_member"):
    """An account that works at the practice. `practitioner_id` is the resource of that practitioner."""

    account_id = ForeignKey(Account, primary_key=True, on_delete=OnDelete.restrict, **REQUIRED)
    role = Text(**REQUIRED, help_text="receptionist, assistant, practitioner, owner")
    practitioner_id = UUID(**OPTIONAL)
    since = Timestamptz(**REQUIRED)
    until = Timestamptz(**OPTIONAL)


class Passkey(Table, tablename="passkey"):
    """A WebAuthn credential. A sign count that goes back freezes it."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(Account, on_delete=OnDelete.restrict, **REQUIRED)
    credential_id = Bytea(**REQUIRED, unique=True)
    public_key = Bytea(**REQUIRED)
    sign_count = BigInt(**REQUIRED)
    backed_up = Boolean(**REQUIRED)
    name = Text(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)
    last_used_at = Timestamptz(**OPTIONAL)
    frozen_at = Timestamptz(**OPTIONAL)


class Challenge(Table, tablename="passkey_challenge"):
    """A challenge handed to a browser; taken (deleted) by the answer, so that it serves once."""

    id = UUID(primary_key=True, **REQUIRED)
    challenge = Bytea(**REQUIRED)
    purpose = Text(**REQUIRED, help_text="register or sign_in")
    account_id = UUID(**OPTIONAL)
    expires_at = Timestamptz(**REQUIRED)


class Session(Table, tablename="session"):
    """A signed-in browser. `strong` when a passkey with user verification opened it."""

    id = UUID(primary_key=True, **REQUIRED)
    token_digest = Bytea(**REQUIRED, unique=True)
    account_id = ForeignKey(Account, on_delete=OnDelete.restrict, **REQUIRED)
    strong = Boolean(**REQUIRED)
    device = Text(**REQUIRED, help_text="'Safari sur iPhone': no version, no address")
    created_at = Timestamptz(**REQUIRED)
    last_seen_at = Timestamptz(**REQUIRED)
    expires_at = Timestamptz(**REQUIRED)
    ended_at = Timestamptz(**OPTIONAL)


class SignInCode(Table, tablename="sign_in_code"):
    """A six-digit code sent to an address; ten minutes, five tries, once. The code itself is stored nowhere:
    it is derived from `id` and the secret."""

    id = UUID(primary_key=True, **REQUIRED)
    email = Text(**REQUIRED, index=True)
    purpose = Text(**REQUIRED, help_text="sign_in, sign_up or change_email")
    locale = Text(**REQUIRED)
    account_id = UUID(**OPTIONAL, help_text="whose address changes")
    sign_up = JSONB(**OPTIONAL, help_text="what the new person typed; emptied when the code is used")
    client_digest = Bytea(**REQUIRED, index=True, help_text="keyed digest of the network address")
    tries = Integer(default=0, null=False)
    created_at = Timestamptz(**REQUIRED)
    expires_at = Timestamptz(**REQUIRED)
    used_at = Timestamptz(**OPTIONAL)


class PushSubscription(Table, tablename="push_subscription"):
    """Where a browser can be reached; closed for good when its service says so."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(Account, on_delete=OnDelete.restrict, **REQUIRED)
    session_id = UUID(**OPTIONAL)
    endpoint = Text(**REQUIRED, unique=True)
    p256dh = Text(**REQUIRED)
    auth = Text(**REQUIRED)
    device = Text(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)
    closed_at = Timestamptz(**OPTIONAL)


class Invitation(Table, tablename="invitation"):
    """A one-use link that lets its bearer create the account of a role (the first owner, a colleague)."""

    id = UUID(primary_key=True, **REQUIRED)
    token_digest = Bytea(**REQUIRED, unique=True)
    role = Text(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)
    expires_at = Timestamptz(**REQUIRED)
    used_at = Timestamptz(**OPTIONAL)


class ClientAction(Table, tablename="client_action"):
    """A key under which an account asked for something, and what came of it. `asked_at` is machine time."""

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(Account, on_delete=OnDelete.restrict, **REQUIRED)
    key = Text(**REQUIRED)
    content = Bytea(**REQUIRED, help_text="digest of the address and what was sent")
    answer_id = UUID(**REQUIRED, help_text="of what was made or changed")
    asked_at = Timestamptz(**REQUIRED)

    client_action_once = Unique(["account_id", "key"])
