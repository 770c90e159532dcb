"""Two kinds of trouble that are expected.

    Refusal            a person asked for something that the rules refuse: has a sentence and a status
      NotFound         unknown, or somebody else's: the two look the same (404)
      NotAllowed       known to exist, but not for this role (403)
      SignInNeeded     nobody is signed in, or not strongly enough (401)
      TooMany          too many tries (429)
      Unavailable      too many at once: again in a moment (503)
      FormErrors       (in kit.forms) every mistake of a form at once (422)
    SupplierDown       a supplier outside did not answer: try again later

Everything else is a bug: it is logged with an id that the person can quote, and never explained away.
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - the practice's word; it is an answer, not a failure
    """A refusal that can be said to a patient.

    `key` names a sentence in `shared/locales/<locale>/<feature>.json`; `values` fill its braces.
    Subclasses set both `key` and `status` on the class.
    """

    key: ClassVar[str] = "kit.refused"
    status: ClassVar[int] = 409

    def __init__(self, **values: object) -> None:
        super().__init__(self.key)
        self.values = values


class NotFound(Refusal):
    """Unknown or foreign: said with the same words, so that ids cannot be guessed at."""

    key = "kit.not_found"
    status = 404


class NotAllowed(Refusal):
    """The role does not include this."""

    key = "kit.not_allowed"
    status = 403


class SignInNeeded(Refusal):
    """Nobody is signed in, or the session is too weak for this page."""

    key = "kit.sign_in_needed"
    status = 401


class TooMany(Refusal):
    """A limit of tries was reached; `minutes` says how long to wait."""

    key = "kit.too_many"
    status = 429


class Unavailable(Refusal):
    """The database is too busy with others; the same request works in a few seconds."""

    key = "kit.unavailable"
    status = 503


class SupplierDown(Exception):  # noqa: N818
    """A supplier (mail server, push service) did not answer or asked to wait.

    `retry_after` is in seconds where the supplier named a delay.
    """

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after
