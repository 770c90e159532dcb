"""SQL put together from parts, each of which counts its own places from one."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

_PLACE = re.compile(r"\$(\d+)")


class Part(NamedTuple):
    """A piece of SQL whose `$1`, `$2`, … are its own `values`."""

    sql: str
    values: tuple[object, ...] = ()


def texts_of(parts: Iterable[Part]) -> Sequence[str]:
    """The pieces with the places that they have in one statement of them all, in this order."""
    return _shifted(tuple((part.sql, len(part.values)) for part in parts))


def values_of(parts: Iterable[Part]) -> Iterable[object]:
    """The values of that statement."""
    return (value for part in parts for value in part.values)


@lru_cache(maxsize=256)
def _shifted(pieces: Sequence[tuple[str, int]]) -> Sequence[str]:
    # Kept, so that a statement is the same object each time, by which the driver finds it prepared.
    before = accumulate((places for _, places in pieces), initial=0)
    return tuple(_shift(text, by) for (text, _), by in zip(pieces, before, strict=False))


def _shift(text: str, by: int) -> str:
    return _PLACE.sub(lambda found: f"${int(found[1]) + by}", text) if by else text
