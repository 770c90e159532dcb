"""No address, name or redirect leads the worker into the practice's own network; each protection is also
tried without it."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.calendars import rules
from backend.calendars.model import Trouble
from backend.demo.peers.agenda import Served, calendar
from backend.messaging import endpoints
from tests.calendars.conftest import Elsewhere
from tests.calendars.test_looking import entry
from tests.peers import running_peers


class Inside:
    """Something within the practice's network, which only counts who calls."""

    def __init__(self) -> None:
        self.calls, self.port = 0, 0

    async def answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        writer.close()


@pytest.fixture
async def inside() -> AsyncIterator[Inside]:
    found = Inside()
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    await server.wait_closed()


async def test_a_name_that_leads_inside_is_not_called(elsewhere: Elsewhere, inside: Inside) -> None:
    await elsewhere.connect(f"https://localhost:{inside.port}/a.ics")
    await elsewhere.look()
    assert (await elsewhere.seen()).trouble is Trouble.UNREACHABLE
    assert inside.calls == 0


async def test_control_without_the_look_at_the_number_it_is_called(
    elsewhere: Elsewhere, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "is_public", lambda _: True)
    await elsewhere.connect(f"https://localhost:{inside.port}/a.ics")
    await elsewhere.look()
    assert inside.calls > 0


@pytest.mark.parametrize("dot", "\u3002\uff0e\uff61")
async def test_a_number_written_with_other_dots_is_not_called(
    elsewhere: Elsewhere, inside: Inside, dot: str
) -> None:
    await elsewhere.connect(f"https://127{dot}0{dot}0{dot}1:{inside.port}/a.ics")
    await elsewhere.look()
    assert ((await elsewhere.seen()).trouble, inside.calls) == (Trouble.ADDRESS, 0)


async def test_control_without_the_look_at_the_address_such_a_number_is_called(
    elsewhere: Elsewhere, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "is_allowed", lambda *_: True)
    await elsewhere.connect(f"https://127\u30020\u30020\u30021:{inside.port}/a.ics")
    await elsewhere.look()
    assert inside.calls > 0


async def test_a_redirect_inside_is_not_followed(elsewhere: Elsewhere, inside: Inside) -> None:
    elsewhere.says(location=f"http://127.0.0.1:{inside.port}/a.ics")
    await elsewhere.connect()
    await elsewhere.look()
    assert ((await elsewhere.seen()).trouble, inside.calls) == (Trouble.ADDRESS, 0)


async def test_control_without_the_look_at_the_address_it_is_followed(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(rules, "is_allowed", lambda *_: True)
    async with running_peers(tmp_path / "inside") as inner:
        inner.agenda.files["secret.ics"] = Served(calendar(entry()))
        elsewhere.says(location=f"{inner.url}/agenda/secret.ics")
        await elsewhere.connect()
        await elsewhere.look()
        assert inner.agenda.asked == [("secret.ics", "")]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:192.168.1.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_which_numbers_the_whole_internet_can_reach(address: str, public: bool) -> None:
    assert ipaddress.ip_address(address)
    assert endpoints.is_public(address) is public
