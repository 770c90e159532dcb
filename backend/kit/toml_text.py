"""Writing TOML for people to read: short lists on one line, rows of a list one a line.

>>> print(table(("site",), {"name": "Lyon", "hours": [{"on": "monday", "from": time(8, 30)}], "note": None}))
[[site]]
name = "Lyon"
hours = [
  { on = "monday", from = 08:30:00 },
]
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

_BARE = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_LINE = 100


def table(name: Sequence[str], entries: Mapping[str, object]) -> str:
    """One `[[name]]` with its entries; those that are None or an empty list are left out."""
    pairs = (
        f"{_key(key)} = {_value(value)}" for key, value in entries.items() if value not in (None, [], ())
    )
    return "\n".join((f"[[{'.'.join(map(_key, name))}]]", *pairs))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _value(value: object) -> str:
    if not isinstance(value, list | tuple):
        return _single(value)
    on_one_line = f"[{', '.join(map(_single, value))}]"
    if len(on_one_line) <= LONGEST_LINE and not any(isinstance(one, Mapping) for one in value):
        return on_one_line
    return "".join(("[\n", *(f"  {_single(one)},\n" for one in value), "]"))


def _single(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, str | UUID):
        return _quoted(str(value))
    raise TypeError(f"TOML has no {type(value).__name__}")


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which JSON writes as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
