"""The peers as one server: mail, push, and the few questions that only this machine may ask them."""

from pathlib import Path

import msgspec
from aiohttp import web

from backend.demo.peers import subscriptions
from backend.demo.peers.agenda import AgendaServer
from backend.demo.peers.behaviour import Answer, Behaviour, Told
from backend.demo.peers.mail import MailServer
from backend.demo.peers.messages import Channel, MessageStore
from backend.demo.peers.push import PushService


class Peers:
    """A mail server, a push service and another software's agenda on 127.0.0.1; `messages` were received.

    HTTP: `GET` and `DELETE /messages`, `POST` (a `Told`) and `DELETE /behaviour`, `POST /subscriptions`.
    """

    def __init__(self, folder: Path, seed: bytes) -> None:
        """`folder` keeps what is received; `seed` gives the subscriptions their keys."""
        self.messages = MessageStore(folder / "messages.jsonl")
        self._behaviour = Behaviour()
        self._mail = MailServer(self.messages, self._behaviour)
        self._push = PushService(self.messages, self._behaviour, seed)
        self.agenda = AgendaServer()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Of the push service and the questions."""
        return self._push.url

    @property
    def smtp_url(self) -> str:
        """Of the mail server."""
        return f"smtp://127.0.0.1:{self._mail.port}"

    async def start(self, smtp_port: int = 0, http_port: int = 0) -> None:
        """Listen; port 0 lets the system choose."""
        app = web.Application(client_max_size=1 << 20)
        app.add_routes(self._push.routes())
        app.add_routes(self.agenda.routes())
        app.add_routes(
            [
                web.get("/messages", self._list),
                web.delete("/messages", self._forget),
                web.post("/behaviour", self._misbehave),
                web.delete("/behaviour", self._behave),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", http_port).start()
        self._push.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await self._mail.start(smtp_port)

    async def stop(self) -> None:
        """Hang up on everybody."""
        assert self._runner is not None, "not started"
        await self._runner.cleanup()
        await self._mail.stop()

    def subscription(self, name: str, application_server_key: bytes) -> subscriptions.Subscription:
        """The push subscription of that name (see `subscription_for`)."""
        return self._push.subscription(name, application_server_key)

    def misbehave(
        self,
        channel: Channel,
        answer: Answer,
        to: str = "*",
        *,
        times: int | None = 1,
        retry_after: int | None = None,
    ) -> None:
        """Give `answer` to the next `times` messages to `to` (a mail address or a subscription's name)."""
        self._behaviour.tell(Told(channel, answer, to, retry_after, times))

    def behave(self) -> None:
        """Take every message again."""
        self._behaviour.clear()

    async def _list(self, request: web.Request) -> web.Response:
        found = self.messages.all(request.query.get("channel"), request.query.get("to"))
        body = msgspec.json.encode({"messages": found})
        return web.Response(body=body, content_type="application/json")

    async def _forget(self, request: web.Request) -> web.Response:
        self.messages.clear()
        return web.Response(status=204)

    async def _misbehave(self, request: web.Request) -> web.Response:
        try:
            order = msgspec.json.decode(await request.read(), type=Told)
        except msgspec.MsgspecError as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        self._behaviour.tell(order)
        return web.Response(status=204)

    async def _behave(self, request: web.Request) -> web.Response:
        self.behave()
        return web.Response(status=204)
