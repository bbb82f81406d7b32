"""A real SMTP server in the process of the test; it accepts, refuses, hangs or hangs up."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from enum import StrEnum, auto
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from kp4web.mail import MailServer

SENDER = "kp4web@gemeente.example"


class Mood(StrEnum):
    """What the server does with the next e-mails."""

    ACCEPT = auto()
    NO_SUCH_MAILBOX = auto()
    """Refuses the address."""
    CLOSING = auto()
    """Says that it stops, with code 421."""
    FULL = auto()
    """Refuses the text."""
    GONE_EARLY = auto()
    """Hangs up before the text."""
    GONE_LATE = auto()
    """Has the text, hangs up without an answer."""
    SILENT_EARLY = auto()
    """Does not answer to the address."""
    SILENT_LATE = auto()
    """Has the text and never says so."""


class Mailbox(Controller):
    """The server with what it received; use ``mailbox()``."""

    def __init__(self, certificate: Path | None = None) -> None:
        secured: dict[str, Any] = {}
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            secured = {
                "tls_context": context, "require_starttls": True, "auth_required": True,
                "authenticator": self._knows,
            }  # fmt: skip
        super().__init__(self, hostname="127.0.0.1", port=0, **secured)
        self.mood = Mood.ACCEPT
        self.envelopes: list[Envelope] = []
        self.signed_in: list[str] = []

    def _knows(self, _server: SMTP, _session: Any, _envelope: Any, _how: str, data: Any) -> Any:
        right = data.password == b"geheim"
        if right:
            self.signed_in.append(data.login.decode())
        return AuthResult(success=right)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # the free one that it found
        super()._trigger_server()

    async def handle_RCPT(  # noqa: N802 -- the names of the protocol
        self, server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        match self.mood:
            case Mood.NO_SUCH_MAILBOX:
                return f"550 5.1.1 <{address}> is unknown here"
            case Mood.CLOSING:
                return "421 4.3.2 Closing"
            case Mood.GONE_EARLY:
                server.transport.abort()
            case Mood.SILENT_EARLY:
                await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Any, envelope: Envelope
    ) -> str:
        if self.mood is Mood.FULL:
            return "452 4.3.1 No room"
        self.envelopes.append(envelope)
        if self.mood is Mood.GONE_LATE:
            server.transport.abort()
        if self.mood is Mood.SILENT_LATE:
            await asyncio.sleep(60)
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        """Return what came in, the first first."""
        return [message_from_bytes(one.content, policy=AS_SENT) for one in self.envelopes]

    @property
    def receivers(self) -> list[str]:
        """Return who got the e-mails, in the order in which these came in."""
        return [address for one in self.envelopes for address in one.rcpt_tos]

    def settings(self, **changes: Any) -> MailServer:
        """Return how the application reaches this server."""
        return MailServer("127.0.0.1", self.port, SENDER, **({"starttls": False} | changes))


@contextmanager
def mailbox(certificate: Path | None = None) -> Iterator[Mailbox]:
    """Give a running server on a free port; with a certificate it wants TLS and a password."""
    server = Mailbox(certificate)
    server.start()
    try:
        yield server
    finally:
        server.stop()
