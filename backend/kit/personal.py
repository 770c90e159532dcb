"""What each column of a feature's tables is to the law: personal or not, how long kept, what erasure does.

Every feature says it in its `personal_data.py` as `COLUMNS`, table -> column -> `Kept`; a house test
compares that with the tables, so a column cannot be added without a word about it.
"""

from enum import StrEnum

import msgspec


class Erasure(StrEnum):
    """What becomes of a column when a person asks for erasure and no duty to keep stands against it."""

    KEEP = "keep"
    EMPTY = "empty"
    DELETE_ROW = "delete_row"


class Kept(msgspec.Struct, frozen=True):
    """One column. `keep` says for how long, in words for the register of processing activities."""

    personal: bool
    keep: str
    erase: Erasure


Columns = dict[str, dict[str, Kept]]


def each(names: str, kept: Kept) -> dict[str, Kept]:
    """The same word about several columns, whose names stand in one text.

    >>> sorted(each("name code", Kept(False, "always", Erasure.KEEP)))
    ['code', 'name']
    """
    return dict.fromkeys(names.split(), kept)
