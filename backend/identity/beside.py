"""What a route reads in the same trip to the database as the question who asks.

For what is asked for more often than anything else. Nothing is decided earlier or later than elsewhere: the
viewer is known before any guard, the reading finds only what is theirs to read, and it is noted.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.types import Scope

from backend.audit.model import Reading

Asking = Request[Any, Any, State]
_KEY = "beside"


class Beside(NamedTuple):
    """The row of such a reading, and the id of what it read."""

    subject_id: UUID
    row: Any


def reads_beside(reading: Callable[[Asking], Reading | None]) -> dict[str, Any]:
    """The `opt` of a route that does so. `reading` says what, by the request; None leaves it to the handler.

    The reading finds its row beside a row `who`: see `repository.viewer_beside`.
    """
    return {_KEY: reading}


def reading_beside(request: Asking) -> Reading | None:
    """What the route of a request reads so."""
    reading: Callable[[Asking], Reading | None] | None = request.route_handler.opt.get(_KEY)
    return reading(request) if reading else None


def keep_beside(request: Asking, found: Beside) -> None:
    """Put what was read where the handler finds it."""
    cast(dict[str, Any], request.scope)[_KEY] = found


def found_beside(scope: Scope, subject_id: UUID) -> Any | None:
    """The row of what was read of this very thing; None where nothing was: then the handler reads."""
    found: Beside | None = cast(dict[str, Any], scope).get(_KEY)
    return found.row if found and found.subject_id == subject_id else None
