"""A deed in one trip: what is changed, its line in the journal and its event, as one statement.

A statement outside a transaction is one by itself, without BEGIN and COMMIT: all of it happens or nothing,
and its locks are held while PostgreSQL works, never while an answer travels.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from backend.kit import db

LONGEST = 5.0
"""Seconds that a deed may take, waiting included; a person would not wait longer."""

_PLACE = re.compile(r"\$(\d+)")


class Part(NamedTuple):
    """A piece of SQL whose `$1`, `$2`, … are its own `values`."""

    sql: str
    values: tuple[object, ...]


async def do(deed: Part, *beside: Part) -> Any | None:
    """Run a deed with what is written beside it; the deed's row, None when it has none.

    The deed is a list of named queries of which the last one is `done`, with at most one row. The parts
    beside it write what they take from `done`, and nothing where it has no `patient_id`: that deed was
    refused. Raises TimeoutError after `LONGEST`.
    """
    parts = (deed, *beside)
    sql = joined(tuple(part.sql for part in parts), tuple(len(part.values) for part in parts))
    values = (value for part in parts for value in part.values)
    return await db.fetch_row(sql, *values, patience=LONGEST)


@lru_cache(maxsize=64)
def joined(texts: Sequence[str], numbers: Sequence[int]) -> str:
    """The statement of a deed and of what is beside it, each with so many places of its own."""
    shifted, before = [], 0
    for text, places in zip(texts, numbers, strict=True):
        shifted.append(_PLACE.sub(lambda found, by=before: f"${int(found[1]) + by}", text))  # type: ignore[misc]
        before += places
    queries = [shifted[0], *(f"beside_{nth} as ({text})" for nth, text in enumerate(shifted[1:], 1))]
    return f"with {', '.join(queries)} select * from done"
