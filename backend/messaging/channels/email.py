"""E-mail: plain text, no picture, nothing that tells whether it was read."""

from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from backend.kit.clock import machine_now
from backend.messaging.model import Letter, Outcome, Result
from backend.messaging.rules import message_id

TIMEOUT = 10.0


class EmailChannel:
    """Sends through one mail server; `url` is smtp:, smtps: or smtp+starttls:, with user and password."""

    def __init__(self, url: str, sender: str, host: str) -> None:
        """`host` is ours, in the Message-ID and in the greeting."""
        self._url = urlsplit(url)
        self._sender = sender
        self._host = host

    def message_id(self, delivery_id: UUID) -> str:
        """The Message-ID, the same at every try."""
        return message_id(delivery_id, self._host)

    async def send(self, letter: Letter) -> Outcome:
        """Hand `letter` to the mail server."""
        text = self.compose(letter).as_bytes(policy=WIRE)
        client = self._client()
        begun = False
        try:
            await client.connect()
            await client.mail(parseaddr(self._sender)[1])
            await client.rcpt(letter.to)
            begun = True
            code, _ = await client.data(text)
        except SMTPRecipientRefused as refused:
            return _refusal(refused, at_the_address=True)
        except SMTPResponseException as refused:
            return _refusal(refused, at_the_address=False)
        except (SMTPServerDisconnected, SMTPReadTimeoutError, TimeoutError) as error:
            # Once the text is on its way, silence may mean that it arrived.
            result = Result.UNANSWERED if begun else Result.LATER
            return Outcome(result=result, detail=type(error).__name__)
        except (SMTPException, OSError) as error:
            return Outcome(result=Result.LATER, detail=type(error).__name__)
        finally:
            await _leave(client)
        return Outcome(result=Result.SENT, detail=str(code))

    def compose(self, letter: Letter) -> EmailMessage:
        """The mail as it goes over the wire."""
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = letter.to
        mail["Subject"] = letter.subject
        mail["Message-ID"] = self.message_id(letter.delivery_id)
        mail["Date"] = format_datetime(machine_now())
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text)
        if letter.calendar is not None:
            mail.add_attachment(
                letter.calendar, maintype="text", subtype="calendar", filename="rendez-vous.ics"
            )
        return mail

    def _client(self) -> SMTP:
        url = self._url
        return SMTP(
            hostname=url.hostname or "localhost",
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            local_hostname=self._host,  # otherwise the library asks the name service, and waits
            timeout=TIMEOUT,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp+starttls",
        )


def _refusal(refused: SMTPResponseException, *, at_the_address: bool) -> Outcome:
    """4xx: later. 5xx: never, and if it was said of the address, that address is no good."""
    if refused.code < 500:
        return Outcome(result=Result.LATER, detail=str(refused.code))
    return Outcome(result=Result.NEVER, detail=str(refused.code), address_gone=at_the_address)


async def _leave(client: SMTP) -> None:
    """Say goodbye, or just go: the message's fate is decided already."""
    with suppress(SMTPException, OSError):
        if client.is_connected:
            await client.quit(timeout=1)
    client.close()
