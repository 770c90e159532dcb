"""The mail peer against aiosmtplib, and what both peers keep and answer about what they received."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import aiosmtplib
import pytest

from backend.demo.peers.behaviour import Answer
from backend.demo.peers.messages import Channel, MessageStore
from backend.demo.peers.server import Peers
from tests.peers import running_peers

MOTHER = "camille@roche.example"


@pytest.fixture
async def peers(tmp_path: Path) -> AsyncIterator[Peers]:
    async with running_peers(tmp_path) as running:
        yield running


def mail(to: str = MOTHER) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "rendez-vous@tilleuls.example"
    message["To"] = to
    message["Subject"] = "Rendez-vous confirmé"
    message["Message-ID"] = "<visit-1@tilleuls.example>"
    message.set_content("Mardi 3 mars à 9 h 30\n")
    message.add_alternative("<p>Mardi 3 mars</p>\n", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR\n", subtype="calendar", filename="rendez-vous.ics")
    return message


async def send(peers: Peers, to: str = MOTHER, timeout: float = 60) -> None:
    port = urlsplit(peers.smtp_url).port
    await aiosmtplib.send(mail(to), hostname="127.0.0.1", port=port, timeout=timeout)


async def test_a_mail_is_kept_whole(peers: Peers) -> None:
    await send(peers)

    (message,) = peers.messages.all()
    assert (message.channel, message.to) == (Channel.EMAIL, MOTHER)
    assert message.subject == "Rendez-vous confirmé"
    assert message.message_id == "<visit-1@tilleuls.example>"
    assert message.text.strip() == "Mardi 3 mars à 9 h 30"
    assert message.html.strip() == "<p>Mardi 3 mars</p>"
    (file,) = message.attachments
    assert (file.name, file.kind, file.text.strip()) == (
        "rendez-vous.ics",
        "text/calendar",
        "BEGIN:VCALENDAR",
    )


@pytest.mark.parametrize(("answer", "code"), [(Answer.MAIL_LATER, 451), (Answer.MAIL_NEVER, 550)])
async def test_it_refuses_when_told_to_and_only_then(peers: Peers, answer: Answer, code: int) -> None:
    peers.misbehave(Channel.EMAIL, answer, MOTHER)

    await send(peers, "ines@morel.example")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(peers)
    assert refused.value.recipients[0].code == code
    await send(peers)
    assert [message.to for message in peers.messages.all()] == ["ines@morel.example", MOTHER]


async def test_a_lost_answer_leaves_the_message(peers: Peers) -> None:
    peers.misbehave(Channel.EMAIL, Answer.LOST)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(peers)
    assert len(peers.messages.all()) == 1


async def test_hanging_takes_nothing(peers: Peers) -> None:
    peers.misbehave(Channel.EMAIL, Answer.HANG)
    with pytest.raises(aiosmtplib.SMTPException):
        await send(peers, timeout=0.2)
    assert peers.messages.all() == []


async def test_one_may_wait_for_a_message(peers: Peers) -> None:
    waiting = asyncio.create_task(peers.messages.wait(lambda received: len(received) == 2))
    await send(peers)
    await send(peers, "ines@morel.example")
    assert [message.to for message in await waiting] == [MOTHER, "ines@morel.example"]
    with pytest.raises(TimeoutError):
        await peers.messages.wait(lambda received: len(received) == 3, within=0.05)


async def test_what_was_received_is_asked_by_http(peers: Peers) -> None:
    await send(peers)
    async with aiohttp.ClientSession(peers.url) as session:
        async with session.get("/messages", params={"to": MOTHER, "channel": "email"}) as answer:
            (found,) = (await answer.json())["messages"]
        assert (found["to"], found["message_id"]) == (MOTHER, "<visit-1@tilleuls.example>")
        async with session.get("/messages", params={"channel": "push"}) as answer:
            assert await answer.json() == {"messages": []}
        async with session.delete("/messages") as answer:
            assert answer.status == 204
    assert peers.messages.all() == []


async def test_misbehaviour_is_told_by_http(peers: Peers) -> None:
    async with aiohttp.ClientSession(peers.url) as session:
        order = {"channel": "email", "answer": "550"}
        async with session.post("/behaviour", json=order) as answer:
            assert answer.status == 204
        for _ in range(2):
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
                await send(peers)
        async with session.delete("/behaviour") as answer:
            assert answer.status == 204
        await send(peers)
        async with session.post("/behaviour", json={"channel": "pigeon"}) as answer:
            assert answer.status == 400


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    async with running_peers(tmp_path) as first:
        await send(first)
    with (tmp_path / "messages.jsonl").open("ab") as file:
        file.write(b'{"channel":"ema')  # killed while it wrote
    async with running_peers(tmp_path) as second:
        assert [message.to for message in second.messages.all()] == [MOTHER]
        await send(second)
    assert len(MessageStore(tmp_path / "messages.jsonl").all()) == 2
