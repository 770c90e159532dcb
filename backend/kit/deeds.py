"""A deed in one trip: what is changed, its line in the journal and its event, as one statement.

A statement outside a transaction is one by itself, without BEGIN and COMMIT: all of it happens or nothing,
and its locks are held while PostgreSQL works, never while an answer travels.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from backend.kit import db
from backend.kit.parts import Part, texts_of, values_of

LONGEST = 5.0
"""Seconds that a deed may take, waiting included; a person would not wait longer."""


async def do(deed: Part, *beside: Part) -> Any | None:
    """Run a deed with what is written beside it; the deed's row, None when it has none.

    The deed is a list of named queries of which the last one is `done`, with at most one row. The parts
    beside it write what they take from `done`, and nothing where it has no `patient_id`: that deed was
    refused. Raises TimeoutError after `LONGEST`.
    """
    parts = (deed, *beside)
    return await db.fetch_row(joined(texts_of(parts)), *values_of(parts), patience=LONGEST)


@lru_cache(maxsize=64)
def joined(texts: Sequence[str]) -> str:
    """The statement of a deed and of what is beside it, from their texts in it."""
    deed, *others = texts
    queries = [deed, *(f"beside_{nth} as ({text})" for nth, text in enumerate(others, 1))]
    return f"with {', '.join(queries)} select * from done"
