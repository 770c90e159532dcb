"""The web app without what keeps one place from being given twice: the control run of the race.

Served as `tests.flows.unprotected:app`, on a database in which `tests.laws.UNPROTECTED` was run.
"""

from typing import Any

from backend.app import create_app
from backend.booking import calendar_repository


async def _no_second_look(*_: Any) -> bool:
    """What was free a moment ago is taken for free."""
    return True


calendar_repository.is_free = _no_second_look

app = create_app()
