"""Whoever reads or changes something of a patient leaves a line in the journal, in the same transaction."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import httpx
import pytest

from backend.audit import repository as journal
from backend.audit.model import Reading
from backend.kit.parts import Part
from tests.conftest import Snapshot
from tests.flows.scene import Scene, build
from tests.flows.table import (
    ACCOUNT,
    DESK,
    FAMILIES,
    FEEDS,
    GROUPS,
    LINKS,
    PLACES,
    QUESTIONS,
    REQUESTS,
    TABLE,
    THE_DESK,
    VISITS,
    VISITS_TOGETHER,
    WISHES,
    Row,
)
from tests.flows.walk import knock, tokens

# Rows that show or change something of Lila's, and those beside them that speak of nobody.
OF_A_PATIENT = (
    *FAMILIES,
    *QUESTIONS,
    *PLACES,
    *GROUPS,
    *VISITS,
    *VISITS_TOGETHER,
    *WISHES,
    *FEEDS,
    *REQUESTS,
    *LINKS,
    *THE_DESK,
)
OF_NOBODY = {
    ("GET", "/famille/bienvenue"),  # one's own name, from the account
    ("GET", "/famille/enfant"),
    ("POST", "/famille/bienvenue"),  # about oneself, see `test_what_changes_an_account_is_noted_too`
    ("POST", "/famille/enfant"),
    ("GET", "/demandes/rappel"),
    ("GET", "/bureau"),  # leads to today
    ("GET", "/bureau/cabinet"),  # names pages
    ("GET", "/bureau/taches-bloquees"),
    ("POST", "/bureau/touches"),
    ("GET", "/bureau/direct"),  # says that a day has changed, never whose
}
HOME = [row for row in TABLE if row.route == "/"]
READINGS = HOME + [row for row in OF_A_PATIENT if (row.method, row.route) not in OF_NOBODY]
# Pages that name the whole family, also those of it who have no visit.
FAMILY_LISTS = HOME + [
    row
    for row in TABLE
    if (row.method, row.path + row.query)
    in {
        ("GET", "/famille"),
        ("GET", "/prendre-rendez-vous"),
        ("GET", "/rendez-vous"),
        ("GET", "/api/v1/appointments"),
        ("GET", "/demandes/nouvelle"),
    }
]
# Nothing of anybody is changed: a code or a challenge is asked for, an own file is there already.
CHANGES_NOTHING = {"/compte/email", "/api/v1/passkeys/options", "/famille/bienvenue", "/bureau/touches"}
CHANGES = [
    row
    for row in (*ACCOUNT, *OF_A_PATIENT)
    if row.method != "GET" and row.refusal < 400 and row.route not in CHANGES_NOTHING
]


@pytest.fixture
async def scene(cast: Any, viewer_of: Any, database: asyncpg.Connection) -> Scene:
    return await build(cast, viewer_of, database)


class Walker:
    """Knocks at rows as somebody who may enter, and looks at what the database holds afterwards."""

    def __init__(self, browser: httpx.AsyncClient, scene: Scene, keys: dict[str, str], owner: Any) -> None:
        self.browser, self.scene, self.keys, self.owner = browser, scene, keys, owner
        self.before = Snapshot(owner)

    async def knock(self, row: Row) -> httpx.Response:
        """As the receptionist at the desk, as the bearer of a link, else as the mother."""
        person = "receptionist" if row.rule is DESK else "anonymous" if row in LINKS else "mother"
        return await knock(self.browser, row, self.scene, self.keys.get(person))

    async def noted(self, patient: Any = None) -> int:
        """Lines of the journal, of that patient or of anybody."""
        return int(
            await self.owner.fetchval(
                "select count(*) from audit_entry where $1::uuid is null or patient_id = $1", patient
            )
        )


@pytest.fixture
async def walker(
    anonymous: httpx.AsyncClient, scene: Scene, cast: Any, database: asyncpg.Connection
) -> Walker:
    found = Walker(anonymous, scene, await tokens(cast), database)
    await found.before.take()
    return found


def named(row: Row) -> str:
    return f"{row.method} {row.path}{row.query}"


async def unnoted(walker: Walker, rows: Sequence[Row], patient: Any) -> list[str]:
    """Rows after which the journal says nothing new of a patient (of anybody, where it is None)."""
    found = []
    for row in rows:
        lines = await walker.noted(patient)
        answer = await walker.knock(row)
        assert answer.status_code < 400 or answer.status_code == row.refusal, named(row)
        if await walker.noted(patient) == lines:
            found.append(named(row))
        await walker.before.put_back()
    return found


async def test_every_reading_is_noted(walker: Walker) -> None:
    print(f"{len(READINGS)} rows that speak of a patient")
    assert await unnoted(walker, READINGS, walker.scene.patient) == []


async def test_a_list_is_noted_for_everybody_on_it(walker: Walker, cast: Any) -> None:
    assert len(FAMILY_LISTS) == 6
    assert await unnoted(walker, FAMILY_LISTS, cast["teen"].patient_id) == []


async def test_control_without_the_journal_every_reading_is_found(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(*_: object) -> None:
        return None

    monkeypatch.setattr(journal, "add", forget)
    monkeypatch.setattr(journal, "add_many", forget)
    monkeypatch.setattr(journal, "beside", lambda *_: Part("select"))
    same_values = "select $1::uuid, $2::text, $3::text, $4::uuid"
    monkeypatch.setattr(journal, "_LINE", f"{same_values}, $5::text, $6::uuid, $7::uuid")
    monkeypatch.setattr(journal, "_LINE_OF_WHO", same_values)
    assert len(await unnoted(walker, READINGS, walker.scene.patient)) == len(READINGS)


async def test_every_change_is_noted(walker: Walker) -> None:
    print(f"{len(CHANGES)} rows that change something")
    assert await unnoted(walker, CHANGES, None) == []


class LineBrokenError(Exception):
    """Raised right after a line of the journal was written."""


class BreakingJournal:
    """Writes lines as the journal does, and breaks right after a certain one of those that count."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, counts: Callable[[str], bool]) -> None:
        self.written, self.breaks_after, self._counts = 0, 0, counts
        for name in ("add", "add_many"):
            monkeypatch.setattr(journal, name, self._breaking(getattr(journal, name)))
        monkeypatch.setattr(journal, "read_noted", self._unable(journal.read_noted))
        monkeypatch.setattr(journal, "read_noted_by", self._unable(journal.read_noted_by))
        monkeypatch.setattr(journal, "beside", self._broken(journal.beside))

    def _breaking(self, write: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def write_and_break(actor: object, action: str, *line: object) -> None:
            await write(actor, action, *line)
            counts = self._counts(action)
            self.written += counts
            if counts and self.written == self.breaks_after:
                raise LineBrokenError

        return write_and_break

    def _unable(self, read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Reading and line are one statement: it breaks before either is there."""

        async def break_or_read(who: object, reading: Reading) -> Any:
            self.written += self._counts(reading.action)
            if self.written and self.written == self.breaks_after:
                raise LineBrokenError
            return await read(who, reading)

        return break_or_read

    def _broken(self, line: Callable[..., Part]) -> Callable[..., Part]:
        """Deed and line are one statement: it breaks inside, right after the line was written."""

        def broken_or_not(actor: object, action: str, *rest: object) -> Part:
            part, counts = line(actor, action, *rest), self._counts(action)
            self.written += counts
            if counts and self.written == self.breaks_after:
                return Part(part.sql + " returning 1 / (random() * 0)::int", part.values)
            return part

        return broken_or_not

    def start(self, breaks_after: int) -> None:
        self.written, self.breaks_after = 0, breaks_after


def is_deed(action: str) -> bool:
    """Whether a line tells of something done, and not of something read."""
    return not re.search("read|list|search|choose", action)


async def test_no_line_without_its_deed_and_no_deed_without_its_line(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right after each deed's line everything breaks: what was done is undone, and so is the line.

    What was read and noted before that stays noted: it has been read.
    """
    breaking, breaks = BreakingJournal(monkeypatch, is_deed), 0
    deeds = "select count(*) from audit_entry where action !~ 'read|list|search|choose'"
    for row in CHANGES:
        breaking.start(breaks_after=0)
        await walker.knock(row)
        assert await walker.before.changed(), named(row)
        await walker.before.put_back()
        assert await walker.before.changed() == []
        known = await walker.owner.fetchval(deeds)
        for number in range(1, breaking.written + 1):
            breaking.start(breaks_after=number)
            answer = await walker.knock(row)
            assert answer.status_code == 500, named(row)
            assert set(await walker.before.changed()) <= {"audit_entry"}, named(row)
            assert await walker.owner.fetchval(deeds) == known, named(row)
            await walker.before.put_back()
            breaks += 1
    print(f"{breaks} breaks in {len(CHANGES)} changes")
    assert breaks >= len(CHANGES) - 3


async def test_what_cannot_be_noted_is_not_read(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking = BreakingJournal(monkeypatch, lambda _: True)
    for row in READINGS:
        breaking.start(breaks_after=1)
        answer = await walker.knock(row)
        assert answer.status_code == 500, named(row)
        assert await walker.before.changed() == [], named(row)
