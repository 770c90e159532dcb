"""The mail server: takes every mail for everybody, unless it was told not to."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.demo.peers.behaviour import Answer, Behaviour
from backend.demo.peers.messages import Attachment, Channel, Message, MessageStore
from backend.kit import clock

_AT_THE_ADDRESS = {
    Answer.MAIL_LATER: "451 4.3.0 Try again later",
    Answer.MAIL_NEVER: "550 5.1.1 No such mailbox here",
}
_AFTER_THE_TEXT = frozenset({Answer.HANG, Answer.LOST})


class MailServer:
    """SMTP on 127.0.0.1."""

    def __init__(self, store: MessageStore, behaviour: Behaviour) -> None:
        self.port = 0
        self._handler = _Handler(store, behaviour)
        self._server: asyncio.Server | None = None
        self._connections: list[SMTP] = []

    async def start(self, port: int) -> None:
        """Listen; port 0 lets the system choose."""
        loop = asyncio.get_running_loop()

        def greet() -> SMTP:
            self._connections = [open_one for open_one in self._connections if open_one.transport]
            smtp = SMTP(self._handler, hostname="localhost", enable_SMTPUTF8=True, loop=loop)
            self._connections.append(smtp)
            return smtp

        self._server = await loop.create_server(greet, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up on everybody."""
        assert self._server is not None, "not started"
        self._server.close()
        for connection in self._connections:
            _hang_up(connection)
        await self._server.wait_closed()


class _Handler:
    """What aiosmtpd asks at each step of a mail."""

    def __init__(self, store: MessageStore, behaviour: Behaviour) -> None:
        self._store = store
        self._behaviour = behaviour

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self._behaviour.next(Channel.EMAIL, address, frozenset(_AT_THE_ADDRESS))
        if told is not None:
            return _AT_THE_ADDRESS[told.answer]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        orders = [
            told.answer
            for address in envelope.rcpt_tos
            if (told := self._behaviour.next(Channel.EMAIL, address, _AFTER_THE_TEXT))
        ]
        if Answer.HANG not in orders:
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
            for address in envelope.rcpt_tos:
                self._store.add(_message(address, mail))
        if Answer.LOST in orders:
            _hang_up(server)
        if orders:
            await asyncio.get_running_loop().create_future()  # until the connection is gone
        return "250 OK"


def _hang_up(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.Transport):
        connection.transport.abort()


def _message(address: str, mail: EmailMessage) -> Message:
    return Message(
        channel=Channel.EMAIL,
        to=address,
        at=clock.machine_now(),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        subject=str(mail.get("Subject", "")),
        message_id=str(mail.get("Message-ID", "")),
        headers={name: str(value) for name, value in mail.items()},
        attachments=[
            Attachment(
                name=part.get_filename() or "",
                kind=part.get_content_type(),
                text=part.get_content() if part.get_content_maintype() == "text" else "",
            )
            for part in mail.iter_attachments()
        ],
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return "" if part is None else str(part.get_content())
