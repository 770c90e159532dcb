"""What identity decides: how long a session lives, who may enter where, what a code looks like.

Sessions, codes and proofs run on the machine's clock, which the demo never moves.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from backend.identity.model import Role, Viewer
from backend.kit.errors import NotAllowed, Refusal, SignInNeeded, TooMany

# How long a session lives unused, and at most (ASVS 5.0, 7.3.1 and 7.3.2). A patient's phone has its own
# lock and is used a few times a year; the desk's computer is shared and is used all day.
PATIENT_IDLE, PATIENT_LONGEST = timedelta(days=30), timedelta(days=90)
STAFF_IDLE, STAFF_LONGEST = timedelta(hours=12), timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
PROOF_LASTS = timedelta(minutes=10)

CHALLENGE_LASTS = timedelta(minutes=5)
INVITATION_LASTS = timedelta(hours=24)

CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
CODES_PER_ADDRESS = 5
CODES_PER_CLIENT = 30
CODE_LIMIT_SPAN = timedelta(hours=1)


class ProofNeeded(SignInNeeded):
    """The session is strong but not fresh: the person shows once more that it is them."""

    key = "identity.proof_needed"


class StrongNeeded(SignInNeeded):
    """Signed in by a code only: this page waits for the passkey."""

    key = "identity.strong_needed"


class TooManyCodes(TooMany):
    """The address, or the network it was asked from, has had its codes for this hour."""

    key = "identity.too_many_codes"


class CodeRefused(Refusal):
    """Wrong, too old, used, or tried too often: one sentence for all, since a guesser learns from each."""

    key = "identity.code_refused"
    status = 422


class CodeSpent(Refusal):
    """The five tries are over, or the ten minutes: only a new code helps."""

    key = "identity.code_spent"
    status = 422


class InvitationRefused(Refusal):
    """Unknown, used or older than a day."""

    key = "identity.invitation_refused"
    status = 404


class EmailTaken(Refusal):
    """Said only to somebody who has just proven that the address is theirs."""

    key = "identity.email_taken"
    status = 409


class LastPasskey(Refusal):
    """Staff sign in by passkey only: the last one stays until there is another."""

    key = "identity.last_passkey"
    status = 409


def longest(role: Role | None) -> timedelta:
    """How long a session of that role may live, used or not."""
    return STAFF_LONGEST if role else PATIENT_LONGEST


def idle(role: Role | None) -> timedelta:
    """How long a session of that role may lie unused."""
    return STAFF_IDLE if role else PATIENT_IDLE


class Counting(NamedTuple):
    """The moments after which a session must have begun, and must have been used, to count: `is_open` for a
    statement. First a patient's, then a member of staff's."""

    begun: datetime
    used: datetime
    staff_begun: datetime
    staff_used: datetime


def counting(now: datetime) -> Counting:
    """What counts at `now`."""
    return Counting(now - PATIENT_LONGEST, now - PATIENT_IDLE, now - STAFF_LONGEST, now - STAFF_IDLE)


def is_open(role: Role | None, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session that was neither ended nor outlived its own end still counts.

    The role is today's: a patient's session of last month does not become a month-long staff session.
    """
    return now < created_at + longest(role) and now < last_seen_at + idle(role)


def check_signed_in(viewer: Viewer | None) -> Viewer:
    """Anybody signed in, by a code also; else `SignInNeeded`."""
    if viewer is None:
        raise SignInNeeded
    return viewer


def check_strong(viewer: Viewer | None) -> Viewer:
    """A passkey opened the session; else `SignInNeeded`."""
    if not check_signed_in(viewer).strong:
        raise StrongNeeded
    assert viewer is not None
    return viewer


def check_role(viewer: Viewer | None, *roles: Role) -> Viewer:
    """A member of staff with one of `roles`, signed in by passkey; else `NotAllowed`."""
    if check_signed_in(viewer).role not in roles:
        raise NotAllowed
    return check_strong(viewer)


def check_recent_proof(viewer: Viewer | None, now: datetime) -> Viewer:
    """A passkey opened the session less than ten minutes ago; else `ProofNeeded`."""
    found = check_strong(viewer)
    if found.signed_in_at is None or now - found.signed_in_at > PROOF_LASTS:
        raise ProofNeeded
    return found


def check_new_passkey(viewer: Viewer, has_passkey: bool, now: datetime) -> None:
    """The first passkey needs a session only; another one a fresh proof by the first.

    Otherwise whoever reads somebody's e-mail could make themselves a strong session.
    """
    if has_passkey:
        check_recent_proof(viewer, now)


def check_code_limits(by_client: int, by_address: int) -> None:
    """`TooManyCodes` once an address has had five codes within the hour, or a network thirty."""
    if by_client >= CODES_PER_CLIENT or by_address >= CODES_PER_ADDRESS:
        raise TooManyCodes(minutes=int(CODE_LIMIT_SPAN.total_seconds() // 60))


def six_digits(tag: bytes) -> str:
    """A keyed digest as a six-digit code.

    64 bits modulo a million: the bias is below one in 10^13.

    >>> six_digits(bytes(8)), six_digits(b"\\x00" * 7 + b"\\x2a")
    ('000000', '000042')
    """
    return f"{int.from_bytes(tag[:8], 'big') % 1_000_000:06d}"
