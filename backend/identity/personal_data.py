"""Accounts and the law: contact and choices of the holder, and what opens the account. Nothing of health."""

from backend.kit.personal import Columns, Erasure, Kept, each

_HOLDER = Kept(True, "as long as the account is open, then 1 year", Erasure.EMPTY)
_CHOICE = Kept(True, "5 years after it was changed: it proves what the person agreed to", Erasure.KEEP)
_STAFF = Kept(True, "5 years after the person has left", Erasure.KEEP)
_KEY = Kept(True, "until it is removed or the account is closed", Erasure.DELETE_ROW)
_SESSION = Kept(True, "1 year after it ended: who was signed in where", Erasure.DELETE_ROW)
_TWO_DAYS = Kept(True, "2 days", Erasure.DELETE_ROW)
_A_DAY = Kept(True, "1 day", Erasure.DELETE_ROW)
_MINUTES = Kept(True, "5 minutes", Erasure.DELETE_ROW)
_OURS = Kept(False, "as long as its row", Erasure.KEEP)

COLUMNS: Columns = {
    "account": each("given_name family_name email email_confirmed_at phone locale", _HOLDER)
    | each("wants_push wants_email contact_text_version contact_chosen_at", _CHOICE)
    | each("id created_at closed_at", _OURS),
    "staff_member": each("account_id role practitioner_id since until", _STAFF),
    "passkey": each("account_id credential_id public_key name created_at last_used_at", _KEY)
    | each("id sign_count backed_up frozen_at", _OURS),
    "passkey_challenge": each("account_id", _MINUTES) | each("id challenge purpose expires_at", _OURS),
    "session": each("account_id device created_at last_seen_at ended_at", _SESSION)
    | each("id token_digest strong expires_at", _OURS),
    "sign_in_code": each("email account_id sign_up client_digest", _A_DAY)
    | each("id purpose locale tries created_at expires_at used_at", _OURS),
    "push_subscription": each("account_id session_id endpoint p256dh auth device", _KEY)
    | each("id created_at closed_at", _OURS),
    "client_action": each("account_id answer_id asked_at", _TWO_DAYS) | each("id key content", _OURS),
    "invitation": each("id token_digest role created_at expires_at used_at", _OURS),
}
