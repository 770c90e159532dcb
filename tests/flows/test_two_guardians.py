"""Two parents who live apart each see their children's visits, and on no page, in no JSON and in no calendar
file anything by which the other could be reached or known. Their e-mails: `reminders/test_together`."""

import html
from typing import Any

import asyncpg
import httpx
import pytest

from tests.flows.scene import Scene, build
from tests.flows.table import TABLE, Outcome
from tests.flows.walk import knock, met, tokens


@pytest.fixture
async def scene(cast: Any, viewer_of: Any, database: asyncpg.Connection) -> Scene:
    """The mother's, whose parts the father may open too."""
    return await build(cast, viewer_of, database)


async def opened(browser: httpx.AsyncClient, scene: Scene, token: str) -> dict[str, str]:
    """Everything that somebody may open, by address, as text."""
    found = {}
    for row in TABLE:
        if row.method == "GET" and not row.route.startswith(("/demo", "/static", "/agenda/{name")):
            answer = await knock(browser, row, scene, token)
            if met(answer, row) == Outcome.IN:
                found[row.path + row.query] = html.unescape(answer.text)
    return found


@pytest.mark.parametrize(("one", "other"), [("mother", "father"), ("father", "mother")])
async def test_neither_parent_finds_the_other(
    anonymous: httpx.AsyncClient, scene: Scene, cast: Any, one: str, other: str
) -> None:
    pages = await opened(anonymous, scene, (await tokens(cast))[one])
    their, own = cast.people[other], cast.people[one]
    assert sum(own.email in text for text in pages.values()) >= 1
    # The visits of the children are on many of them, so there is something to look at.
    assert sum(str(scene.appointment) in text for text in pages.values()) > 5
    assert sum(own.given_name in text for text in pages.values()) >= 1
    hidden = (
        their.email,
        their.phone,
        their.phone[3:],
        their.given_name,
        str(their.account_id),
        str(their.patient_id),
    )
    assert [f"{where}: {word}" for where, text in pages.items() for word in hidden if word in text] == []
