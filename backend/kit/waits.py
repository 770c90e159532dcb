"""How long to wait before the next try."""

import random

LONGEST = 300.0


def back_off(attempts: int) -> float:
    """Seconds to wait after so many failed attempts: 1, 2, 4 … 300, and up to a quarter more.

    The random quarter keeps what failed together from coming back together.

    >>> 4 <= back_off(3) <= 5, 300 <= back_off(5000) <= 375
    (True, True)
    """
    doubled = 2.0 ** min(attempts - 1, 20)
    return min(LONGEST, doubled) * (1 + random.random() / 4)  # noqa: S311 - spreads load, no secret
