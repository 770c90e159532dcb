"""What reached the outside world, as the peers tell it: mails, and pushes that they decrypted."""

from typing import Any

import httpx
import msgspec

from tests.browser.waiting import until

SOON = 60.0
"""Seconds a message may take from its cause to the peers, on a busy machine."""


class Message(msgspec.Struct, frozen=True):
    """A mail or a push. `to` is an address or a subscription's name; `topic` tells a repeated push."""

    channel: str
    to: str
    text: str
    subject: str = ""
    topic: str = ""
    attachments: list[dict[str, str]] = []

    @property
    def notification(self) -> dict[str, Any]:
        """What a phone shows of a push."""
        shown: dict[str, Any] = msgspec.json.decode(self.text)["notification"]
        return shown

    @property
    def link(self) -> str:
        """The address that the message asks to open."""
        if self.channel == "push":
            return str(self.notification["navigate"])
        return next(word for word in self.text.split() if word.startswith("http"))

    @property
    def title(self) -> str:
        """The line that is read first."""
        return self.subject or str(self.notification["title"])


class Outside:
    """Asks the peers at `url`."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=60)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def forget(self) -> None:
        """No message was ever sent."""
        await self._http.delete("/messages")

    async def messages(self, to: str) -> list[Message]:
        """What one recipient received, oldest first."""
        answer = await self._http.get("/messages", params={"to": to})
        return msgspec.convert(answer.json()["messages"], list[Message])

    async def message(self, to: str, title: str) -> Message:
        """The newest message to `to` whose title holds `title`, as soon as there is one."""
        found: list[Message] = []

        async def arrived() -> bool:
            found[:] = [one for one in await self.messages(to) if title in one.title]
            return bool(found)

        await until(arrived, SOON, f"a message to {to} about “{title}”")
        return found[-1]

    async def put_agenda(self, name: str, text: bytes) -> None:
        """Another software's agenda at `/agenda/<name>` says this from now on."""
        await self._http.put(f"/agenda/{name}", content=text)

    async def subscribe(self, application_server_key: str) -> dict[str, Any]:
        """What a browser's push service gives to a page that subscribes, with a name of its own."""
        asked = {"application_server_key": application_server_key}
        given: dict[str, Any] = (await self._http.post("/subscriptions", json=asked)).json()
        return given
