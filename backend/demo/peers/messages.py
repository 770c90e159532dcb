"""What the peers received, in order, kept in a file of JSON lines so that a restart forgets nothing."""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec


class Channel(StrEnum):
    """How a message came."""

    PUSH = "push"
    EMAIL = "email"


class Attachment(msgspec.Struct, frozen=True):
    """A file of a mail; `text` is empty where the file is no text."""

    name: str
    kind: str
    text: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient.

    `to` is a mail address or a subscription's name; `text` the mail's plain text or the decrypted push.
    `message_id` (mail) and `topic` (push) tell a repeat from a second message.
    """

    channel: Channel
    to: str
    at: datetime
    text: str
    subject: str = ""
    html: str = ""
    message_id: str = ""
    topic: str = ""
    headers: dict[str, str] = {}
    attachments: list[Attachment] = []


class MessageStore:
    """Every message received, oldest first."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._messages = _read(file)
        self._arrived = asyncio.Event()

    def add(self, message: Message) -> None:
        """Keep a message; it is on the disk when this returns."""
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(message) + b"\n")
        self._messages.append(message)
        self._arrived.set()
        self._arrived = asyncio.Event()

    def all(self, channel: str | None = None, to: str | None = None) -> list[Message]:
        """Those of a channel, those of a recipient, or every one."""
        return [
            message
            for message in self._messages
            if channel in (None, message.channel) and to in (None, message.to)
        ]

    def clear(self) -> None:
        """Forget them all."""
        self._file.unlink(missing_ok=True)
        self._messages.clear()

    async def wait(self, enough: Callable[[list[Message]], bool], within: float = 10) -> list[Message]:
        """Wait until what was received is `enough` and return it; TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while not enough(self._messages):
                await self._arrived.wait()
        return self.all()


def _read(file: Path) -> list[Message]:
    if not file.exists():
        return []
    # A process killed while it wrote leaves a last line without its end.
    whole, end, _ = file.read_bytes().rpartition(b"\n")
    os.truncate(file, len(whole + end))
    return [msgspec.json.decode(line, type=Message) for line in whole.splitlines()]
